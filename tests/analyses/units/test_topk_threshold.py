from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.neighbors import NearestCentroid

from repgeom_core.analyses.evaluate import measure

DIGITS = load_digits()
X, y = DIGITS.data / 16, DIGITS.target


def run(features, labels, null=False, **parameters):
    return measure("topk_threshold", features, labels, interval=False, null=null, **parameters)


def test_all_units_kept_is_the_nearest_class_mean():
    result = run(X, y, kept=1.0)
    assert result.value == pytest.approx(0.90484140, abs=5e-9)
    assert result.details["energy"][-1] == pytest.approx(1)
    assert result.details["units_kept"].tolist() == [1, 2, 4, 8, 16, 32, 64]


def test_truncated_rows_agree_with_sklearn():
    cut = X.copy()
    for row in cut:
        row[row < np.sort(row)[-6]] = 0
    result = run(X, y, kept=0.1)
    assert result.notes["k"] == 6
    assert result.value == pytest.approx(NearestCentroid().fit(cut, y).score(cut, y), abs=1e-12)
    np.testing.assert_allclose(result.details["per_sample"], (cut**2).sum(axis=1) / (X**2).sum(axis=1))
    cosine = (cut * X).sum(axis=1) / np.linalg.norm(cut, axis=1) / np.linalg.norm(X, axis=1)
    assert result.details["cosine"][result.details["units_kept"] == 6] == pytest.approx(cosine.mean())


def test_magnitude_decides_and_one_unit_is_enough_for_one_hot_classes():
    features = np.repeat(np.diag([-5.0, 5, 5]), 4, axis=0) + 0.1
    result = run(features, np.repeat([0, 1, 2], 4), kept=0.01)
    assert result.notes["k"] == 1
    assert result.value == 1


def test_two_classes_one_sample_each_and_rows_of_zeros():
    assert run(np.array([[0.0, 0], [1, 2]]), np.array([0, 1])).value == 1


def test_one_class_is_undefined():
    assert run(X[:4], np.zeros(4, int)).notes["why"] == "one class"


def test_null_is_near_chance():
    assert run(X, y, null=True).null.mean < 0.2
