"""A bundle that appears whole or not at all: made beside its place, then moved there."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from repgeom_core.bundle.reader import delete_bundle
from repgeom_core.errors import BundleError, Cancelled


@contextmanager
def staged_bundle(out: str | Path, overwrite: bool = False) -> Iterator[Path]:
    """Yields a path that does not exist yet, for the block to make a bundle at; moves it to ``out`` if the block ends well.

    Otherwise nothing is left. The path lies in a hidden folder of its own, where there is room for other temporary files
    and where ``list_bundles`` does not look. Raises :class:`BundleError` if ``out`` is taken: with ``overwrite`` a bundle
    there is replaced at the end, never any other folder.
    """
    out = Path(out)
    _check_free(out, overwrite)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}.", suffix=".part", dir=out.parent) as folder:
        staged = Path(folder) / out.name
        try:
            yield staged
        except Cancelled:
            raise Cancelled(f"Cancelled. {out} was not made; nothing is left of it.") from None
        _check_free(out, overwrite)
        if (out / "manifest.json").exists():
            delete_bundle(out)
        elif out.exists():
            out.rmdir()
        shutil.move(staged, out)


def _check_free(out: Path, overwrite: bool) -> None:
    if (out / "manifest.json").exists():
        if not overwrite:
            raise BundleError(f"{out} is already a bundle; give another place with --out, or replace it with --overwrite.")
    elif out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise BundleError(f"{out} exists and is not a bundle, so it is not replaced; give another place with --out.")
