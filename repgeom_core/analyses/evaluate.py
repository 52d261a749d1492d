"""Any analysis on arrays, without a bundle: ``measure("nc1_pinv", X=X, y=y).value``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from repgeom_core import __version__
from repgeom_core.analyses import arrays, uncertainty
from repgeom_core.analyses.contract import NEEDS, Analysis, Outcome
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.registry import find
from repgeom_core.analyses.result import Result
from repgeom_core.errors import GeometryError
from repgeom_core.progress import Progress
from repgeom_core.sentences import enumerated

VALUE = "computing the value"  # the stage of a job in which the value is computed


def measure(
    name: str,
    X: Any,
    y: Any = None,
    W: Any = None,
    b: Any = None,
    *,
    predictions: Any = None,
    columns: dict[str, Any] | None = None,
    views: Any = None,
    interval: bool = True,
    null: bool = True,
    seed: int = 0,
    **parameters: Any,
) -> Result:
    """Runs the analysis ``name``.

    ``X (n, d)`` is an array, a torch tensor, a memory map, an array of a bundle, or the path of a ``.npy`` file (mapped, not loaded);
    ``y (n,)`` class codes (−1: no label) or class names, which ``meta["classes"]`` then lists in the order of their codes;
    ``W (K, d)`` and ``b (K,)`` a linear head; ``predictions (n,)`` as ``y``; ``columns`` further labels by name. ``interval`` and
    ``null`` cost some 200 and 20 further evaluations; they may be switched off. Raises
    :class:`~repgeom_core.errors.RepGeomError` with what was expected, what came and what to do.
    """
    declared = find(name)
    classes, y, predictions = arrays.codes(y, predictions)
    data = Inputs(
        arrays.numbers(X, "X"),
        y,
        arrays.numbers(W, "W"),
        arrays.numbers(b, "b"),
        predictions,
        {column: arrays.codes(values)[1] for column, values in (columns or {}).items()},
        arrays.numbers(views, "views"),
        classes,
        seed,
    )
    if (reason := missing(declared, data)) is not None:
        wanted = [arrays.ARGUMENTS[need] for need in lacking(declared, data) if need in arrays.ARGUMENTS]
        raise GeometryError(f"{declared.name} {reason}, and there is none." + (f" Pass {'; '.join(wanted)}." if wanted else ""))
    result = evaluate(declared, data, declared.validated(parameters), interval, null)
    return replace(result, meta={**result.meta, "classes": list(classes)}) if classes else result


def missing(declared: Analysis, data: Inputs) -> str | None:
    """Why these inputs do not do for the analysis; None where they do."""
    names = ["at least 2 samples" if need in ("neighbours", "tree") else NEEDS[need] for need in lacking(declared, data)]
    return f"needs {enumerated(names)}" if names else None


def lacking(declared: Analysis, data: Inputs) -> list[str]:
    """The declared needs that are not there, in the order of ``NEEDS``; moments lack what labels lack."""
    have = {
        "features": True,
        "spectrum": True,
        "neighbours": data.n > 1,
        "tree": data.n > 1,
        "labels": data._y is not None,
        "moments": data._y is not None,
        "head": data._W is not None,
        "predictions": data._predictions is not None,
        "columns": bool(data._columns),
        "views": data._views is not None,
    }
    absent = {"labels" if need == "moments" else need for need in declared.needs if not have[need]}
    return [need for need in NEEDS if need in absent]


def evaluate(
    declared: Analysis,
    data: Inputs,
    parameters: dict[str, Any],
    interval: bool = True,
    null: bool = True,
    progress: Progress | None = None,
) -> Result:
    """Runs a declared analysis on inputs with validated parameters: cap, value, interval, null, and what is to be said of them.

    ``progress`` hears of the value (and of what its function reports), then of each draw of the interval and of the null.
    """
    progress = progress or Progress()
    if (reason := missing(declared, data)) is not None:
        raise GeometryError(f"{declared.name} {reason}, and there is none.")
    given = data.n
    if declared.needs & {"labels", "moments"}:
        data = data.labelled()
    labelled = data.n
    cap = declared.cap if declared.cap is not None and data.n > declared.cap else None
    if cap is not None:
        data = _sample(data, cap)
    if interval and declared.interval in ("groups", "jackknife"):
        data._made["groups"] = uncertainty.GROUPS

    def outcome(inputs: Inputs, value_only: bool = False) -> Outcome:
        view = inputs.for_analysis(declared.needs)
        view.value_only, view.progress = value_only, Progress() if value_only else progress
        found = declared.function(view, **parameters)
        return found if isinstance(found, Outcome) else Outcome(float(found))

    def value(inputs: Inputs) -> float:
        return float(outcome(inputs, value_only=True).value)

    progress.update(VALUE, 0, 1)
    found = outcome(data)
    meta: dict[str, Any] = {
        "title": declared.title,
        "version": declared.version,
        "parameters": parameters,
        "n": data.n,
        "d": data.d,
        "K": data._class_count() or None,
        "seed": data.seed,
        "given": given,
        "unlabelled left out": given - labelled,
        "cap": cap,
        "repgeom": __version__,
        "interval": "switched off",
        "null": "switched off" if declared.null else "none declared",
    }
    bounds, sample = None, None
    if interval:
        bounds, meta["interval"] = uncertainty.interval(declared, data, value, float(found.value), progress)
    if null and declared.null:
        sample = uncertainty.null(declared, data, value, progress)
        meta["null"] = f"{declared.null}, {0 if sample is None else len(sample.draws)} draws"
    details = {name: np.asarray(array) for name, array in found.details.items()}
    return Result(declared.name, float(found.value), bounds, sample, details, dict(found.notes), meta)


def _sample(data: Inputs, count: int) -> Inputs:
    """Kept, so that analyses of the same cap share its neighbour graph and all else that is computed of it."""
    sample: Inputs = data._once(f"sample of {count}", lambda: data.take(stratified_rows(data, count)))
    return sample


def stratified_rows(data: Inputs, count: int) -> np.ndarray:
    """``count`` row numbers, ascending, with each class in its share (all samples alike where there are no labels); seeded."""
    rng = np.random.default_rng([data.seed, 3])
    if data._y is None:
        return np.sort(rng.choice(data.n, count, replace=False))
    # A random order within classes, then every sample's place in its class decides: the lowest relative places are taken.
    order = rng.permutation(data.n)
    y = data._y[order]
    by_class = np.argsort(y, kind="stable")
    counts = np.bincount(y - y.min())
    starts = np.repeat(np.concatenate([[0], np.cumsum(counts)[:-1]]), counts)
    place = np.empty(data.n)
    place[by_class] = (np.arange(data.n) - starts + 0.5) / np.repeat(counts, counts)
    return np.sort(order[np.argsort(place, kind="stable")[:count]])
