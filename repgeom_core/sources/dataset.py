"""What every source gives: samples, and where the file has them features, inputs, images, logits and a head."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from repgeom_core.errors import SourceError
from repgeom_core.sources.rows import ImageRows, RowArray, SelectedImages, SelectedRows

if TYPE_CHECKING:
    from repgeom_core.hierarchy.files.stored import StoredTree


@dataclass
class Dataset:
    """Samples of one data set; row i of every member belongs to ``samples.iloc[i]``.

    Attributes:
        name: what to call it, from the file name.
        samples: ``id`` (unique str) and where known ``label`` and ``prediction`` (Categorical over ``classes``, missing
            values allowed), ``split``, ``text``, and any other columns the file came with.
        classes: class names; code k of ``label`` and ``prediction`` is ``classes[k]``.
        features: layer name -> (n, d), when the data *is* embeddings; may be a memory map.
        inputs: (n, ...), what a model eats: uint8 images (n, H, W, C) or float arrays.
        images: thumbnails by row.
        logits: (n, K) over ``classes``.
        head: (W (K, d), b (K,)), the linear classifier on the last features.
        roles: column or array -> role, as guessed or as told.
        warnings: what a person should know about how the file was read.
        trees: hierarchical clusterings of the samples that the file came with; their rows are those of ``samples``.

    Raises:
        SourceError: when ids repeat, or a member has another number of rows than ``samples``.
    """

    name: str
    samples: pd.DataFrame
    classes: tuple[str, ...] = ()
    features: dict[str, RowArray] = field(default_factory=dict)
    inputs: RowArray | None = None
    images: ImageRows | None = None
    logits: RowArray | None = None
    head: tuple[np.ndarray, np.ndarray] | None = None
    roles: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    trees: dict[str, StoredTree] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_unique_ids(self.samples["id"], self.name)
        lengths = {f"features {name!r}": array.shape[0] for name, array in self.features.items()}
        if self.inputs is not None:
            lengths["inputs"] = self.inputs.shape[0]
        if self.images is not None:
            lengths["images"] = len(self.images)
        if self.logits is not None:
            lengths["logits"] = self.logits.shape[0]
        for what, length in lengths.items():
            if length != self.n:
                raise SourceError(f"{self.name}: {what} has {length} rows, but there are {self.n} samples; they must match.")

    @property
    def n(self) -> int:
        """Number of samples."""
        return len(self.samples)

    @property
    def y(self) -> np.ndarray:
        """(n,) class codes 0..K-1, −1 where there is no label."""
        return self._codes("label")

    @property
    def predictions(self) -> np.ndarray | None:
        """(n,) predicted class codes, −1 where missing; None when the data came without predictions."""
        return self._codes("prediction") if "prediction" in self.samples else None

    def _codes(self, column: str) -> np.ndarray:
        if column not in self.samples:
            return np.full(self.n, -1, dtype=np.int64)
        return np.asarray(self.samples[column].cat.codes, dtype=np.int64)

    def take(self, rows: Sequence[int] | np.ndarray) -> Dataset:
        """The data set of these rows, in this order; arrays and images stay where they are and are read when asked for."""
        rows = np.asarray(rows, dtype=np.int64)
        place = np.full(self.n, -1)
        place[rows] = np.arange(len(rows))
        trees = {name: kept for name, tree in self.trees.items() if (kept := tree.at(place)) is not None}
        lost = [f"Left out the tree {name!r}: some of its samples are left out." for name in self.trees if name not in trees]
        return Dataset(
            name=self.name,
            samples=self.samples.iloc[rows].reset_index(drop=True),
            classes=self.classes,
            features={name: SelectedRows(array, rows) for name, array in self.features.items()},
            inputs=None if self.inputs is None else SelectedRows(self.inputs, rows),
            images=None if self.images is None else SelectedImages(self.images, rows),
            logits=None if self.logits is None else SelectedRows(self.logits, rows),
            head=self.head,
            roles=dict(self.roles),
            warnings=[*self.warnings, *lost],
            trees=trees,
        )


def check_unique_ids(ids: pd.Series, where: str, column: str | None = None) -> None:
    """Refuse repeated ids, naming the first, its two rows, and how many there are."""
    repeated = ids.duplicated().to_numpy()
    if repeated.any():
        again = int(np.flatnonzero(repeated)[0])
        first = int(np.flatnonzero((ids == ids.iloc[again]).to_numpy())[0])
        count = int(repeated.sum())
        named = f" of column {column!r}" if column else ""
        raise SourceError(
            f"{where}: ids must be unique, but rows {first} and {again} (counted from 0){named} both have the id {ids.iloc[again]!r} "
            f"({'1 row repeats' if count == 1 else f'{count:,} rows repeat'} an earlier id).",
            **other_ids(column),
        )


def other_ids(column: str | None) -> dict[str, str]:
    """What to do about ids that cannot be used, at the command line and on a page."""
    return {
        "options": f"Take ids from another column with --role COLUMN=id, or number the rows with --role {column or 'COLUMN'}=column.",
        "widgets": "In the table give another column the role id, or give this one the role column: then the rows are numbered.",
    }
