"""Class moments equal the plain definition, at any offset, in any pieces, and merge exactly."""

from __future__ import annotations

import numpy as np
import pytest

from repgeom_core.errors import GeometryError
from repgeom_core.linalg.class_moments import class_moments, group_count

RNG = np.random.default_rng(0)


def make(n=3000, d=12, K=6, offset=0.0, dtype=np.float32):
    y = RNG.integers(0, K, n)
    X = RNG.normal(size=(n, d)) * 0.3 + RNG.normal(size=(K, d))[y] * 2 + offset
    return X.astype(dtype), y


def plain(X, y, K):
    X = X.astype(np.float64)
    means = np.stack([X[y == k].mean(axis=0) for k in range(K)])
    residual = X - means[y]
    return means, residual.T @ residual, np.array([(residual[y == k] ** 2).sum() for k in range(K)])


@pytest.mark.parametrize("groups", [1, 7])
@pytest.mark.parametrize("offset", [0, 100, 1e4])
def test_float32_features_give_the_plain_definition(groups: int, offset: float) -> None:
    X, y = make(offset=offset)
    means, scatter, spread = plain(X, y, 6)
    found = class_moments(np.split(X, [17, 1000]), y, 6, groups).merged()
    np.testing.assert_allclose(found.means, means, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(found.scatter, scatter, rtol=1e-5, atol=1e-4 * spread.sum() / len(y))
    np.testing.assert_allclose(found.spread, spread, rtol=1e-5)


def test_float64_features_are_exact_to_rounding() -> None:
    X, y = make(dtype=np.float64, offset=50)
    means, scatter, spread = plain(X, y, 6)
    found = class_moments([X], y, 6).merged()
    np.testing.assert_allclose(found.means, means, rtol=1e-12)
    np.testing.assert_allclose(found.scatter, scatter, rtol=1e-10, atol=1e-9)
    np.testing.assert_allclose(found.spread, spread, rtol=1e-10)


def test_a_collapsed_class_far_from_the_origin_keeps_its_small_spread() -> None:
    y = np.repeat([0, 1], 500)
    X = (np.array([[1000.0], [-1000.0]])[y] + RNG.normal(0, 0.01, (1000, 1))).astype(np.float32)
    found = class_moments([X], y, 2).merged()
    np.testing.assert_allclose(found.spread, plain(X, y, 2)[2], rtol=1e-4)


def test_group_weights_equal_repeating_the_samples() -> None:
    X, y = make(600, dtype=np.float64)
    grouped = class_moments([X], y, 6, groups=5)
    weights = np.array([2, 0, 1, 3, 1])
    found = grouped.merged(weights)
    rank = np.array([(y[:i] == y[i]).sum() for i in range(600)])
    repeated = np.repeat(np.arange(600), weights[(rank + y) % 5])
    means, scatter, spread = plain(X[repeated], y[repeated], 6)
    np.testing.assert_allclose(found.means, means, rtol=1e-10)
    np.testing.assert_allclose(found.scatter, scatter, rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(found.spread, spread, rtol=1e-8)


def test_groups_are_stratified() -> None:
    X, y = make(3000)
    counts = class_moments([X], y, 6, groups=10).counts
    assert (counts.max(axis=0) - counts.min(axis=0)).max() <= 1


def test_two_workers_merge_to_the_whole() -> None:
    X, y = make(1000, dtype=np.float64)
    a = class_moments([X[:300]], y[:300], 6)
    b = class_moments([X[300:]], y[300:], 6, shift=a.shift)
    whole = class_moments([X], y, 6).merged()
    np.testing.assert_allclose(a.merge(b).merged().scatter, whole.scatter, rtol=1e-9, atol=1e-9)
    with pytest.raises(GeometryError, match="same shift"):
        a.merge(class_moments([X[300:]], y[300:], 6))


def test_missing_classes_and_unlabelled_samples_are_left_out() -> None:
    X, y = make(500, dtype=np.float64)
    y = np.where(y == 2, -1, y)
    found = class_moments([X], y, 6).merged()
    assert found.classes.tolist() == [0, 1, 3, 4, 5] and found.n == (y >= 0).sum()
    with pytest.raises(GeometryError, match="at least one labelled sample"):
        class_moments([X], np.full(500, -1), 6)


def test_total_scatter_is_that_of_all_samples() -> None:
    X, y = make(800, dtype=np.float64)
    found = class_moments([X], y, 6).merged()
    np.testing.assert_allclose(found.total_scatter, np.cov(X.T, bias=True) * 800, rtol=1e-9, atol=1e-9)


def test_groups_fit_the_memory_that_is_allowed() -> None:
    assert group_count(50_000, 64, 10) == 50
    assert group_count(50_000, 2048, 10) <= 4
    assert group_count(3, 64, 10) == 1


def test_many_weightings_at_once_give_what_each_gives_alone() -> None:
    rng = np.random.default_rng(4)
    y = rng.integers(0, 3, 500)
    grouped = class_moments([rng.standard_normal((500, 6)) + y[:, None]], y, 3, 10)
    weights = rng.multinomial(10, np.full(10, 0.1), 7)
    for row, many in zip(weights, grouped.merged_many(weights), strict=True):
        alone = grouped.merged(row)
        np.testing.assert_allclose(many.scatter, alone.scatter, rtol=1e-12, atol=1e-10)
        np.testing.assert_array_equal(many.means, alone.means)
        np.testing.assert_array_equal(many.spread, alone.spread)
