from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_digits

from repgeom_core.analyses.evaluate import measure
from repgeom_core.analyses.hypersphere.coherence_bounds import welch_bound

DIGITS = load_digits()
X, y = DIGITS.data / 16, DIGITS.target


def run(features, labels):
    return measure("coherence", features, labels, interval=False, null=False)


def test_welch_bound_of_a_thousand_directions_in_a_hundred_dimensions():
    assert welch_bound(1000, 100) == pytest.approx(0.094916, abs=5e-7)
    assert welch_bound(5, 5) == 0


@pytest.mark.parametrize("K", [2, 3, 10])
def test_simplex_etf(K):
    result = run(np.eye(K) + 3, np.arange(K))
    assert result.value == pytest.approx(1 / (K - 1))
    assert result.notes["mean absolute cosine"] == pytest.approx(1 / (K - 1))
    assert result.notes["cosine in a simplex ETF"] == pytest.approx(-1 / (K - 1))


def test_three_directions_in_the_plane_meet_the_welch_bound():
    angle = 2 * np.pi * np.arange(3) / 3
    result = run(np.stack([np.cos(angle), np.sin(angle)], axis=1), np.arange(3))
    assert result.value == pytest.approx(result.notes["Welch bound"])
    assert result.value == pytest.approx(0.5)


def test_digits_agree_with_cosines_written_plainly():
    means = np.array([X[y == k].mean(axis=0) for k in range(10)])
    M = means - means.mean(axis=0)
    cosines = np.array([[a @ b / np.sqrt((a @ a) * (b @ b)) for a in M] for b in M])
    outside = ~np.eye(10, dtype=bool)
    result = run(X, y)
    assert result.value == pytest.approx(np.abs(cosines[outside]).max(), rel=1e-10)
    assert result.notes["mean absolute cosine"] == pytest.approx(np.abs(cosines[outside]).mean(), rel=1e-10)
    assert cosines[outside].mean() == pytest.approx(-0.10621940, abs=5e-9)
    np.testing.assert_allclose(result.details["cosines"], cosines, atol=1e-12)
    np.testing.assert_allclose(result.details["per_class"], np.abs(np.where(outside, cosines, 0)).max(axis=1))


def test_blocks_do_not_change_the_value(monkeypatch):
    from repgeom_core.analyses.hypersphere import coherence_bounds

    whole = run(X, y)
    monkeypatch.setattr(coherence_bounds, "AT_ONCE", 30)
    assert run(X, y).notes == pytest.approx(whole.notes)
    assert run(X, y).value == pytest.approx(whole.value, rel=1e-12)


def test_one_class_or_coinciding_means_are_undefined():
    for labels in (np.zeros(8, int), np.repeat([0, 1], 4)):
        assert "fewer than two" in run(np.tile(X[:4], (2, 1)), labels).notes["why"]


def test_a_class_at_the_common_mean_has_no_direction():
    result = run(np.array([[1.0, 0], [-1, 0], [0, 0]]), np.arange(3))
    assert result.details["classes"].tolist() == [0, 1]
    assert result.notes["rows without a direction"] == 1


def test_interval_comes_from_groups_of_samples():
    result = measure("coherence", X, y)
    assert result.meta["interval"].startswith("bootstrap over 50 groups")
    assert result.interval[0] < result.value < result.interval[1]


@pytest.mark.parametrize("K", [3, 10])
def test_frame_bounds_and_potential_of_a_simplex(K):
    notes = run(np.eye(K) + 3, np.arange(K)).notes
    assert notes["lower frame bound"] == pytest.approx(K / (K - 1))
    assert notes["upper frame bound"] == pytest.approx(K / (K - 1))
    assert notes["frame potential"] == pytest.approx(K**2 / (K - 1))


def test_the_frame_potential_sums_all_squared_cosines():
    means = np.array([X[y == k].mean(axis=0) for k in range(10)])
    M = means - means.mean(axis=0)
    cosines = M @ M.T / np.outer(np.linalg.norm(M, axis=1), np.linalg.norm(M, axis=1))
    notes = run(X, y).notes
    assert notes["frame potential"] == pytest.approx((cosines**2).sum(), rel=1e-9)
    assert notes["upper frame bound"] == pytest.approx(np.linalg.eigvalsh(cosines)[-1], rel=1e-9)
