from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import pdist
from sklearn.datasets import load_digits

from repgeom_core.analyses.evaluate import measure

DIGITS = load_digits()
X, y = DIGITS.data / 16, DIGITS.target


def run(features, labels, null=False, **parameters):
    return measure("intra_class_angle", features, labels, interval=False, null=null, **parameters)


@pytest.mark.parametrize("centred", [False, True])
def test_agrees_with_pairwise_cosine_distances(centred):
    centre = np.mean([X[y == k].mean(axis=0) for k in range(10)], axis=0) if centred else 0
    expected = [np.degrees(np.arccos(1 - pdist(X[y == k] - centre, "cosine"))).mean() for k in range(10)]
    result = run(X, y, centred=centred)
    assert result.details["per_class"] == pytest.approx(expected, rel=1e-9)
    assert result.value == pytest.approx(np.mean(expected), rel=1e-9)


def test_blocks_do_not_change_the_value(monkeypatch):
    from repgeom_core.analyses.subspaces import intra_class_angle

    whole = run(X, y).value
    monkeypatch.setattr(intra_class_angle, "BLOCK", 50)
    assert run(X, y).value == pytest.approx(whole, rel=1e-12)


def test_right_angle_and_no_angle():
    features = np.array([[1.0, 0], [0, 5], [3, 3], [1, 1]])
    result = run(features, np.array([0, 0, 1, 1]), centred=False)
    assert result.details["per_class"] == pytest.approx([90, 0], abs=1e-5)


def test_two_rays_at_right_angles():
    features = np.array([[1.0, 0], [3, 0], [2, 0], [0, 1], [0, 5], [0, 2]])  # 9 of 15 pairs are at 90 degrees
    assert run(features, np.zeros(6, int)).value == pytest.approx(90 * 3 / 5)


def test_an_isotropic_class_at_the_origin_fans_out_by_a_right_angle():
    assert run(np.random.default_rng(0).standard_normal((400, 30)), np.zeros(400, int)).value == pytest.approx(90, abs=0.3)


def test_classes_without_a_pair_do_not_count():
    result = run(np.array([[1.0, 0], [0, 5], [3, 3], [0, 0], [2, 2]]), np.array([0, 0, 1, 2, 2]), centred=False)
    assert result.value == pytest.approx(90)
    assert result.notes["classes without a pair"] == 2
    assert np.isnan(run(X[:3], np.arange(3)).value)


def test_shuffled_labels_are_at_right_angles_about_the_mean():
    assert run(X, y, null=True, centred=True).null.mean == pytest.approx(90, abs=0.5)
