"""What an analysis declares beside its one function; from this alone come its page, widgets, command line, cache key and tests."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from repgeom_core.analyses.parameters import Parameter, validated

# What a function may ask of its `Inputs`; the page greys an analysis whose needs a bundle does not meet.
NEEDS: dict[str, str] = {
    "features": "features",
    "labels": "labels",
    "head": "a linear classifier (W and b)",
    "predictions": "predictions",
    "moments": "labels",  # class moments: counts, means, within-class scatter
    "spectrum": "features",  # singular values and directions of the features
    "neighbours": "features",  # the shared neighbour graph
    "tree": "features",  # the shared hierarchical clusterings of all samples
    "columns": "a further column of labels",
    "views": "two views of each sample",
}
# Transformations of the features that may leave a value alone.
INVARIANCES: dict[str, str] = {
    "rotation": "X → XQ with Q orthogonal (head: W → WQ)",
    "translation": "X → X + a",
    "scaling": "X → sX with s > 0",
    "unit permutation": "X → XP with P a permutation of units",
    "unit scaling": "X → XD with D diagonal and positive",
    "linear": "X → XA with A invertible",
}
Better = Literal["lower", "higher", "none"]
Interval = Literal["groups", "jackknife", "rows", "halves", "none"]
Repeats = Literal["many", "few"]


@dataclass(frozen=True)
class Outcome:
    """What a function returns when it has more to say than one number.

    ``details`` are arrays by name (``per_class (K,)``, ``per_sample (n,)``, ``labels (n,)`` of a partition, matrices, curves);
    ``notes`` are facts for a person (a window that was fitted, a cap that was applied).
    """

    value: float
    details: Mapping[str, Any] = field(default_factory=dict)
    notes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Analysis:
    """A declared analysis. ``name`` is the function's, ``family`` the folder's; ``summary`` and ``explanation`` are its docstring's."""

    name: str
    family: str
    function: Callable[..., float | Outcome]
    title: str
    needs: frozenset[str]
    parameters: Mapping[str, Parameter]
    invariant_to: frozenset[str]
    better: Better
    null: str | None
    interval: Interval
    repeats: Repeats
    cost: str
    cap: int | None
    version: int
    reference: str
    formula: str
    unit: str
    bounds: tuple[float | None, float | None]
    oracle: str
    truths: str

    @property
    def summary(self) -> str:
        """The first sentence of the docstring."""
        return inspect.cleandoc(self.function.__doc__ or "").split("\n\n")[0].replace("\n", " ")

    @property
    def explanation(self) -> str:
        return "\n\n".join(inspect.cleandoc(self.function.__doc__ or "").split("\n\n")[1:])

    def validated(self, given: Mapping[str, Any]) -> dict[str, Any]:
        return validated(self.name, self.parameters, given)


def analysis(
    *,
    title: str,
    needs: tuple[str, ...],
    reference: str,
    formula: str,
    invariant_to: tuple[str, ...] = (),
    parameters: Mapping[str, Parameter] | None = None,
    better: Better = "none",
    null: str | None = None,
    interval: Interval = "rows",
    repeats: Repeats = "many",
    cost: str = "O(n d)",
    cap: int | None = None,
    version: int = 1,
    unit: str = "",
    bounds: tuple[float | None, float | None] = (None, None),
    oracle: str = "",
    truths: str = "",
) -> Callable[[Callable[..., float | Outcome]], Callable[..., float | Outcome]]:
    """Declares the decorated function ``f(data: Inputs, **parameters) -> float | Outcome`` to be an analysis.

    Args:
        title: how people call it.
        needs: names from ``NEEDS``; the function may touch nothing else of its inputs.
        reference: the paper, with the equation and the convention taken.
        formula: the formula in plain text or TeX, as the page shows it.
        invariant_to: names from ``INVARIANCES``; tests check that these hold and that the others do not.
        parameters: typed, bounded; the function takes them by name.
        better: which direction is better, if any.
        null: name of a null model (``repgeom_core.analyses.nulls.NULLS``).
        interval: ``"groups"``: bootstrap over 50 mergeable groups of samples (needs only moments or spectrum, and a head), or the
            jackknife where the bootstrap is biased;
            ``"jackknife"``: the same groups, each left out once (for ranks and noise edges, which repeated samples bias);
            ``"rows"``: bootstrap over samples, or halves where that is biased; ``"halves"``: random halves (where repeated samples
            would break the measure); ``"none"``.
        repeats: ``"few"``: 5 splits and 5 null draws whatever the size, where one evaluation takes seconds by itself.
        cost: in n, d, K.
        cap: above this many samples a seeded stratified subsample is taken, and the result says so.
        version: raise it when values change: cached results of another version are not used.
        unit, bounds: of the value.
        oracle, truths: what the tests compare with, in words, for the table in the documentation.

    Raises:
        ValueError: a word that none of these lists has; the message gives those it has.
    """
    for name, names in (("needs", needs), ("invariant_to", invariant_to)):
        if isinstance(names, str):
            raise ValueError(f"{title}: {name} is a tuple of names, with a comma even where there is one: ({names!r},)")
    _check_words(title, "need", needs, NEEDS)
    _check_words(title, "invariance", invariant_to, INVARIANCES)
    _check_words(title, "better", (better,), get_args(Better))
    _check_words(title, "interval", (interval,), get_args(Interval))
    _check_words(title, "repeats", (repeats,), get_args(Repeats))

    def declare(function: Callable[..., float | Outcome]) -> Callable[..., float | Outcome]:
        function.__analysis__ = Analysis(  # type: ignore[attr-defined]
            name=function.__name__,
            family=function.__module__.rsplit(".", 2)[-2],
            function=function,
            title=title,
            needs=frozenset(needs),
            parameters=dict(parameters or {}),
            invariant_to=frozenset(invariant_to),
            better=better,
            null=null,
            interval=interval,
            repeats=repeats,
            cost=cost,
            cap=cap,
            version=version,
            reference=reference,
            formula=formula,
            unit=unit,
            bounds=bounds,
            oracle=oracle,
            truths=truths,
        )
        return function

    return declare


def _check_words(title: str, what: str, given: Iterable[str], known: Iterable[str]) -> None:
    """Types alone would not do: who adds a file may not run mypy, and a misspelt interval would silently be another."""
    for word in given:
        if word not in known:
            raise ValueError(f"{title}: unknown {what} {word!r}; one of {', '.join(known)}")
