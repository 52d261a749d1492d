"""Opening a bundle: its structure is checked at once, its contents are read when asked for."""

from __future__ import annotations

import contextlib
import shutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from repgeom_core.atomic import folder_name
from repgeom_core.bundle.digest import file_digest, ids_digest
from repgeom_core.bundle.manifest import ArrayEntry, CheckpointEntry, Manifest, read_manifest
from repgeom_core.bundle.samples import check_samples, read_samples
from repgeom_core.bundle.shards import ShardedArray
from repgeom_core.bundle.thumbnails import SpriteSheets
from repgeom_core.errors import BundleError
from repgeom_core.progress import Progress
from repgeom_core.results import Results
from repgeom_core.sentences import reason
from repgeom_core.suggest import did_you_mean


@dataclass(frozen=True)
class Head:
    """The last linear layer: ``W (K, d)``, ``b (K,)``, and the layer it reads; ``logits = X Wᵀ + b``."""

    W: np.ndarray
    b: np.ndarray
    layer: str


def head_path(bundle: Path, checkpoint: str) -> Path:
    return bundle / "heads" / f"{folder_name(checkpoint)}.safetensors"


def predictions_path(bundle: Path, checkpoint: str) -> Path:
    return bundle / "predictions" / f"{folder_name(checkpoint)}.parquet"


def features_folder(bundle: Path, checkpoint: str, layer: str) -> Path:
    return bundle / "features" / folder_name(checkpoint) / folder_name(layer)


def logits_folder(bundle: Path, checkpoint: str) -> Path:
    return bundle / "logits" / folder_name(checkpoint)


