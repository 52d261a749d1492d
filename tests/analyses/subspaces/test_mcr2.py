from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_digits

from repgeom_core.analyses.evaluate import measure

DIGITS = load_digits()
X, y = DIGITS.data / 16, DIGITS.target


def run(features, labels, null=False, **parameters):
    return measure("mcr2", features, labels, interval=False, null=null, **parameters)


def tight_frames(d: int, K: int, r: int) -> tuple[np.ndarray, np.ndarray]:
    Z = np.concatenate([sign * np.eye(d)[k * r : (k + 1) * r] for k in range(K) for sign in (1, -1)])
    return Z, np.repeat(np.arange(K), 2 * r)


@pytest.mark.parametrize(
    ("d", "K", "r", "eps_sq", "R", "R_c"),
    [(64, 5, 4, 0.25, 26.2467, 8.3488), (20, 4, 3, 0.25, 12.2213, 4.9803), (60, 10, 6, 0.5, 32.95836866, 9.13356732)],
)
def test_orthogonal_tight_frames(d, K, r, eps_sq, R, R_c):
    result = run(*tight_frames(d, K, r), eps_sq=eps_sq)
    assert result.notes["R"] == pytest.approx(R, abs=5e-5)
    assert result.notes["R_c"] == pytest.approx(R_c, abs=5e-5)
    assert result.value == pytest.approx(R - R_c, abs=1e-4)
    assert result.details["per_class"] == pytest.approx(np.full(K, R_c), abs=5e-5)


def test_digits():
    result = run(X, y)
    assert result.notes["R"] == pytest.approx(12.788182, abs=5e-7)
    assert result.notes["R_c"] == pytest.approx(8.542737, abs=5e-7)
    assert result.value == pytest.approx(4.245445, abs=5e-7)


def test_agrees_with_determinants_of_n_by_n_matrices():
    rng = np.random.default_rng(0)
    features, labels = rng.standard_normal((40, 12)), np.repeat([0, 1, 2], [30, 9, 1])
    Z = features / np.linalg.norm(features, axis=1, keepdims=True)

    def rate(rows):
        return np.linalg.slogdet(np.eye(len(rows)) + 12 / (len(rows) * 0.5) * rows @ rows.T)[1] / 2

    expected = rate(Z) - sum(np.mean(labels == k) * rate(Z[labels == k]) for k in range(3))
    assert run(features, labels).value == pytest.approx(expected, rel=1e-10)


def test_one_class_or_the_same_cluster_twice_gains_nothing():
    assert run(X, np.zeros(len(X), int)).value == pytest.approx(0, abs=1e-10)
    assert run(np.tile(X, (2, 1)), np.repeat([0, 1], len(X))).value == pytest.approx(0, abs=1e-10)


def test_any_partition_can_be_rated():
    arbitrary = np.random.default_rng(0).integers(0, 10, len(X))
    assert run(X, arbitrary).value < run(X, y % 5).value < run(X, y).value


def test_missing_classes_are_left_out_and_one_sample_is_fine():
    assert run(X[:1], np.array([7])).details["classes"].tolist() == [7]
    kept = np.isin(y, [1, 8])
    assert run(X[kept], y[kept]).details["per_class"].shape == (2,)


def test_shuffled_labels_gain_little():
    result = run(X, y, null=True)
    assert 0 < result.null.mean < 0.1 * result.value
