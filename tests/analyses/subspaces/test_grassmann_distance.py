from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_digits

from repgeom_core.analyses.evaluate import measure

DIGITS = load_digits()
X, y = DIGITS.data / 16, DIGITS.target


def run(features, labels, **parameters):
    return measure("grassmann_distance", features, labels, interval=False, null=False, **parameters)


def projections(rank: int, centred: bool) -> list[np.ndarray]:
    found = []
    for k in range(10):
        own = X[y == k] - (X[y == k].mean(axis=0) if centred else 0)
        basis = np.linalg.svd(own)[2][:rank].T
        found.append(basis @ basis.T)
    return found


@pytest.mark.parametrize("centred", [False, True])
def test_chordal_distance_is_that_of_projection_matrices(centred):
    P = projections(5, centred)
    expected = [[np.linalg.norm(a - b) / np.sqrt(2) for a in P] for b in P]
    result = run(X, y, metric="chordal", centred=centred)
    np.testing.assert_allclose(result.details["distance"], expected, rtol=1e-6, atol=1e-6)


def test_digits_zero_and_one_geodesic():
    angles = np.radians([26.3466, 56.8482, 69.6362, 78.9527, 87.1461])
    assert run(X, y).details["distance"][0, 1] == pytest.approx(np.sqrt((angles**2).sum()), rel=1e-6)


@pytest.mark.parametrize(("metric", "expected"), [("geodesic", np.pi / 2 * np.sqrt(3)), ("chordal", np.sqrt(3))])
def test_orthogonal_subspaces_are_farthest(metric, expected):
    rng = np.random.default_rng(0)
    features = np.zeros((40, 6))
    features[:20, :3], features[20:, 3:] = rng.standard_normal((2, 20, 3))
    assert run(features, np.repeat([0, 1], 20), rank=3, metric=metric).value == pytest.approx(expected)


def test_the_same_subspace_has_no_distance():
    rng = np.random.default_rng(0)
    basis = rng.standard_normal((2, 7))
    features = np.concatenate([rng.standard_normal((15, 2)) @ basis, rng.standard_normal((9, 2)) @ basis])
    assert run(features, np.repeat([4, 6], [15, 9]), rank=2).value == pytest.approx(0, abs=1e-6)


def test_one_class_and_single_centred_samples_are_undefined():
    for result in (run(X[y == 1], y[y == 1]), run(X[:3], np.arange(3), centred=True)):
        assert np.isnan(result.value)
        assert "fewer than two" in result.notes["why"]
