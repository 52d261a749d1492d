"""Any analysis on a bundle: the right arrays for it, cached by what they hold, intermediates shared between analyses."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from repgeom_core.analyses import uncertainty
from repgeom_core.analyses.contract import Analysis
from repgeom_core.analyses.evaluate import evaluate, missing
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.registry import find
from repgeom_core.analyses.result import Result
from repgeom_core.bundle import Bundle, ShardedArray
from repgeom_core.bundle.digest import new_hash
from repgeom_core.hierarchy.bundle_trees import bundle_tree
from repgeom_core.hierarchy.tree import Tree
from repgeom_core.linalg.neighbours import NeighbourGraph
from repgeom_core.linalg.shared import shared_neighbours
from repgeom_core.progress import Progress
from repgeom_core.results import versions

KEPT = 6  # inputs of so many (layer, checkpoint, rows) stay in memory, with their intermediates
_recent: OrderedDict[tuple[Any, ...], BundleInputs] = OrderedDict()
_recent_lock = threading.Lock()  # held for a moment, never while anything is computed


class ChosenRows:
    """Some rows of a bundle's array, read a block at a time: what a split or a selection is analysed on."""

    def __init__(self, whole: ShardedArray, rows: np.ndarray) -> None:
        self.whole, self.rows = whole, rows
        self.shape, self.dtype = (len(rows), whole.shape[1]), whole.dtype

    def chunks(self, rows: int | None = None) -> Iterator[tuple[slice, np.ndarray]]:
        step = rows or 16_384
        for start in range(0, len(self.rows), step):
            here = self.rows[start : start + step]
            yield slice(start, start + len(here)), self.whole.take(here)

    def take(self, rows: np.ndarray) -> np.ndarray:
        return self.whole.take(self.rows[rows])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        found = self.whole.take(self.rows)
        return found if dtype is None else found.astype(dtype)


class BundleInputs(Inputs):
    """Inputs from a bundle; a whole split uses the neighbour graph and the trees that maps and all other analyses of it share.

    Who evaluates an analysis holds ``lock``: what analyses of the same inputs share is then computed once, and those of other inputs go on.
    """

    where: tuple[Bundle, str, str, str] | None = None

    def __init__(self, *arrays: Any, **named: Any) -> None:
        super().__init__(*arrays, **named)
        self.lock = threading.RLock()

    def _find_neighbours(self, k: int) -> NeighbourGraph:
        if self.where is None:
            return super()._find_neighbours(k)
        bundle, layer, checkpoint, split = self.where
        return shared_neighbours(bundle, layer, checkpoint, split, k, self.progress)

    def _make_tree(self, method: str) -> Tree:
        if self.where is None:
            return super()._make_tree(method)
        bundle, layer, checkpoint, split = self.where
        return bundle_tree(bundle, layer, checkpoint, split, method=method, seed=self.seed, progress=self.progress).tree


def analyze(
    bundle: Bundle,
    name: str,
    layer: str,
    checkpoint: str,
    split: str = "all",
    rows: np.ndarray | None = None,
    interval: bool = True,
    null: bool = True,
    seed: int = 0,
    progress: Progress | None = None,
    **parameters: Any,
) -> Result:
    """The result of analysis ``name`` on a layer at a checkpoint, from the cache or computed (and then cached).

    Over the rows of ``split``, or over ``rows`` (row numbers of the bundle, such as a selection). The cache key holds the digests of all
    that goes in, the analysis and its version, the parameters, the seed and the versions of the numerical libraries.
    """
    declared = find(name)
    values = declared.validated(parameters)
    data = inputs_of(bundle, layer, checkpoint, split, rows, seed)

    def compute() -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        with data.lock:
            result = evaluate(declared, data, values, interval, null, progress)
        return result.details, result.record()

    key = _key(declared, values, bundle, layer, checkpoint, split, rows, interval, null, seed)
    stored = bundle.results.compute(key, compute, progress)
    return Result.of_record(stored.meta, stored.arrays)


def cached(
    bundle: Bundle,
    name: str,
    layer: str,
    checkpoint: str,
    split: str = "all",
    rows: np.ndarray | None = None,
    interval: bool = True,
    null: bool = True,
    seed: int = 0,
    **parameters: Any,
) -> Result | None:
    """What :func:`analyze` would give if it is there already; computes nothing."""
    declared = find(name)
    key = _key(declared, declared.validated(parameters), bundle, layer, checkpoint, split, rows, interval, null, seed)
    stored = bundle.results.get(key)
    return None if stored is None else Result.of_record(stored.meta, stored.arrays)


