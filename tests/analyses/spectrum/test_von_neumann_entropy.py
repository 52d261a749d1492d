from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import logm


@pytest.mark.parametrize("k", [1, 4, 20])
def test_k_equal_directions_give_log_k(of, with_singular_values, k) -> None:
    assert of("von_neumann_entropy", with_singular_values([5.0] * k, 50, 20)).value == pytest.approx(np.log(k), abs=1e-10)


def test_digits(of, digits) -> None:
    assert of("von_neumann_entropy", digits[0]).value == pytest.approx(3.02302, abs=5e-6)


def test_its_exponential_is_the_effective_rank(of, digits) -> None:
    assert np.exp(of("von_neumann_entropy", digits[0]).value) == pytest.approx(of("effective_rank", digits[0]).value, rel=1e-12)


def test_agrees_with_the_matrix_logarithm(of) -> None:
    X = np.random.default_rng(0).standard_normal((80, 6)) * np.arange(1, 7)
    density = np.cov(X.T) / np.trace(np.cov(X.T))
    assert of("von_neumann_entropy", X).value == pytest.approx(-np.trace(density @ logm(density)).real, rel=1e-9)
