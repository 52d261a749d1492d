"""What an extraction that is under way must find unchanged when it is resumed: ``.extraction.json`` in the bundle, gone when done."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from repgeom_core.atomic import written_whole
from repgeom_core.bundle import BundleWriter, append_to, create_bundle
from repgeom_core.bundle.digest import ids_digest, new_hash
from repgeom_core.bundle.writer import UNFINISHED
from repgeom_core.errors import ExtractionError
from repgeom_core.extract.mapped import release_pages

if TYPE_CHECKING:
    from repgeom_core.extract.recipe import Recipe
    from repgeom_core.progress import Progress
    from repgeom_core.sources.dataset import Dataset

FILE_NAME = ".extraction.json"
DIGESTED_WHOLE = 256 * 2**20  # bytes
SAMPLED_ROWS = 1024


@dataclass
class RunState:
    """The data and device of a run, and the weights of each checkpoint that was begun (name -> digest)."""

    path: Path
    data: str
    device: str
    weights: dict[str, str] = field(default_factory=dict)

    def write(self) -> None:
        with written_whole(self.path) as temporary:
            temporary.write_text(json.dumps({"data": self.data, "device": self.device, "weights": self.weights}), encoding="utf-8")

    def begin(self, checkpoint: str, digest: str, already_there: str | None) -> None:
        """Note the weights of a checkpoint; refuse other weights than it was begun, or finished, with."""
        before = already_there or self.weights.get(checkpoint)
        if before is not None and before != digest:
            raise ExtractionError(
                f"The weights of checkpoint {checkpoint!r} have changed since its extraction was begun, so it cannot be resumed; "
                "restore them, or extract into another place."
            )
        if checkpoint not in self.weights:
            self.weights[checkpoint] = digest
            self.write()

    def finish(self) -> None:
        self.path.unlink(missing_ok=True)


def begin_run(
    recipe: Recipe, dataset: Dataset, out: Path, device: str, resume: bool, overwrite: bool, shard_rows: int, progress: Progress
) -> tuple[BundleWriter, RunState]:
    """A new bundle, or with ``resume`` the one that was begun, after checking that recipe, data and device are the same.

    ``overwrite`` replaces a bundle that is there, finished or not.
    """
    state = RunState(out / FILE_NAME, data_digest(dataset), device)
    described = json.loads(json.dumps(recipe.to_dict()))
    if not resume or not (out / "manifest.json").exists() or (out / UNFINISHED).exists():
        begun = state.path.exists()
        if begun and not overwrite and any(out.glob("features/*/*/*.npy")):
            raise ExtractionError(
                f"{out} holds an extraction that is not finished.",
                options="Go on with --resume, begin anew with --overwrite, or give another place with --out.",
                widgets="Resume its job, or choose another name.",
            )
        writer = create_bundle(
            out,
            dataset,
            recipe=described,
            dtype=recipe.extract.dtype,
            overwrite=overwrite or begun,  # begun, and nothing extracted: it failed at once, and the recipe was perhaps put right
            shard_rows=shard_rows,
            progress=progress,
        )
        state.write()
        return writer, state
    for remains in out.rglob(".*.part"):
        remains.unlink()
    writer = append_to(out, recipe.extract.dtype)
    _check_same_recipe(writer.bundle.manifest.recipe, described, out)
    if writer.bundle.ids_digest != ids_digest(dataset.samples["id"].astype(str).tolist()):
        raise ExtractionError(f"{out} was begun with other samples (their ids differ); restore the data, or extract into another place.")
    if state.path.exists():
        before = _read(state.path)
        if before.get("data") != state.data:
            raise ExtractionError(f"The data has changed since {out} was begun; restore it, or extract into another place.")
        if before.get("device") != device:
            raise ExtractionError(
                f"{out} was begun on {before.get('device')}, and {device} rounds differently; resume with --device {before.get('device')}."
            )
        state.weights = before["weights"]
    else:
        state.write()
    return writer, state


def _read(path: Path) -> dict[str, Any]:
    try:
        before = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(before, dict) and isinstance(before.get("weights"), dict):
            return before
    except (OSError, ValueError):
        pass  # said below, as for any other content
    raise ExtractionError(f"{path} is damaged, so the extraction cannot be resumed; extract into another place.")


def _check_same_recipe(before: dict[str, Any] | None, now: dict[str, Any], out: Path) -> None:
    if before is None:
        raise ExtractionError(f"{out} was not made by an extraction, so there is nothing to resume; choose another place.")
    changed = [key for key in {**before, **now} if before.get(key) != now.get(key)]
    if changed:
        raise ExtractionError(
            f"The recipe has changed since {out} was begun ({', '.join(changed)}); restore it to resume, or extract into another place."
        )


def data_digest(dataset: Dataset) -> str:
    """Digest of ids, labels, splits and inputs; of inputs above 256 MiB, 1,024 evenly spaced rows stand for all."""
    digest = new_hash()
    digest.update(ids_digest(dataset.samples["id"].astype(str).tolist()).encode())
    digest.update(np.ascontiguousarray(dataset.y).data)
    if "split" in dataset.samples:
        digest.update("\0".join(dataset.samples["split"].astype(str)).encode())
    inputs = dataset.inputs
    if inputs is not None:
        size = int(np.prod(inputs.shape, dtype=np.int64)) * inputs.dtype.itemsize
        whole = size <= DIGESTED_WHOLE
        rows = np.arange(dataset.n) if whole else np.linspace(0, dataset.n - 1, min(SAMPLED_ROWS, dataset.n)).astype(np.int64)
        digest.update(f"{inputs.shape} {inputs.dtype}".encode())
        for start in range(0, len(rows), 256):
            digest.update(np.ascontiguousarray(inputs[rows[start : start + 256]]).data)
            release_pages(inputs)
    return digest.hexdigest()