def unavailable(bundle: Bundle, name: str, layer: str, checkpoint: str, split: str = "all", rows: np.ndarray | None = None) -> str | None:
    """Why this bundle cannot be analysed so ("needs labels"); None where it can."""
    return missing(find(name), inputs_of(bundle, layer, checkpoint, split, rows))


def inputs_of(
    bundle: Bundle, layer: str, checkpoint: str, split: str = "all", rows: np.ndarray | None = None, seed: int = 0
) -> BundleInputs:
    """The inputs of one layer at one checkpoint, with what earlier analyses of them have already computed."""
    entry = bundle.checkpoint(checkpoint)
    key = (
        str(bundle.path),
        bundle.manifest.samples.digest,
        bundle.features(layer, checkpoint).digest,
        entry.head.digest if entry.head else None,
        entry.predictions,
        checkpoint,
        layer,
        _rows_digest(split, rows),
        seed,
    )
    with _recent_lock:
        if key in _recent:
            _recent.move_to_end(key)
            return _recent[key]
    made = _inputs(bundle, layer, checkpoint, split, rows, seed)
    with _recent_lock:
        made = _recent.setdefault(key, made)  # another thread may have been quicker
        while len(_recent) > KEPT:
            _recent.popitem(last=False)
        return made


def _inputs(bundle: Bundle, layer: str, checkpoint: str, split: str, rows: np.ndarray | None, seed: int) -> BundleInputs:
    chosen = bundle.rows(split) if rows is None else np.asarray(rows)
    whole = len(chosen) == bundle.n
    X = bundle.features(layer, checkpoint)
    samples = bundle.samples(checkpoint)
    head = bundle.head(checkpoint)
    fits = head is not None and head.layer == layer
    y = bundle.y[chosen]
    predicted = bundle.predicted(checkpoint)
    columns = {name: pd.Categorical(samples[name].iloc[chosen]).codes.astype(np.int64) for name in label_columns(samples)}
    made = BundleInputs(
        X if whole else ChosenRows(X, chosen),
        y if (y >= 0).any() else None,
        head.W if fits and head is not None else None,
        head.b if fits and head is not None else None,
        None if predicted is None else predicted[chosen],
        columns,
        classes=bundle.classes,
        seed=seed,
        names=bundle.ids[chosen],
    )
    if rows is None:
        made.where = (bundle, layer, checkpoint, split)
    return made


def label_columns(samples: pd.DataFrame) -> list[str]:
    """Further columns of labels (coarse classes, a second task): what a parameter of the kind ``Column`` may name."""
    skip = ("id", "label", "prediction", "correct")
    return [str(name) for name in samples.columns if name not in skip and isinstance(samples[name].dtype, pd.CategoricalDtype)]


def _rows_digest(split: str, rows: np.ndarray | None) -> str:
    if rows is None:
        return f"split {split}"
    digest = new_hash()
    digest.update(np.ascontiguousarray(rows, dtype="<i8").tobytes())
    return digest.hexdigest()


def _key(
    declared: Analysis,
    values: dict[str, Any],
    bundle: Bundle,
    layer: str,
    checkpoint: str,
    split: str,
    rows: np.ndarray | None,
    interval: bool,
    null: bool,
    seed: int,
) -> dict[str, Any]:
    return {
        **context_key(bundle, layer, checkpoint, split, rows),
        "kind": "analysis",
        "name": declared.name,
        "version": declared.version,
        "parameters": values,
        "interval": interval,
        "null": null,
        "uncertainty": uncertainty.VERSION if interval or null else None,
        "seed": seed,
    }


def context_key(bundle: Bundle, layer: str, checkpoint: str, split: str, rows: np.ndarray | None) -> dict[str, Any]:
    """The part of a key that says what was analysed and with which libraries."""
    entry = bundle.checkpoint(checkpoint)
    return {
        "array": bundle.features(layer, checkpoint).digest,
        "samples": bundle.manifest.samples.digest,
        "rows": _rows_digest(split, rows),
        "head": entry.head.digest if entry.head and entry.head.layer == layer else None,
        "predictions": entry.predictions,
        "versions": versions("numpy", "scipy", "scikit-learn"),
    }
