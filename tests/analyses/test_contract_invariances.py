"""Every analysis is invariant to what it declares, and to nothing else; to the order of samples always, and to float32."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from repgeom_core.analyses.contract import INVARIANCES, Analysis
from repgeom_core.errors import RepGeomError

# What else holds where one holds.
IMPLIED = {"rotation": {"unit permutation"}, "unit scaling": {"scaling"}, "linear": set(INVARIANCES) - {"translation"}}
OF_FEATURES = {"features", "spectrum", "neighbours", "tree", "moments", "views"}


def orthogonal(rng: np.random.Generator, d: int) -> np.ndarray:
    Q, R = np.linalg.qr(rng.normal(size=(d, d)))
    return Q * np.sign(np.diag(R))


def mild(name: str, given: Any, seed: int) -> Any:
    """The data under a transformation that loses no digits; the head turns with rotations and permutations, and only with them."""
    rng, d = np.random.default_rng(seed), given.X.shape[1]
    if name == "rotation":
        return given.rotated(orthogonal(rng, d))
    if name == "unit permutation":
        return given.rotated(np.eye(d)[np.roll(np.arange(d), 1 + seed)])
    if name == "translation":
        a = 3 * rng.normal(size=d)
        return given.mapped(lambda X: X + a)
    if name == "scaling":
        return given.mapped(lambda X: X * (0.13, 5.7, 1.9)[seed])
    if name == "unit scaling":
        D = np.exp(0.7 * rng.normal(size=d))
        return given.mapped(lambda X: X * D)
    A = orthogonal(rng, d) * np.exp(0.5 * rng.normal(size=d)) @ orthogonal(rng, d)
    return given.mapped(lambda X: X @ A)


def strong(name: str, given: Any) -> Iterator[Any]:
    """Transformations under which a value that is not invariant has no excuse for staying the same."""
    yield from (mild(name, given, seed) for seed in range(3))
    rng, d = np.random.default_rng(9), given.X.shape[1]
    wide = np.ones(d)
    wide[d // 2] = 1e-9
    if name == "rotation":  # onto the principal axes: whatever standardises units then sees no correlation
        yield given.rotated(np.linalg.svd(given.X - given.X.mean(axis=0))[2].T)
    elif name == "translation":
        yield from (given.mapped(lambda X, a=sign * size: X + a) for size in (0.5, 30.0, 1000.0) for sign in (1, -1))
    elif name == "scaling":
        yield from (given.mapped(lambda X, s=s: X * s) for s in (1e-6, 1e-3, 1e3, 1e6))
    elif name == "unit scaling":
        skewed = np.exp(3 * rng.normal(size=d))
        yield from (given.mapped(lambda X, D=D: X * D) for D in (wide, skewed, 1 / skewed))
    elif name == "linear":
        A, B = orthogonal(rng, d), orthogonal(rng, d)
        yield from (given.mapped(lambda X, D=D: X @ (A * D) @ B) for D in (wide, np.exp(3 * rng.normal(size=d))))


def uneven(given: Any) -> Any:
    """Units on scales from 1 to 1000, for values that count: they need much to change."""
    scales = np.logspace(0, 3, given.X.shape[1])
    return given.mapped(lambda X: X * scales)


def holding(declared: Analysis) -> set[str]:
    found = set(declared.invariant_to)
    return found.union(*(IMPLIED.get(name, set()) for name in found))


def test_declared_invariances_hold(declared: Analysis, given: Any, noise: Callable[..., float]) -> None:
    expected = given.measured(declared).value
    for name in sorted(declared.invariant_to):
        for seed in range(3):
            found = mild(name, given, seed).measured(declared).value
            assert found == pytest.approx(expected, rel=1e-6, abs=1e-8 + noise(declared, given)), (
                f"{name} ({INVARIANCES[name]}) changes the value: do not declare it"
            )


def test_what_is_not_declared_does_not_hold(declared: Analysis, both: Any) -> None:
    if not declared.needs & OF_FEATURES:
        pytest.skip("it does not look at features")
    low, high = declared.bounds
    if low is not None and low == high:
        pytest.skip("its value is the same by definition")
    for name in sorted(set(INVARIANCES) - holding(declared)):
        changed = any(_changed(declared, given, other) for given in (*both, uneven(both[0])) for other in strong(name, given))
        assert changed, f"{name} ({INVARIANCES[name]}) leaves the value alone: declare it"


def _changed(declared: Analysis, given: Any, other: Any) -> bool:
    before = given.measured(declared).value
    try:
        after = other.measured(declared).value
    except RepGeomError:
        return True
    return not np.isclose(after, before, rtol=1e-5, atol=1e-9)


def test_order_of_samples_does_not_matter(declared: Analysis, given: Any, noise: Callable[..., float]) -> None:
    expected = given.measured(declared)
    order = np.random.default_rng(5).permutation(len(given.y))
    found = given.rows(order).measured(declared)
    assert found.value == pytest.approx(expected.value, rel=1e-6, abs=1e-8 + noise(declared, given))
    if "per_sample" in expected.details and noise(declared, given) == 0:
        theirs, ours = expected.details["per_sample"][order], found.details["per_sample"]
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6, err_msg="per_sample does not follow its samples")


@pytest.mark.parametrize("offset", [0, 100])
def test_float32_features_agree_with_float64(declared: Analysis, given: Any, offset: float, noise: Callable[..., float]) -> None:
    single = given.mapped(lambda X: (X + offset).astype(np.float32))
    expected = single.mapped(lambda X: X.astype(np.float64)).measured(declared).value
    tolerance = 1e-4 if offset == 0 else 2e-3
    assert single.measured(declared).value == pytest.approx(expected, rel=tolerance, abs=1e-5 + noise(declared, given))
