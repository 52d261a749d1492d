from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import entropy


@pytest.mark.parametrize(("k", "d"), [(1, 8), (7, 20), (20, 20)])
def test_k_equal_directions_give_k(of, with_singular_values, k, d) -> None:
    assert of("effective_rank_sv", with_singular_values([0.2] * k, 50, d)).value == pytest.approx(k, rel=1e-10)


def test_digits(of, digits) -> None:
    assert of("effective_rank_sv", digits[0]).value == pytest.approx(39.7074, abs=5e-5)


def test_agrees_with_scipy_on_centred_singular_values(of, digits) -> None:
    X = digits[0]
    singular_values = np.linalg.svd(X - X.mean(axis=0), compute_uv=False)
    assert of("effective_rank_sv", X).value == pytest.approx(np.exp(entropy(singular_values)), rel=1e-9)


def test_it_is_larger_than_the_rank_of_eigenvalues(of, digits) -> None:
    assert of("effective_rank_sv", digits[0]).value > of("effective_rank", digits[0]).value
