from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import pdist
from sklearn.datasets import load_digits

from repgeom_core.analyses.evaluate import measure

DIGITS = load_digits()
X, y = DIGITS.data / 16, DIGITS.target


def run(features, labels, null=False, **parameters):
    return measure("class_alignment", features, labels, interval=False, null=null, **parameters)


@pytest.mark.parametrize(("centred", "expected"), [(False, 0.358463), (True, 1.158341)])
def test_digits(centred, expected):
    assert run(X, y, centred=centred).value == pytest.approx(expected, abs=5e-7)


def test_agrees_with_the_pairs_of_each_class():
    Z = X / np.linalg.norm(X, axis=1, keepdims=True)
    pairs = [pdist(Z[y == k], "sqeuclidean") for k in range(10)]
    result = run(X, y)
    assert result.value == pytest.approx(np.concatenate(pairs).mean(), rel=1e-10)
    assert result.details["per_class"] == pytest.approx([own.mean() for own in pairs], rel=1e-10)
    assert result.notes["over all pairs"] == pytest.approx(pdist(Z, "sqeuclidean").mean(), rel=1e-10)
    assert result.notes["over all pairs"] == pytest.approx(0.623347, abs=5e-7)


def test_collapsed_classes_are_aligned():
    assert run(np.repeat(X[:3], 4, axis=0), np.repeat([0, 1, 2], 4)).value == pytest.approx(0, abs=1e-12)


def test_classes_of_one_sample_have_no_pair():
    result = run(np.array([[1.0, 0], [0, 1], [5, 5]]), np.array([0, 0, 2]))
    assert result.value == pytest.approx(2)
    assert result.details["classes"].tolist() == [0, 2]
    assert np.isnan(result.details["per_class"][1])
    assert "no class has two" in run(X[:3], np.arange(3)).notes["why"]


def test_shuffled_labels_are_as_far_as_all_pairs():
    result = run(X, y, null=True)
    assert result.null.mean == pytest.approx(result.notes["over all pairs"], abs=0.003)
