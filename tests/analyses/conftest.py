"""What the contract tests run on: ``declared`` is each registered analysis in turn, ``given`` seeded data without accidents."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest

from repgeom_core.analyses.contract import Analysis
from repgeom_core.analyses.evaluate import evaluate
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Column
from repgeom_core.analyses.registry import analyses
from repgeom_core.analyses.result import Result

N, D, K = 120, 16, 4
SLACK = 1e-6  # of bounds: definitions with a small constant against log 0 reach a little beyond


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "declared" in metafunc.fixturenames:
        metafunc.parametrize("declared", analyses().values(), ids=lambda declared: declared.name)


@dataclass(frozen=True)
class Given:
    """All that an analysis may ask for, of ``n`` samples in ``d`` dimensions with ``K`` classes; arrays are not to be written to."""

    X: np.ndarray
    y: np.ndarray
    W: np.ndarray
    b: np.ndarray
    predictions: np.ndarray
    columns: dict[str, np.ndarray]
    views: np.ndarray
    seed: int = 0
    measured_before: dict[object, Result] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for array in (self.X, self.y, self.W, self.b, self.predictions, self.views, *self.columns.values()):
            array.flags.writeable = False

    def but(self, **arrays: Any) -> Given:
        """The same with other arrays; each analysis takes those it needs."""
        return replace(self, **arrays)

    def rows(self, rows: np.ndarray) -> Given:
        columns = {name: codes[rows] for name, codes in self.columns.items()}
        return self.but(X=self.X[rows], y=self.y[rows], predictions=self.predictions[rows], columns=columns, views=self.views[rows])

    def mapped(self, change: Callable[[np.ndarray], np.ndarray]) -> Given:
        """With the features of both views changed; the head stays."""
        return self.but(X=change(self.X), views=change(self.views))

    def rotated(self, Q: np.ndarray) -> Given:
        """Features, views and head in another orthonormal basis."""
        return self.but(X=self.X @ Q, views=self.views @ Q, W=self.W @ Q)

    def measured(self, declared: Analysis, interval: bool = False, null: bool = False, **parameters: Any) -> Result:
        """The analysis of exactly what it declares to need: a value alone with its defaults is computed once for all tests."""
        if interval or null or parameters:
            return self.measured_anew(declared, interval, null, **parameters)
        if declared.function not in self.measured_before:
            self.measured_before[declared.function] = self.measured_anew(declared)
        return self.measured_before[declared.function]

    def measured_anew(self, declared: Analysis, interval: bool = False, null: bool = False, **parameters: Any) -> Result:
        has = declared.needs
        labels = bool(has & {"labels", "moments"})
        data = Inputs(
            self.X,
            self.y if labels else None,
            self.W if "head" in has else None,
            self.b if "head" in has else None,
            self.predictions if "predictions" in has else None,
            self.columns if "columns" in has else None,
            self.views if "views" in has else None,
            seed=self.seed,
        )
        return evaluate(declared, data, declared.validated(filled(declared, parameters)), interval, null)

    def measured_beside_all(self, declared: Analysis, interval: bool = False, null: bool = False) -> Result:
        """The same beside everything that a bundle may hold, whether it is needed or not."""
        data = Inputs(self.X, self.y, self.W, self.b, self.predictions, self.columns, self.views, seed=self.seed)
        return evaluate(declared, data, declared.validated(filled(declared, {})), interval, null)

    def check_bounds(self, declared: Analysis, result: Result) -> None:
        low, high = declared.bounds
        within = (low is None or result.value >= low - SLACK) and (high is None or result.value <= high + SLACK)
        assert within, f"{result.value} lies outside the declared bounds {declared.bounds}"


def filled(declared: Analysis, parameters: dict[str, Any]) -> dict[str, Any]:
    """Parameters that name a column have no default that works everywhere."""
    columns = {name: "coarse" for name, p in declared.parameters.items() if isinstance(p, Column)}
    return {**columns, **parameters}


def make(n: int = N, d: int = D, classes: int = K, relu: bool = False, seed: int = 0) -> Given:
    """Classes of unequal size, spread and direction about means off the origin.

    With ``relu`` about half of the numbers are exact zeros, one unit is dead and one always on.
    """
    rng = np.random.default_rng(seed)
    y = np.concatenate([np.arange(classes), rng.choice(classes, max(n - classes, 0), p=_shares(classes))])[:n]
    mixing = rng.normal(size=(classes, d, d)) / np.sqrt(d)
    means = 1.5 * rng.normal(size=(classes, d)) + (0.0 if relu else 0.7)
    X = means[y] + np.einsum("nd,nde->ne", rng.normal(size=(n, d)) * rng.uniform(0.5, 1.5, d), mixing[y])
    views = X + 0.3 * rng.normal(size=X.shape)
    if relu:
        X, views = np.maximum(X, 0), np.maximum(views, 0)
        for array in (X, views):
            array[:, 0], array[:, -1] = 0, 0.5 + array[:, -1]
    W = means - means.mean(axis=0) + 0.4 * rng.normal(size=means.shape)
    predictions = np.where(rng.random(n) < 0.2, rng.integers(0, classes, n), y)
    columns = {"coarse": y // 2, "other": rng.integers(0, 3, n)}
    b = rng.normal(size=classes)
    strays = rng.random(n) < 0.15  # an exact hierarchy would stay one under every linear map
    columns["coarse"] = np.where(strays, columns["other"], columns["coarse"])
    return Given(X, y, W, b, predictions, columns, views)


def _shares(classes: int) -> np.ndarray:
    shares = 1 + np.arange(classes) % 3
    return shares / shares.sum()


@pytest.fixture(scope="session", params=["gaussian", "relu"])
def given(request: pytest.FixtureRequest) -> Given:
    return make(relu=request.param == "relu")


@pytest.fixture(scope="session")
def both() -> tuple[Given, Given]:
    return make(), make(relu=True)


@pytest.fixture(scope="session")
def made() -> Callable[..., Given]:
    return make


@pytest.fixture(scope="session")
def noise() -> Callable[[Analysis, Given], float]:
    """How far the value moves with the seed: 0 for what is computed exactly, else 6 standard deviations."""
    known: dict[tuple[str, int], float] = {}

    def of(declared: Analysis, given: Given) -> float:
        key = (declared.name, id(given))
        if key not in known:
            seeded = _values(declared, given)
            first, second = next(seeded), next(seeded)
            known[key] = 0.0 if first == second or np.isnan(first) else 6 * float(np.std([first, second, *seeded], ddof=1))
        return known[key]

    return of


def _values(declared: Analysis, given: Given) -> Iterator[float]:
    for seed in range(8):
        yield given.but(seed=seed).measured(declared).value


@pytest.fixture
def few_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Intervals and nulls from so few draws that running them costs nothing."""
    from repgeom_core.analyses import uncertainty

    for name, count in {"DRAWS": 3, "HALVINGS": 2, "FEW_HALVINGS": 2, "NULL_DRAWS": 2, "FEW_NULL_DRAWS": 2}.items():
        monkeypatch.setattr(uncertainty, name, count)
