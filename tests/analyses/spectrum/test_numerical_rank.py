from __future__ import annotations

import numpy as np
import pytest


def test_digits(of, digits) -> None:
    X = digits[0]
    result = of("numerical_rank", X)
    singular_values = np.linalg.svd(X - X.mean(axis=0), compute_uv=False)
    assert result.value == 61 == np.linalg.matrix_rank(X - X.mean(axis=0))
    assert result.notes["condition_number"] == pytest.approx(singular_values[0] / singular_values[60], rel=1e-9)


@pytest.mark.parametrize("rank", [1, 5, 12])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_product_through_r_dimensions_has_rank_r(of, rank, dtype) -> None:
    rng = np.random.default_rng(rank)
    X = (rng.standard_normal((90, rank)) @ rng.standard_normal((rank, 30))).astype(dtype)
    assert of("numerical_rank", X).value == rank


def test_n_samples_span_n_minus_1_dimensions_about_their_mean(of) -> None:
    assert of("numerical_rank", np.random.default_rng(0).standard_normal((8, 30)) + 5).value == 7


def test_tolerance_leaves_weak_directions_out(of, with_singular_values) -> None:
    X = with_singular_values([1.0, 0.5, 1e-3, 1e-4], 30, 10)
    assert of("numerical_rank", X).value == 4
    assert of("numerical_rank", X, tolerance=5e-4).value == 3


def test_equal_samples_span_nothing(of) -> None:
    result = of("numerical_rank", np.full((6, 4), 0.1))
    assert result.value == 0
    assert "equal" in result.notes["why"]
