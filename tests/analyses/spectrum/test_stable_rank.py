from __future__ import annotations

import numpy as np
import pytest


@pytest.mark.parametrize(("k", "d"), [(1, 8), (7, 20), (20, 20)])
def test_k_equal_directions_give_k(of, with_singular_values, k, d) -> None:
    assert of("stable_rank", with_singular_values([5.0] * k, 50, d)).value == pytest.approx(k, rel=1e-10)


def test_nine_weak_directions_add_little(of, with_singular_values) -> None:
    assert of("stable_rank", with_singular_values([10.0] + [1.0] * 9, 60, 30)).value == pytest.approx(1.09, rel=1e-10)


def test_digits_centred_and_not(of, digits) -> None:
    assert of("stable_rank", digits[0]).value == pytest.approx(6.7156, abs=1e-4)
    assert of("stable_rank", digits[0], centred=False).value == pytest.approx(1.4360, abs=5e-5)


def test_agrees_with_the_matrix_norms(of, digits) -> None:
    X = digits[0]
    for centred, matrix in ((True, X - X.mean(axis=0)), (False, X)):
        expected = (np.linalg.norm(matrix) / np.linalg.norm(matrix, 2)) ** 2
        assert of("stable_rank", X, centred=centred).value == pytest.approx(expected, rel=1e-10)


def test_it_never_exceeds_the_rank(of, digits) -> None:
    assert of("stable_rank", digits[0]).value < of("numerical_rank", digits[0]).value
