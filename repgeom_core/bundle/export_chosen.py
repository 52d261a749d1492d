"""What of a bundle is exported, whatever the format: rows of one checkpoint, in pieces, with their table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from repgeom_core.bundle.reader import Bundle
from repgeom_core.bundle.shards import ShardedArray
from repgeom_core.errors import BundleError
from repgeom_core.progress import Progress
from repgeom_core.suggest import did_you_mean

ROWS_AT_A_TIME = 16_384


@dataclass(frozen=True)
class Chosen:
    """What is exported: rows of one checkpoint, with their table (row k of ``samples`` is row ``rows[k]`` of the bundle)."""

    bundle: Bundle
    checkpoint: str | None
    layers: dict[str, ShardedArray]
    rows: np.ndarray
    samples: pd.DataFrame
    progress: Progress

    def chunks(self, array: ShardedArray, what: str) -> Iterator[np.ndarray]:
        """(m, d) float32 pieces in row order."""
        for start in range(0, len(self.rows), ROWS_AT_A_TIME):
            self.progress.update(f"export {what}", start, len(self.rows))
            yield np.asarray(array.take(self.rows[start : start + ROWS_AT_A_TIME]), dtype=np.float32)
        self.progress.update(f"export {what}", len(self.rows), len(self.rows))

    def layer_names(self, taken: Sequence[str]) -> dict[str, str]:
        """Layer -> a name for its column that no other column has."""
        names = {}
        used = set(taken)
        for layer in self.layers:
            name = layer
            while name in used:
                name += " (features)"
            used.add(name)
            names[layer] = name
        return names


def taken(out: Path) -> BundleError:
    """What is said where something lies in the place already."""
    return BundleError(
        f"{out} exists.", options="Give another place with --out, or replace it with --overwrite.", widgets="Choose another name."
    )


def choose(bundle: Bundle, checkpoint: str | None, layers: Sequence[str] | None, split: str, progress: Progress) -> Chosen:
    """The last checkpoint and all its layers where none are named; raises :class:`BundleError` for an unknown layer or split."""
    if checkpoint is None and bundle.checkpoints:
        checkpoint = bundle.checkpoints[-1].name
    known = {} if checkpoint is None else bundle.layers(checkpoint)
    wanted = list(known) if layers is None else list(layers)
    for layer in wanted:
        if layer not in known:
            raise BundleError(f"{bundle.name}: checkpoint {checkpoint!r} has no layer {layer!r}. {did_you_mean(layer, known)}")
    arrays = {layer: bundle.features(layer, checkpoint) for layer in wanted} if checkpoint is not None else {}
    rows = np.asarray(bundle.rows(split), dtype=np.int64)
    samples = bundle.samples(checkpoint).iloc[rows].reset_index(drop=True)
    return Chosen(bundle, checkpoint, arrays, rows, samples, progress)
