"""The slope of norms against sizes is the power that was put in, and numpy's fit."""

from __future__ import annotations

import numpy as np
import pytest

from repgeom_core.analyses.collapse.ufm import squared_feature_norms
from repgeom_core.analyses.evaluate import measure

COUNTS = np.array([40, 20, 10, 2])


@pytest.mark.parametrize("power", [-0.25, 0.0, 0.5])
def test_a_power_of_class_size_is_found(power, value):
    y = np.repeat(np.arange(4), COUNTS)
    X = (3 * COUNTS**power)[y][:, None] * np.eye(4, 6)[y]
    result = measure("norms_vs_class_size", X, y, interval=False, null=False)
    assert result.value == pytest.approx(power, abs=1e-12)
    np.testing.assert_allclose(result.details["line_norms"], 3 * np.array([2.0, 40.0]) ** power, rtol=1e-10)


def test_theory_without_regularisation_falls_with_the_fourth_root(value):
    y = np.repeat(np.arange(4), COUNTS)
    X = np.sqrt(squared_feature_norms(COUNTS, 1e-12, 1e-12))[y][:, None] * np.eye(4)[y]
    assert value("norms_vs_class_size", X, y) == pytest.approx(-0.25, abs=1e-6)


@pytest.mark.parametrize("K, d, per_class", [(2, 5, 30), (5, 7, 30), (12, 3, 4), (4, 200, 5)])
def test_equals_numpy_polyfit(K, d, per_class, blobs):
    X, y = blobs(K, d, per_class)
    norms = np.linalg.norm([X[y == k].mean(axis=0) for k in range(K)], axis=1)
    result = measure("norms_vs_class_size", X, y, interval=False, null=False)
    assert result.value == pytest.approx(np.polyfit(np.log(np.bincount(y)), np.log(norms), 1)[0], rel=1e-8)
    assert result.notes["r_squared"] == pytest.approx(np.corrcoef(np.log(np.bincount(y)), np.log(norms))[0, 1] ** 2, rel=1e-8)
    np.testing.assert_allclose(result.details["per_class"], norms, rtol=1e-10)


def test_undefined_is_said():
    X = np.array([[0.0, 0], [0, 0], [1, 0], [1, 0], [2, 1]])
    assert measure("norms_vs_class_size", X[:1], np.array([0])).notes["why"] == "one class"
    assert "same size" in measure("norms_vs_class_size", X[1:4:2], np.array([0, 1])).notes["why"]
    assert "class 0 is 0" in measure("norms_vs_class_size", X, np.array([0, 0, 2, 2, 2])).notes["why"]
