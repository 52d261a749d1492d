"""Several data sets as one: the files of a training and a test set, the shards of a large one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from repgeom_core.errors import SourceError
from repgeom_core.sources.dataset import Dataset
from repgeom_core.sources.rows import ConcatenatedImages, ConcatenatedRows, RowArray

if TYPE_CHECKING:
    from repgeom_core.hierarchy.files.stored import StoredTree


def concatenate(datasets: Sequence[Dataset], name: str | None = None, prefix_ids: bool = False) -> Dataset:
    """Rows of all, in order. Arrays are not copied; what only some of them have (features, images, logits) is left out with a warning;
    trees are kept, each over its own part.

    Args:
        name: of the result; that of the parts joined by ``+`` when None.
        prefix_ids: put the split before each id (``train/0``), for files that number their rows alike.

    Raises:
        SourceError: ids that repeat, layers of different width, or inputs of different shape.
    """
    if not datasets:
        raise SourceError("Expected at least one data set to concatenate; got none.")
    if len(datasets) == 1 and not prefix_ids:
        return datasets[0]
    warnings = [f"{dataset.name}: {warning}" for dataset in datasets for warning in dataset.warnings]
    layers = [layer for layer in datasets[0].features if all(layer in dataset.features for dataset in datasets)]
    all_layers = {layer: None for dataset in datasets for layer in dataset.features}
    warnings += [f"Layer {layer!r} is left out, as not every file has it." for layer in all_layers if layer not in layers]
    features = {layer: _joined([d.features[layer] for d in datasets], f"layer {layer!r}", datasets) for layer in layers}

    def shared(attribute: str) -> list[RowArray] | None:
        parts = [getattr(dataset, attribute) for dataset in datasets]
        if any(part is not None for part in parts) and any(part is None for part in parts):
            warnings.append(f"The {attribute} are left out, as not every file has them.")
        return None if any(part is None for part in parts) else parts

    inputs, images, logits = shared("inputs"), shared("images"), shared("logits")
    trees = _trees(datasets)
    if not features and inputs is None and images is None and not trees:
        have = "; ".join(f"{dataset.name}: {_held(dataset)}" for dataset in datasets)
        raise SourceError(f"The files have nothing in common to look at ({have}); read them together only if they hold the same layers.")
    classes = _classes(datasets)
    heads = [dataset.head for dataset in datasets if dataset.head is not None]
    same_head = bool(heads) and len(heads) == len(datasets) and all(np.array_equal(h[0], heads[0][0]) for h in heads)
    same_classes = all(dataset.classes == classes for dataset in datasets)
    if logits and not same_classes:
        logits = None
        warnings.append("The logits are left out, as the files have different classes.")
    return Dataset(
        name=name or "+".join(dataset.name for dataset in datasets),
        samples=_samples(datasets, classes, prefix_ids),
        classes=classes,
        features=features,
        inputs=None if inputs is None else _joined(inputs, "inputs", datasets),
        images=None if images is None else ConcatenatedImages(images),  # type: ignore[arg-type]
        logits=None if logits is None else _joined(logits, "logits", datasets),
        head=heads[0] if same_head and same_classes else None,
        roles=dict(datasets[0].roles),
        warnings=warnings,
        trees=trees,
    )


def _trees(datasets: Sequence[Dataset]) -> dict[str, StoredTree]:
    """The trees of all; where a name repeats, with that of its data set before it, and a number if that repeats too."""
    starts = np.cumsum([0, *(dataset.n for dataset in datasets)])
    names = [name for dataset in datasets for name in dataset.trees]
    found: dict[str, StoredTree] = {}
    for dataset, start in zip(datasets, starts, strict=False):
        for name, tree in dataset.trees.items():
            moved = tree.at(np.arange(start, start + dataset.n))
            assert moved is not None
            called, again = name if names.count(name) == 1 else f"{dataset.name}: {name}", 2
            while called in found:
                called, again = f"{dataset.name}: {name} ({again})", again + 1
            found[called] = moved
    return found


def _held(dataset: Dataset) -> str:
    held = [*(f"layer {layer!r}" for layer in dataset.features)]
    held += ["images" if dataset.images is not None else "inputs"] if dataset.inputs is not None or dataset.images is not None else []
    return ", ".join(held) or "nothing"


def _classes(datasets: Sequence[Dataset]) -> tuple[str, ...]:
    """Classes of the first, then those that the others add; by number where all are numbers."""
    union = list(dict.fromkeys(name for dataset in datasets for name in dataset.classes))
    if all(dataset.classes == datasets[0].classes for dataset in datasets):
        return datasets[0].classes
    return tuple(sorted(union, key=int) if all(name.isdecimal() for name in union) else union)


def _joined(parts: Sequence[RowArray], what: str, datasets: Sequence[Dataset]) -> RowArray:
    for part, dataset in zip(parts, datasets, strict=True):
        if part.shape[1:] != parts[0].shape[1:]:
            raise SourceError(
                f"{what}: rows of {dataset.name} have shape {part.shape[1:]}, those of {datasets[0].name} {parts[0].shape[1:]}; "
                "they must be equal to be read together."
            )
    return ConcatenatedRows(parts)


def _samples(datasets: Sequence[Dataset], classes: tuple[str, ...], prefix_ids: bool) -> pd.DataFrame:
    tables = []
    for dataset in datasets:
        table = dataset.samples.copy()
        for column in ("label", "prediction"):
            if column in table:
                table[column] = pd.Categorical(table[column].astype(object), categories=pd.Index(list(classes)))
        if prefix_ids:
            before = table["split"].astype(object) if "split" in table else pd.Series(dataset.name, index=table.index)
            table["id"] = before.astype(str) + "/" + table["id"]
        tables.append(table)
    joined = pd.concat(tables, ignore_index=True)
    repeated = joined["id"].duplicated().to_numpy()
    if repeated.any():
        again = int(np.flatnonzero(repeated)[0])
        id = joined["id"].iloc[again]
        places = [int(np.flatnonzero((joined["id"] == id).to_numpy())[0]), again]
        count = int(repeated.sum())
        raise SourceError(
            f"Ids must be unique, but {_place(datasets, places[0])} and {_place(datasets, places[1])} (counted from 0) both have the id "
            f"{id!r} ({'1 row repeats' if count == 1 else f'{count:,} rows repeat'} an id of an earlier file).",
            options="Put the split before each id with --prefix-ids, or leave out a file.",
            widgets="Tick the box that puts the split before each id, or leave out a file.",
        )
    return joined


def _place(datasets: Sequence[Dataset], row: int) -> str:
    """Row of the joined table as the data set that it is from, and its row there."""
    starts = np.cumsum([0, *(dataset.n for dataset in datasets)])
    owner = int(np.searchsorted(starts, row, side="right")) - 1
    return f"row {row - starts[owner]} of {datasets[owner].name}"
