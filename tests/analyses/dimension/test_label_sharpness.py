from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist


def by_all_pairs(X: np.ndarray, y: np.ndarray) -> float:
    return float(1 / cdist(X, X)[y[:, None] != y].min())


def test_digits_and_the_pair_that_decides(of, digits) -> None:
    result = of("label_sharpness", *digits)
    assert result.value == pytest.approx(0.847998, abs=5e-7)
    assert list(result.details["pair"]) == [242, 1714]
    assert result.notes["distance"] == pytest.approx(1.179248, abs=5e-7)
    assert result.value == pytest.approx(by_all_pairs(*digits), rel=1e-10)


@pytest.mark.parametrize("gap", [0.5, 3.0])
def test_two_dense_classes_a_gap_apart(of, gap) -> None:
    """Every sample's neighbours are of its own class: the nearest pair is found all the same."""
    rng = np.random.default_rng(0)
    X = np.vstack([rng.random((200, 2)) * [-0.1, 0.1], rng.random((200, 2)) * 0.1 + [gap, 0], [[0, 0.05], [gap, 0.05]]])
    y = np.r_[np.repeat([0, 1], 200), 0, 1]
    result = of("label_sharpness", X, y)
    assert result.value == pytest.approx(1 / gap, rel=1e-6)
    assert result.value == pytest.approx(by_all_pairs(X, y), rel=1e-10)


def test_an_easy_pair_does_not_hide_a_nearer_one_within_dense_classes(of) -> None:
    """Two lonely samples of different classes see each other; two dense classes nearer to one another do not."""
    rng = np.random.default_rng(0)
    X = np.vstack([1e-3 * rng.random((50, 2)), 1e-3 * rng.random((50, 2)) + [0.1, 0], [[50, 0], [51, 0]]])
    y = np.r_[np.repeat([0, 1], 50), 0, 1]
    assert of("label_sharpness", X, y).value == pytest.approx(by_all_pairs(X, y), rel=1e-10)


def test_halving_distances_doubles_it(of, digits) -> None:
    X, y = digits[0][:300], digits[1][:300]
    assert of("label_sharpness", X / 2, y).value == pytest.approx(2 * of("label_sharpness", X, y).value, rel=1e-9)


def test_per_sample_is_one_over_the_nearest_of_another_class(of, digits) -> None:
    X, y = digits[0][:200], digits[1][:200]
    distances = cdist(X, X)
    distances[y[:, None] == y] = np.inf
    per_sample = of("label_sharpness", X, y).details["per_sample"]
    known = np.isfinite(per_sample)
    assert 0 < known.sum() < 200
    np.testing.assert_allclose(per_sample[known], 1 / distances.min(axis=1)[known], rtol=1e-6)


def test_equal_samples_of_two_classes_leave_no_bound(of, digits) -> None:
    X, y = digits[0][:100], digits[1][:100].copy()
    for copies in (1, 30):
        more = np.vstack([X, np.repeat(X[:1], copies, axis=0)])
        result = of("label_sharpness", more, np.r_[y, np.full(copies, (y[0] + 1) % 10)])
        assert np.isnan(result.value)
        assert "equal and of different classes" in result.notes["why"]


def test_one_class_has_none(of, digits) -> None:
    assert "one class" in of("label_sharpness", digits[0][:20], np.zeros(20, int)).notes["why"]
