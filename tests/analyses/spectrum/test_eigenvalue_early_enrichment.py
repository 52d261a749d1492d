from __future__ import annotations

import numpy as np
import pytest


@pytest.mark.parametrize(("k", "d"), [(1, 8), (3, 8), (10, 40), (8, 8)])
def test_k_equal_directions_of_d(of, with_singular_values, k, d) -> None:
    value = of("eigenvalue_early_enrichment", with_singular_values([1.0] * k, 60, d)).value
    assert value == pytest.approx((1 - k / d) - (1 / k - 1 / d) / d, abs=1e-10)


def test_one_direction_of_eight(of, with_singular_values) -> None:
    assert of("eigenvalue_early_enrichment", with_singular_values([1.0], 60, 8)).value == pytest.approx(0.765625, abs=1e-10)


def test_digits_with_zero_eigenvalues_and_without(of, digits) -> None:
    X = digits[0]
    assert of("eigenvalue_early_enrichment", X).value == pytest.approx(0.752777, abs=5e-7)
    assert of("eigenvalue_early_enrichment", X[:, X.std(axis=0) > 0]).value == pytest.approx(0.740631, abs=5e-7)


def test_published_sphere(of) -> None:
    X = np.random.default_rng(0).standard_normal((25_000, 100))
    value = of("eigenvalue_early_enrichment", X / np.linalg.norm(X, axis=1, keepdims=True)).value
    assert value == pytest.approx(0.0353, abs=0.002)


def test_agrees_with_the_trapezoid_over_an_svd(of, digits) -> None:
    X = digits[0]
    cumulative = np.cumsum(np.linalg.svd(X - X.mean(axis=0), compute_uv=False) ** 2)
    excess = cumulative / cumulative[-1] - np.arange(1, 65) / 64
    assert of("eigenvalue_early_enrichment", X).value == pytest.approx(np.trapezoid(excess) / 32, rel=1e-10)


def test_one_dimension_has_none(of) -> None:
    assert "one dimension" in of("eigenvalue_early_enrichment", np.arange(4.0)[:, None]).notes["why"]
