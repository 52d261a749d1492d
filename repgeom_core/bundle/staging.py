"""A bundle that appears whole or not at all: made beside its place, then moved there."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from repgeom_core import locks
from repgeom_core.bundle.reader import delete_bundle
from repgeom_core.errors import BundleError, Cancelled

PART = ".part"
ALIVE = "alive"  # locked as long as the process that makes the bundle lives
PATIENCE = 3600.0  # seconds after which a folder in which nothing was begun is taken for left behind


@contextmanager
def staged_bundle(out: str | Path, overwrite: bool = False) -> Iterator[Path]:
    """Yields a path that does not exist yet, for the block to make a bundle at; moves it to ``out`` if the block ends well.

    Otherwise nothing is left. The path lies in a hidden folder of its own, where there is room for other temporary files
    and where ``list_bundles`` does not look; what a killed process left there for the same ``out`` is swept away first.
    Raises :class:`BundleError` if ``out`` is taken: with ``overwrite`` a bundle there is replaced at the end, never any
    other folder.
    """
    out = Path(out)
    check_free(out, overwrite)
    out.parent.mkdir(parents=True, exist_ok=True)
    sweep(out)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}.", suffix=PART, dir=out.parent) as folder, locks.held(Path(folder) / ALIVE):
        staged = Path(folder) / out.name
        try:
            yield staged
        except Cancelled:
            raise Cancelled(f"Cancelled. {out} was not made; nothing is left of it.") from None
        check_free(out, overwrite)
        if (out / "manifest.json").exists():
            delete_bundle(out)
        elif out.exists():
            out.rmdir()
        shutil.move(staged, out)


def check_free(out: Path, overwrite: bool) -> None:
    """Refuse a place where something lies: a bundle unless ``overwrite``, anything else always."""
    if (out / "manifest.json").exists():
        if not overwrite:
            raise BundleError(
                f"{out} is already a bundle.",
                options="Give another place with --out, or replace it with --overwrite.",
                widgets="Choose another name, or delete that bundle first.",
            )
    elif out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise BundleError(
            f"{out} exists and is not a bundle, so it is not replaced.",
            options="Give another place with --out.",
            widgets="Choose another name.",
        )


def sweep(out: Path) -> None:
    """Removes what killed processes left beside ``out``: folders whose lock nobody holds any more."""
    for folder in out.parent.iterdir():
        if not (folder.name.startswith(f".{out.name}.") and folder.name.endswith(PART) and folder.is_dir()):
            continue
        begun = (folder / ALIVE).exists() or time.time() - folder.stat().st_mtime > PATIENCE
        if begun and not locks.is_held(folder / ALIVE):
            shutil.rmtree(folder, ignore_errors=True)
