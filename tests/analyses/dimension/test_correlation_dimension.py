from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import pdist

NAME = "correlation_dimension"


def plain(X: np.ndarray, low: float = 0.001, high: float = 0.02) -> float:
    """Sorted pair distances, counts at twenty radii, a fitted line."""
    r = np.sort(pdist(np.unique(X, axis=0)))
    first, last = r[int(np.ceil(low * len(r))) - 1], r[int(np.ceil(high * len(r))) - 1]
    radii = np.exp(np.linspace(np.log(first), np.log(last), 20))
    counts = [(r <= radius * (1 + 1e-9)).mean() for radius in radii]
    return float(np.polyfit(np.log(radii), np.log(counts), 1)[0])


def test_agrees_with_all_pair_distances_by_scipy(of, digits) -> None:
    assert of(NAME, digits[0]).value == pytest.approx(plain(digits[0]), rel=1e-9)
    assert of(NAME, digits[0], from_share=0.05, to_share=0.5).value == pytest.approx(plain(digits[0], 0.05, 0.5), rel=1e-9)


def test_digits(of, digits) -> None:
    assert of(NAME, digits[0]).value == pytest.approx(5.9118088, rel=1e-6)


def test_a_circle_has_one_dimension(of, circle) -> None:
    result = of(NAME, circle)
    assert result.value == pytest.approx(1, abs=0.02)
    expected = 2 / np.pi * np.arcsin(result.details["radius_x"] / 2)
    np.testing.assert_allclose(result.details["pairs_within"], expected, rtol=0.1)


@pytest.mark.parametrize("D", [2, 3])
def test_a_flat_torus_has_as_many_dimensions_as_angles(of, D) -> None:
    angles = np.random.default_rng(0).uniform(0, 2 * np.pi, (3000, D))
    X = np.hstack([np.cos(angles), np.sin(angles)])
    assert of(NAME, X).value == pytest.approx(D, abs=0.12)


def test_a_gaussian_plane_in_many_dimensions_reads_a_little_under_two(of) -> None:
    rng = np.random.default_rng(1)
    X = rng.standard_normal((3000, 2)) @ np.linalg.qr(rng.standard_normal((20, 2)))[0].T
    assert 1.85 < of(NAME, X).value < 2.02


def test_copies_change_nothing(of, digits) -> None:
    once, twice = of(NAME, digits[0][:500]), of(NAME, np.repeat(digits[0][:500], 2, axis=0))
    assert twice.value == pytest.approx(once.value, rel=1e-12)


def test_samples_that_nearly_coincide_keep_their_distance(of) -> None:
    """An offset of a million and gaps of a thousandth: products of rows alone would lose them."""
    X = np.random.default_rng(2).random((300, 3)) * 1e-3
    assert of(NAME, X + 1e6).value == pytest.approx(of(NAME, (X + 1e6) - 1e6).value, rel=1e-6)
    pairs = np.vstack([X * 1e3, X * 1e3 + 1e-6 * np.random.default_rng(3).standard_normal(X.shape)])
    assert of(NAME, pairs).value == pytest.approx(plain(pairs), rel=1e-6)


def test_what_has_no_window_says_why(of) -> None:
    assert "three samples" in of(NAME, np.ones((5, 2))).notes["why"]
    assert "window is empty" in of(NAME, np.random.default_rng(0).random((50, 2)), from_share=0.3, to_share=0.1).notes["why"]
    assert "equally far" in of(NAME, np.eye(20)).notes["why"]
