"""Making a bundle and appending checkpoints to it; the manifest is always written last, so a bundle on disk is always whole."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from repgeom_core import __version__
from repgeom_core.atomic import folder_name, written_whole
from repgeom_core.bundle.digest import file_digest
from repgeom_core.bundle.manifest import ArrayEntry, CheckpointEntry, HeadEntry, Manifest
from repgeom_core.bundle.reader import (
    Bundle,
    Head,
    features_folder,
    head_path,
    logits_folder,
    open_bundle,
    predictions_path,
)
from repgeom_core.bundle.samples import accuracy_by_split, predictions_from_logits, write_predictions, write_samples
from repgeom_core.bundle.shards import ShardedArray, ShardWriter
from repgeom_core.bundle.staging import check_free
from repgeom_core.bundle.thumbnails import write_sheets
from repgeom_core.errors import BundleError
from repgeom_core.progress import Progress

if TYPE_CHECKING:
    from repgeom_core.sources.dataset import Dataset

UNFINISHED = ".unfinished"  # marks a folder whose creation was cut off: it may be begun again
ROWS_AT_A_TIME = 4096


def software_versions() -> dict[str, str]:
    """What made a bundle, for its manifest; packages that are not installed are left out."""
    found = {"repgeom": __version__, "python": platform.python_version()}
    for package in ("numpy", "torch", "pandas", "pyarrow", "scikit-learn"):
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def create_bundle(
    path: str | Path,
    dataset: Dataset,
    recipe: dict[str, Any] | None = None,
    dtype: str = "float32",
    overwrite: bool = False,
    shard_rows: int = 16_384,
    progress: Progress | None = None,
) -> BundleWriter:
    """Writes the samples and thumbnails of ``dataset`` as a bundle without checkpoints; add those with the writer returned.

    Refuses a folder that holds anything but the remains of a creation that was cut off, unless ``overwrite``
    (which replaces a bundle, never any other folder).
    """
    path = Path(path)
    if not (path / UNFINISHED).exists():
        check_free(path, overwrite)
    if path.exists():
        shutil.rmtree(path)
    path.mkdir(parents=True, exist_ok=True)
    (path / UNFINISHED).touch()
    samples = write_samples(dataset.samples, path / "samples.parquet", dict(dataset.roles))
    thumbnails = None
    if dataset.images is not None and len(dataset.images):
        thumbnails = write_sheets(dataset.images, path / "thumbnails", progress)
    manifest = Manifest(
        name=dataset.name,
        classes=tuple(dataset.classes),
        samples=samples,
        thumbnails=thumbnails,
        shard_rows=shard_rows,
        recipe=recipe,
        software=software_versions(),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    manifest.write(path / "manifest.json")
    (path / UNFINISHED).unlink()
    return BundleWriter(open_bundle(path), dtype)


class BundleWriter:
    """Appends checkpoints to a bundle: at once (:meth:`add_checkpoint`) or streamed (:meth:`shards`, :meth:`finish_checkpoint`)."""

    def __init__(self, bundle: Bundle, dtype: str = "float32") -> None:
        if dtype not in ("float32", "float16"):
            raise BundleError(f"Features are stored as float32 or float16. Got {dtype!r}.")
        self.bundle, self.dtype = bundle, dtype
        self._writers: dict[tuple[str, str | None], ShardWriter] = {}

    @property
    def path(self) -> Path:
        return self.bundle.path

    def shards(self, checkpoint: str, layer: str, dim: int) -> ShardWriter:
        """A writer for a layer's features; shards on disk from a killed run are kept (see ``done_rows``)."""
        return self._writer(checkpoint, layer, features_folder(self.path, checkpoint, layer), dim, self.dtype)

    def logit_shards(self, checkpoint: str, classes: int) -> ShardWriter:
        """A writer for the logits ``(n, K)``, always float32."""
        return self._writer(checkpoint, None, logits_folder(self.path, checkpoint), classes, "float32")

    def _writer(self, checkpoint: str, layer: str | None, folder: Path, dim: int, dtype: str) -> ShardWriter:
        if any(c.name == checkpoint for c in self.bundle.checkpoints):
            raise BundleError(f"{self.path} already has a checkpoint {checkpoint!r}. Delete it first, or choose another name.")
        what = f"{'logits' if layer is None else f'layer {layer!r}'} of checkpoint {checkpoint!r}"
        folder.mkdir(parents=True, exist_ok=True)
        for place in (folder, folder.parent):
            self._refuse_shared(place, what)
        writer = ShardWriter(folder, self.bundle.n, dim, dtype, self.bundle.manifest.shard_rows, what)
        self._writers[checkpoint, layer] = writer
        return writer

    @staticmethod
    def _refuse_shared(folder: Path, what: str) -> None:
        """On a disk that does not tell upper from lower case ``X`` and ``x`` are one folder, whose shards would be taken for these."""
        listed = [other.name for other in folder.parent.iterdir()]
        if folder.name not in listed:
            other = next((name for name in listed if name.casefold() == folder.name.casefold()), "another name")
            raise BundleError(f"{what}: on this disk {folder} is the same folder as {other!r}; choose names that differ in more than case.")

    def finish_checkpoint(
        self,
        name: str,
        step: int | None = None,
        pooling: Mapping[str, str] | None = None,
        head: Head | None = None,
        weight_digest: str | None = None,
        without_layers: bool = False,
    ) -> CheckpointEntry:
        """Lists the checkpoint whose shards were all written; predictions and accuracy come from the logits, or the table's predictions."""
        mine = {layer: w for (checkpoint, layer), w in self._writers.items() if checkpoint == name}
        layers = {layer: w.finish((pooling or {}).get(layer, "")) for layer, w in mine.items() if layer is not None}
        if not layers and not without_layers:
            raise BundleError(f"Checkpoint {name!r} has no layers.")
        logits = mine[None].finish() if None in mine else None
        predictions, accuracy = self._predict(name, logits)
        entry = CheckpointEntry(
            name=name,
            step=step,
            ids_digest=self.bundle.ids_digest,
            layers=layers,
            head=None if head is None else HeadEntry(head.layer, self._write_head(name, head)),
            logits=logits,
            predictions=predictions,
            accuracy=accuracy,
            weight_digest=weight_digest,
        )
        self._replace_checkpoints((*self.bundle.checkpoints, entry))
        for key in [k for k in self._writers if k[0] == name]:
            del self._writers[key]
        return entry

    def _predict(self, name: str, logits: ArrayEntry | None) -> tuple[str | None, dict[str, float]]:
        samples, y = self.bundle.samples(), self.bundle.y
        splits = samples.get("split")
        if logits is not None:
            array = ShardedArray(logits_folder(self.path, name), logits)
            parts = [predictions_from_logits(piece, y[where]) for where, piece in array.chunks()]
            predictions = pd.concat(parts, ignore_index=True)
            correct = predictions["prediction"].to_numpy() == y
            return write_predictions(predictions, predictions_path(self.path, name)), accuracy_by_split(correct, y >= 0, splits)
        if "prediction" in samples and "label" in samples:
            known = (samples["label"].notna() & samples["prediction"].notna()).to_numpy()
            correct = (samples["label"].astype(object) == samples["prediction"].astype(object)).to_numpy()
            return None, accuracy_by_split(correct, known, splits)
        return None, {}

    def _write_head(self, name: str, head: Head) -> str:
        from safetensors.numpy import save_file

        path = head_path(self.path, name)
        with written_whole(path) as temporary:
            save_file({"W": np.ascontiguousarray(head.W, np.float32), "b": np.ascontiguousarray(head.b, np.float32)}, temporary)
        return file_digest(path)

    def _replace_checkpoints(self, checkpoints: tuple[CheckpointEntry, ...]) -> None:
        manifest = replace(self.bundle.manifest, checkpoints=checkpoints)
        manifest.write(self.path / "manifest.json")
        self.bundle = Bundle(self.path, manifest)

    def add_checkpoint(
        self,
        name: str,
        step: int | None = None,
        features: Mapping[str, Any] | None = None,
        pooling: Mapping[str, str] | None = None,
        head: Head | None = None,
        logits: Any | None = None,
        weight_digest: str | None = None,
        progress: Progress | None = None,
    ) -> CheckpointEntry:
        """Appends a checkpoint from arrays ``(n, d)`` in memory or memory-mapped; anything with ``shape`` and row slices will do.

        Without ``features`` it has no layers, only its predictions: that of samples whose trees are known and nothing more.
        """
        arrays: list[tuple[str | None, Any]] = [*(features or {}).items()]
        if logits is not None:
            arrays.append((None, logits))
        for layer, array in arrays:
            if len(array.shape) != 2 or array.shape[0] != self.bundle.n:
                what = "logits" if layer is None else f"layer {layer!r}"
                raise BundleError(f"{what}: expected an array of {self.bundle.n:,} rows, got shape {tuple(array.shape)}.")
            writer = self.logit_shards(name, array.shape[1]) if layer is None else self.shards(name, layer, array.shape[1])
            for start in range(writer.done_rows, self.bundle.n, ROWS_AT_A_TIME):
                writer.append(np.asarray(array[start : start + ROWS_AT_A_TIME]))
                if progress:
                    progress.update("write", min(start + ROWS_AT_A_TIME, self.bundle.n), self.bundle.n)
        return self.finish_checkpoint(name, step, pooling, head, weight_digest, without_layers=not features)

    def delete_checkpoint(self, name: str) -> None:
        """Takes a checkpoint out of the manifest, then removes its files."""
        entry = self.bundle.checkpoint(name)
        self._replace_checkpoints(tuple(c for c in self.bundle.checkpoints if c is not entry))
        shutil.rmtree(self.path / "features" / folder_name(name), ignore_errors=True)
        shutil.rmtree(logits_folder(self.path, name), ignore_errors=True)
        head_path(self.path, name).unlink(missing_ok=True)
        predictions_path(self.path, name).unlink(missing_ok=True)


def append_to(path: str | Path, dtype: str = "float32") -> BundleWriter:
    """A writer for an existing bundle (structure checked)."""
    return BundleWriter(open_bundle(path), dtype)
