"""Many quick analyses over many layers and checkpoints at once: one pass over each array, one cache entry for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from repgeom_core.analyses.contract import Analysis
from repgeom_core.analyses.evaluate import evaluate, missing
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.nulls import NULLS
from repgeom_core.analyses.registry import analyses, find
from repgeom_core.analyses.run import context_key, inputs_of
from repgeom_core.bundle import Bundle
from repgeom_core.errors import GeometryError
from repgeom_core.progress import Progress

SUMS = frozenset({"moments", "spectrum", "head"})  # what one pass over the features gives
FEW_NUMBERS = 2e6  # numbers in X up to which analyses of the features themselves are quick as well
LINEAR_CAP = 50_000  # a smaller cap tells that the work grows faster than the samples
NEAR = 1e9  # multiplications of an exact neighbour search that nobody waits for
LIGHT = 1e7
NULL_DRAWS = 5


def quick(declared: Analysis, n: int, d: int) -> bool:
    """Whether its value is there within about a second: from sums of one pass, or from few features with linear work."""
    if declared.needs <= SUMS:
        return True
    linear = declared.cap is None or declared.cap >= LINEAR_CAP
    return linear and not declared.needs & {"neighbours", "views", "columns"} and n * d <= FEW_NUMBERS


def light(n: int, d: int) -> bool:
    """Whether some two hundred repetitions, which intervals and nulls take, are done before anybody minds."""
    return n * d <= LIGHT


def soon(declared: Analysis, n: int, d: int) -> bool:
    """The same, or an exact neighbour search among few enough samples."""
    return quick(declared, n, d) or ("neighbours" in declared.needs and not declared.needs & {"views"} and float(n) * n * d <= NEAR)


def one_pass(family: str) -> list[str]:
    """The analyses of a family that one pass over the features serves, at any size."""
    return [a.name for a in analyses().values() if a.family == family and a.needs <= SUMS]


def series(
    bundle: Bundle,
    names: Iterable[str],
    layers: Sequence[str] | None = None,
    checkpoints: Sequence[str] | None = None,
    split: str = "all",
    rows: np.ndarray | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Values with default parameters, without interval and null: one row per layer and checkpoint, a column per analysis.

    The index levels are ``layer`` and ``checkpoint``, in the bundle's order. NaN: undefined there, or a need (a head) is not met.
    """
    found = [find(name) for name in sorted(set(names))]
    places = _places(bundle, layers, checkpoints)

    def compute() -> Iterator[np.ndarray]:
        for done, (layer, checkpoint) in enumerate(places):
            (progress or Progress()).update("analysing", done, len(places))
            yield _values(bundle, found, layer, checkpoint, split, rows)

    table = _together(bundle, "series", found, places, split, rows, compute)
    index = pd.MultiIndex.from_tuples(places, names=["layer", "checkpoint"])
    return pd.DataFrame(table, index=index, columns=[a.name for a in found], dtype=np.float64)


def null_series(
    bundle: Bundle,
    names: Iterable[str],
    layer: str,
    checkpoints: Sequence[str] | None = None,
    split: str = "all",
    rows: np.ndarray | None = None,
    draws: int = NULL_DRAWS,
) -> pd.DataFrame:
    """Mean and standard deviation under each analysis's null, over ``draws`` draws that analyses with the same null share.

    One row per checkpoint that has ``layer``; columns are pairs (name, "mean" | "sd"). Analyses without a null are left out.
    """
    found = [a for a in map(find, sorted(set(names))) if a.null is not None]
    places = _places(bundle, [layer], checkpoints)

    def compute() -> Iterator[np.ndarray]:
        return (_null_values(bundle, found, layer, checkpoint, split, rows, draws) for _, checkpoint in places)

    table = _together(bundle, f"null series, {draws} draws", found, places, split, rows, compute)
    columns = pd.MultiIndex.from_product([[a.name for a in found], ["mean", "sd"]])
    return pd.DataFrame(table, index=pd.Index([c for _, c in places], name="checkpoint"), columns=columns, dtype=np.float64)


def _places(bundle: Bundle, layers: Sequence[str] | None, checkpoints: Sequence[str] | None) -> list[tuple[str, str]]:
    entries = [c for c in bundle.checkpoints if checkpoints is None or c.name in checkpoints]
    wanted = list(dict.fromkeys(layer for c in entries for layer in c.layers if layers is None or layer in layers))
    return [(layer, c.name) for layer in wanted for c in entries if layer in c.layers]


def _values(bundle: Bundle, found: list[Analysis], layer: str, checkpoint: str, split: str, rows: np.ndarray | None) -> np.ndarray:
    def compute() -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        data = inputs_of(bundle, layer, checkpoint, split, rows)
        with data.lock:
            return {"values": np.array([_value(a, data) for a in found])}, {}

    return _stored(bundle, "series", found, layer, checkpoint, split, rows, compute)["values"]


def _null_values(
    bundle: Bundle, found: list[Analysis], layer: str, checkpoint: str, split: str, rows: np.ndarray | None, draws: int
) -> np.ndarray:
    def compute() -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        data = inputs_of(bundle, layer, checkpoint, split, rows)
        with data.lock:
            drawn = _drawn(found, data, draws)
        means = drawn.mean(axis=0)
        return {"values": np.stack([means, drawn.std(axis=0, ddof=1)], axis=1).ravel()}, {}

    return _stored(bundle, f"null series, {draws} draws", found, layer, checkpoint, split, rows, compute)["values"]


def _drawn(found: list[Analysis], data: Inputs, draws: int) -> np.ndarray:
    """Values under the nulls, ``(draws, analyses)``."""
    drawn = np.full((draws, len(found)), np.nan)
    for model in {a.null for a in found if a.null is not None}:
        mine = [i for i, a in enumerate(found) if a.null == model and missing(a, data) is None]
        rng = np.random.default_rng([data.seed, 2])
        source = data.labelled() if any(found[i].needs & {"labels", "moments"} for i in mine) else data
        for draw in range(draws if mine else 0):
            made = NULLS[model](source, rng)
            drawn[draw, mine] = [_value(found[i], made) for i in mine]
    return drawn


def _value(declared: Analysis, data: Inputs) -> float:
    """NaN where the analysis does not apply: a gap in a curve; the card of the analysis says why."""
    if missing(declared, data) is not None:
        return float("nan")
    try:
        return evaluate(declared, data, declared.validated({}), interval=False, null=False).value
    except GeometryError:
        return float("nan")


def _together(
    bundle: Bundle,
    kind: str,
    found: list[Analysis],
    places: list[tuple[str, str]],
    split: str,
    rows: np.ndarray | None,
    compute: Callable[[], Iterator[np.ndarray]],
) -> np.ndarray:
    """A row for each place. All of them are one entry as well: a page reads one file, not one for each point of its curves."""
    if len(places) < 2:
        return np.array(list(compute()))
    key = {
        "kind": f"{kind}, together",
        "places": [context_key(bundle, layer, checkpoint, split, rows) for layer, checkpoint in places],
        "analyses": [[a.name, a.version] for a in found],
    }
    return bundle.results.compute(key, lambda: ({"values": np.array(list(compute()))}, {})).arrays["values"]


def _stored(
    bundle: Bundle,
    kind: str,
    found: list[Analysis],
    layer: str,
    checkpoint: str,
    split: str,
    rows: np.ndarray | None,
    compute: Any,
) -> dict[str, np.ndarray]:
    key = {
        **context_key(bundle, layer, checkpoint, split, rows),
        "kind": kind,
        "analyses": [[a.name, a.version] for a in found],
    }
    return bundle.results.compute(key, compute).arrays
