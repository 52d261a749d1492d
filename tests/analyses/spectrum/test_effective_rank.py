from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import entropy


@pytest.mark.parametrize(("k", "d"), [(1, 8), (7, 20), (20, 20)])
def test_k_equal_directions_give_k(of, with_singular_values, k, d) -> None:
    assert of("effective_rank", with_singular_values([0.2] * k, 50, d)).value == pytest.approx(k, rel=1e-10)


def test_one_strong_direction_among_nine_weak_ones(of, with_singular_values) -> None:
    assert of("effective_rank", with_singular_values([10.0] + [1.0] * 9, 60, 30)).value == pytest.approx(1.59, abs=0.005)


def test_digits(of, digits) -> None:
    assert of("effective_rank", digits[0]).value == pytest.approx(20.5533, abs=5e-5)


def test_agrees_with_scipy_on_squared_singular_values(of, digits) -> None:
    X = digits[0]
    squares = np.linalg.svd(X - X.mean(axis=0), compute_uv=False) ** 2
    assert of("effective_rank", X).value == pytest.approx(np.exp(entropy(squares)), rel=1e-10)
