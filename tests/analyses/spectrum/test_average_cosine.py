from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics.pairwise import cosine_similarity


def test_digits(of, digits) -> None:
    assert of("average_cosine", digits[0]).value == pytest.approx(0.688326, abs=5e-7)
    assert of("average_cosine", digits[0], centred=True).value == pytest.approx(-0.000249, abs=5e-7)


@pytest.mark.parametrize("K", [2, 3, 10])
def test_simplex(of, K) -> None:
    X = np.eye(K) - 1 / K
    assert of("average_cosine", X).value == pytest.approx(-1 / (K - 1), abs=1e-12)


def test_copies_of_one_vector_point_the_same_way(of) -> None:
    X = np.array([1.0, 2, 3]) * np.array([[1.0], [5], [0.1]])
    assert of("average_cosine", X).value == pytest.approx(1, abs=1e-12)


def test_agrees_with_all_pairs_of_sklearn(of, digits) -> None:
    X = digits[0][:300]
    cosines = cosine_similarity(X)[~np.eye(300, dtype=bool)]
    assert of("average_cosine", X).value == pytest.approx(cosines.mean(), rel=1e-10)


def test_zero_vectors_are_left_out_and_counted(of, digits) -> None:
    X = np.vstack([digits[0][:50], np.zeros((3, 64))])
    result = of("average_cosine", X)
    assert result.value == pytest.approx(of("average_cosine", digits[0][:50]).value, rel=1e-12)
    assert result.notes["zero_vectors_left_out"] == 3


def test_one_sample_has_no_pair(of) -> None:
    assert "fewer than two" in of("average_cosine", np.ones((1, 3))).notes["why"]


def test_it_is_declared_unreliable() -> None:
    from repgeom_core.analyses.registry import find

    assert "unreliable" in find("average_cosine").title
    assert "unreliable" in find("average_cosine").summary