class Bundle:
    """A run's features on disk. Made by :func:`open_bundle`; arrays are memory-mapped, tables are read once.

    Row i means the same sample in every array and table; ``ids_digest`` says which samples those are.
    """

    def __init__(self, path: Path, manifest: Manifest) -> None:
        self.path, self.manifest = path, manifest
        self.name, self.n, self.classes = manifest.name, manifest.samples.n, manifest.classes
        self.splits, self.ids_digest = manifest.samples.splits, manifest.samples.ids_digest
        self.checkpoints = manifest.checkpoints
        self._tables: dict[str, pd.DataFrame] = {}
        self._arrays: dict[tuple[str, str], ShardedArray] = {}

    def checkpoint(self, name: str) -> CheckpointEntry:
        for entry in self.checkpoints:
            if entry.name == name:
                return entry
        raise BundleError(f"{self.path} has no checkpoint {name!r}. {did_you_mean(name, [c.name for c in self.checkpoints])}")

    def layers(self, checkpoint: str) -> dict[str, ArrayEntry]:
        return self.checkpoint(checkpoint).layers

    def features(self, layer: str, checkpoint: str) -> ShardedArray:
        """The features ``(n, d)`` of a layer at a checkpoint."""
        layers = self.layers(checkpoint)
        if layer not in layers:
            raise BundleError(f"Checkpoint {checkpoint!r} has no layer {layer!r}. {did_you_mean(layer, layers)}")
        key = (checkpoint, layer)
        if key not in self._arrays:
            self._arrays[key] = ShardedArray(features_folder(self.path, checkpoint, layer), layers[layer])
        return self._arrays[key]

    def logits(self, checkpoint: str) -> ShardedArray | None:
        entry = self.checkpoint(checkpoint).logits
        return None if entry is None else ShardedArray(logits_folder(self.path, checkpoint), entry)

    def head(self, checkpoint: str) -> Head | None:
        """The classifier of a checkpoint, or None where the bundle has none."""
        entry = self.checkpoint(checkpoint).head
        if entry is None:
            return None
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        path = head_path(self.path, checkpoint)
        try:
            tensors = load_file(path)
            return Head(tensors["W"], tensors["b"], entry.layer)
        except FileNotFoundError:
            raise BundleError(f"{path} is missing. Restore it from a copy, or extract this checkpoint again.") from None
        except (SafetensorError, KeyError) as error:
            raise BundleError(f"{path} is damaged ({reason(error)}). Restore it, or extract this checkpoint again.") from None

    def samples(self, checkpoint: str | None = None) -> pd.DataFrame:
        """The sample table; with a checkpoint also its ``prediction``, ``confidence``, ``loss`` and ``correct``. Do not modify it."""
        key = checkpoint or ""
        if key not in self._tables:
            table = self._own_samples
            if checkpoint is not None:
                table = self._with_predictions(table, self.checkpoint(checkpoint))
            self._tables[key] = table
        return self._tables[key]

    @cached_property
    def _own_samples(self) -> pd.DataFrame:
        return read_samples(self.path / "samples.parquet")

    def _with_predictions(self, table: pd.DataFrame, entry: CheckpointEntry) -> pd.DataFrame:
        if entry.predictions is not None:
            predicted = read_samples(predictions_path(self.path, entry.name))
            if len(predicted) != self.n:
                raise BundleError(f"{predictions_path(self.path, entry.name)} has {len(predicted):,} rows; expected {self.n:,}.")
            codes = predicted["prediction"].to_numpy()
            names = list(self.classes) + [f"class {i}" for i in range(len(self.classes), int(codes.max(initial=-1)) + 1)]
            predicted["prediction"] = pd.Categorical.from_codes(codes, categories=pd.Index(names))
            table = table.drop(columns=[c for c in predicted.columns if c in table]).join(predicted)
        if "label" in table and "prediction" in table:
            both = table["label"].notna() & table["prediction"].notna()
            correct = (table["label"].astype(object) == table["prediction"].astype(object)).astype("boolean")
            table = table.assign(correct=correct.where(both))
        return table

    @property
    def results(self) -> Results:
        """What was computed from this bundle and kept."""
        return Results(self.path / "results")

    @cached_property
    def ids(self) -> np.ndarray:
        """Sample ids ``(n,)`` as strings."""
        return self._own_samples["id"].to_numpy(dtype=object)

    @cached_property
    def y(self) -> np.ndarray:
        """Label codes ``(n,)`` int32 into ``classes``; −1 where there is no label."""
        if "label" not in self._own_samples:
            return np.full(self.n, -1, np.int32)
        labels = self._own_samples["label"]
        return pd.Categorical(labels, categories=list(self.classes)).codes.astype(np.int32)

    def predicted(self, checkpoint: str) -> np.ndarray | None:
        """Codes ``(n,)`` int64 into ``classes`` of what a checkpoint predicts, −1 where nothing is known or it is no class of these; None
        where there are no predictions at all."""
        samples = self.samples(checkpoint)
        if "prediction" not in samples or not self.classes:
            return None
        return pd.Categorical(samples["prediction"], categories=list(self.classes)).codes.astype(np.int64)

    def wrong(self, checkpoint: str) -> np.ndarray | None:
        """Which samples ``(n,)`` bool a checkpoint predicts wrong: what is not known is not; None where nothing is known at all."""
        samples = self.samples(checkpoint)
        if "correct" not in samples or not samples["correct"].notna().any():
            return None
        return np.asarray(samples["correct"].eq(False).fillna(False), bool)

    def rows(self, split: str = "all") -> np.ndarray:
        """Row numbers of a split in order; ``"all"`` is every row."""
        if split == "all":
            return np.arange(self.n)
        if split not in self.splits:
            raise BundleError(f"{self.path} has no split {split!r}. {did_you_mean(split, ('all', *self.splits))}")
        return np.flatnonzero(self._own_samples["split"].astype(object).to_numpy() == split)

    @cached_property
    def thumbnails(self) -> SpriteSheets | None:
        entry = self.manifest.thumbnails
        return None if entry is None else SpriteSheets(self.path / "thumbnails", entry)

    @property
    def bytes(self) -> int:
        """Size of all arrays on disk in bytes (the manifest's figures)."""
        arrays = [a for c in self.checkpoints for a in (*c.layers.values(), c.logits) if a is not None]
        return sum(a.bytes for a in arrays)

    def check(self) -> None:
        """Structure: every file that the manifest lists is there and has its size, for the same samples."""
        check_samples(self.path / "samples.parquet", self.manifest.samples)
        if self.thumbnails:
            self.thumbnails.check()
        for checkpoint in self.checkpoints:
            if checkpoint.ids_digest != self.ids_digest:
                raise BundleError(
                    f"{self.path / 'manifest.json'}: checkpoint {checkpoint.name!r} was extracted for other samples than "
                    "samples.parquet holds. Extract it again for these samples."
                )
            for layer in checkpoint.layers:
                self._check_array(self.features(layer, checkpoint.name))
            if (logits := self.logits(checkpoint.name)) is not None:
                self._check_array(logits)
            needed = [head_path(self.path, checkpoint.name)] if checkpoint.head else []
            needed += [predictions_path(self.path, checkpoint.name)] if checkpoint.predictions else []
            for path in needed:
                if not path.exists():
                    raise BundleError(f"{path} is missing. Restore it from a copy, or extract this checkpoint again.")

    def _check_array(self, array: ShardedArray) -> None:
        if len(array) != self.n:
            raise BundleError(f"{array.folder} has {len(array):,} rows for {self.n:,} samples. Extract this checkpoint again.")
        array.check()

    def verify(self, progress: Progress | None = None) -> None:
        """Contents: every byte against its digest, the ids against theirs. Raises a :class:`BundleError` naming the file."""
        progress = progress or Progress()
        self.check()
        if file_digest(self.path / "samples.parquet") != self.manifest.samples.digest or ids_digest(self.ids.tolist()) != self.ids_digest:
            raise BundleError(f"{self.path / 'samples.parquet'} has changed since it was written (its digest differs).")
        if self.thumbnails:
            self.thumbnails.verify()
        arrays = [self.features(layer, c.name) for c in self.checkpoints for layer in c.layers]
        arrays += [logits for c in self.checkpoints if (logits := self.logits(c.name)) is not None]
        for done, array in enumerate(arrays):
            progress.update("verify", done, len(arrays))
            array.verify()
        for c in self.checkpoints:
            for path, digest in (
                (head_path(self.path, c.name), c.head.digest if c.head else None),
                (predictions_path(self.path, c.name), c.predictions),
            ):
                if digest is not None and file_digest(path) != digest:
                    raise BundleError(f"{path} has changed since it was written (its digest differs).")
        progress.update("verify", len(arrays), len(arrays))


def open_bundle(path: str | Path) -> Bundle:
    """Opens a bundle and checks its structure (files, sizes, ids); contents are checked by ``Bundle.verify``."""
    path = Path(path)
    if not path.is_dir():
        raise BundleError(f"There is no bundle at {path}: expected a folder with a manifest.json.")
    bundle = Bundle(path, read_manifest(path / "manifest.json"))
    bundle.check()
    return bundle


def list_bundles(folder: str | Path) -> list[Path]:
    """Folders directly under ``folder`` that hold a manifest, newest first."""
    found = []
    for manifest in Path(folder).glob("*/manifest.json"):
        with contextlib.suppress(FileNotFoundError):  # deleted meanwhile
            found.append((manifest.stat().st_mtime, manifest.parent))
    return [path for _, path in sorted(found, reverse=True)]


def delete_bundle(path: str | Path) -> None:
    """Removes a bundle's folder; refuses a folder that is not a bundle."""
    path = Path(path)
    if not (path / "manifest.json").is_file():
        raise BundleError(f"{path} is not a bundle (no manifest.json), so it is not deleted.")
    # The manifest goes first: a deletion that is interrupted leaves no folder that passes for a bundle.
    (path / "manifest.json").unlink()
    shutil.rmtree(path)
