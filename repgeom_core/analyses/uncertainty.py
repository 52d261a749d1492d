"""Intervals over samples and null distributions, for any analysis, from its declaration."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

import numpy as np

from repgeom_core.analyses.contract import Analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.nulls import NULLS
from repgeom_core.analyses.result import NullSample
from repgeom_core.linalg.class_moments import GROUPS
from repgeom_core.progress import Progress

DRAWS, HALVINGS, FEW_HALVINGS, NULL_DRAWS, FEW_NULL_DRAWS = 200, 10, 5, 20, 5
CHEAP = 2e6  # numbers in X up to which samples are drawn again 200 times
AFFORDABLE = 2e7  # and up to which there are 10 splits into halves and 20 draws of the null
FEWEST_GROUPS = 10
FEWEST_SAMPLES = 10  # halves of fewer are so small that measures of them are often one and the same number
BIASED = 0.5  # a bootstrap whose median is so many of its standard deviations from the value is not used
VERSION = 4  # of how intervals and nulls are found, part of every cache key
KEPT_BYTES = 6e7  # draws that take no more are kept for the next analysis

INTERVAL, NULL = "interval", "null"  # the stages of a job

Value = Callable[[Inputs], float]
Draw = TypeVar("Draw")


def interval(declared: Analysis, data: Inputs, value: Value, estimate: float, progress: Progress) -> tuple[tuple[float, float] | None, str]:
    """The central 95 % over samples, and in words how it was found (or why there is none)."""
    rng = np.random.default_rng([data.seed, 1])
    if declared.interval == "none" or not np.isfinite(estimate):
        return None, "none: not defined for this analysis" if declared.interval == "none" else "none: the value is not finite"
    if declared.interval in ("groups", "jackknife"):
        found = _over_groups(declared, data, value, estimate, rng, progress)
        if found is not None:
            return found
    elif declared.interval == "rows" and data.n * data.d <= CHEAP and data.n > 1:
        draws = [value(data.take(rng.integers(0, data.n, data.n))) for _ in _told(range(DRAWS), INTERVAL, DRAWS, progress)]
        if not _biased(draws, estimate):
            return _central(draws), f"bootstrap over samples, {DRAWS} draws"
    return _over_halves(declared, data, value, rng, estimate, HALVINGS if _affordable(declared, data) else FEW_HALVINGS, progress)


def _told(draws: Iterable[Draw], stage: str, count: int, progress: Progress) -> Iterator[Draw]:
    """The draws, each reported before it is evaluated."""
    for done, draw in enumerate(draws):
        progress.update(stage, done, count)
        yield draw


def _affordable(declared: Analysis, data: Inputs) -> bool:
    return declared.repeats == "many" and data.n * data.d <= AFFORDABLE


def _over_groups(
    declared: Analysis, data: Inputs, value: Value, estimate: float, rng: np.random.Generator, progress: Progress
) -> tuple[tuple[float, float] | None, str] | None:
    parts = [data.grouped(labelled, GROUPS) for labelled, need in ((True, "moments"), (False, "spectrum")) if need in declared.needs]
    groups = min((part.groups for part in parts), default=0)
    if groups < FEWEST_GROUPS or any(part.groups != groups for part in parts):
        return None
    if declared.interval == "groups":
        draws = [value(draw) for draw in _told(_group_draws(data, groups, rng), INTERVAL, DRAWS, progress)]
        if not _biased(draws, estimate):
            return _central(draws), f"bootstrap over {groups} groups of samples, {DRAWS} draws"
    without = np.array([value(draw) for draw in _told(_leaving_out(data, groups), INTERVAL, groups, progress)])
    if not np.isfinite(without).all():
        return None, "none: not defined without some of the samples"
    reach = 1.96 * float(np.sqrt((groups - 1) * without.var()))
    low, high = np.clip([estimate - reach, estimate + reach], *_limits(declared))
    return (float(low), float(high)), f"jackknife over {groups} groups of samples"


def _biased(draws: list[float], estimate: float) -> bool:
    """Drawn twice, a sample counts twice: where class means are mostly noise, a bootstrap drives them apart, and its draws lie about
    another value (NC1 of pure noise: half)."""
    finite = [v for v in draws if np.isfinite(v)]
    return bool(finite) and abs(float(np.median(finite)) - estimate) > BIASED * float(np.std(finite))


def _group_draws(data: Inputs, groups: int, rng: np.random.Generator) -> Iterable[Inputs]:
    """One bootstrap for all analyses of the same sums: the draws are kept, with what is derived from them, where they are small."""
    have = data.grouped_into(groups)
    drawn = data.reweighted(rng.multinomial(groups, np.full(groups, 1 / groups), DRAWS))
    if len(have) * DRAWS * data.d * data.d * 8 > KEPT_BYTES:
        return drawn
    kept: list[Inputs] = data._once(f"draws of {have}, {groups} groups", lambda: list(drawn))
    return kept


def _limits(declared: Analysis) -> tuple[float, float]:
    low, high = declared.bounds
    return -np.inf if low is None else low, np.inf if high is None else high


def _leaving_out(data: Inputs, groups: int) -> Iterable[Inputs]:
    """The inputs without each of the groups, for all analyses of the same sums; kept where they are small."""
    drawn = data.reweighted(1 - np.eye(groups))
    if groups * data.d * data.d * 8 > KEPT_BYTES:
        return drawn
    have = data.grouped_into(groups)
    kept: list[Inputs] = data._once(f"without each of {groups} groups of {have}", lambda: list(drawn))
    return kept


def _null_draws(name: str, data: Inputs, count: int, rng: np.random.Generator) -> Iterable[Inputs]:
    """One set of null inputs for all analyses with that null, kept where they are small."""
    drawn = (NULLS[name](data, rng) for _ in range(count))
    if count * data.n * data.d * 4 > KEPT_BYTES:
        return drawn
    kept: list[Inputs] = data._once(f"{count} draws of {name}", lambda: list(drawn))
    return kept


def _over_halves(
    declared: Analysis, data: Inputs, value: Value, rng: np.random.Generator, estimate: float, splits: int, progress: Progress
) -> tuple[tuple[float, float] | None, str]:
    if data.n < FEWEST_SAMPLES:
        return None, f"none: fewer than {FEWEST_SAMPLES} samples"
    values = []
    for _ in _told(range(splits), INTERVAL, splits, progress):
        order = rng.permutation(data.n)
        values += [value(data.take(np.sort(half))) for half in np.array_split(order, 2)]
    finite = np.array([v for v in values if np.isfinite(v)])
    if len(finite) < splits:
        return None, "none: not defined on half of the samples"
    # Halves of the same samples vary as much as the whole does between samples: √2 for their size, 1/√2 for what they have in common.
    reach = 1.96 * float(finite.std(ddof=1))
    low, high = np.clip([estimate - reach, estimate + reach], *_limits(declared))
    return (float(low), float(high)), f"{splits} random splits into halves, normal approximation"


def _central(draws: list[float]) -> tuple[float, float] | None:
    finite = [v for v in draws if np.isfinite(v)]
    if len(finite) < len(draws) / 2:
        return None
    low, high = np.quantile(finite, [0.025, 0.975])
    return float(low), float(high)


def null(declared: Analysis, data: Inputs, value: Value, progress: Progress) -> NullSample | None:
    """Values under the declared null model: 20 draws, 5 where the features are large or one evaluation takes long."""
    if declared.null is None:
        return None
    rng = np.random.default_rng([data.seed, 2])
    count = NULL_DRAWS if _affordable(declared, data) else FEW_NULL_DRAWS
    draws = tuple(value(draw) for draw in _told(_null_draws(declared.null, data, count, rng), NULL, count, progress))
    finite = [v for v in draws if np.isfinite(v)]
    if not finite:
        return None
    return NullSample(declared.null, float(np.mean(finite)), float(np.std(finite, ddof=1)) if len(finite) > 1 else 0.0, draws)
