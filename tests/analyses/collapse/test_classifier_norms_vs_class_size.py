"""The slope of classifier norms against sizes is the power that was put in."""

from __future__ import annotations

import numpy as np
import pytest

from repgeom_core.analyses.collapse.ufm import squared_classifier_norms
from repgeom_core.analyses.evaluate import measure
from repgeom_core.errors import GeometryError

COUNTS = np.array([40, 20, 10, 2])
Y = np.repeat(np.arange(4), COUNTS)
X = np.random.default_rng(0).standard_normal((72, 6))


def test_a_power_of_class_size_is_found(value):
    assert value("classifier_norms_vs_class_size", X, Y, (2 * COUNTS**0.7)[:, None] * np.eye(4, 6)) == pytest.approx(0.7)


def test_theory_without_regularisation_grows_with_the_fourth_root(value):
    W = np.sqrt(squared_classifier_norms(COUNTS, 1e-12, 1e-12))[:, None] * np.eye(4, 6)
    assert value("classifier_norms_vs_class_size", X, Y, W) == pytest.approx(0.25, abs=1e-6)


def test_equals_numpy_polyfit_of_the_classes_present(value):
    W = np.random.default_rng(1).standard_normal((6, 6))
    y = np.array([0, 2, 3, 5])[Y]
    expected = np.polyfit(np.log(COUNTS), np.log(np.linalg.norm(W[[0, 2, 3, 5]], axis=1)), 1)[0]
    assert value("classifier_norms_vs_class_size", X, y, W) == pytest.approx(expected, rel=1e-9)


def test_undefined_is_said_and_a_short_head_refused():
    W = np.eye(4, 6)
    assert "same size" in measure("classifier_norms_vs_class_size", X[:4], np.arange(4), W).notes["why"]
    W[1] = 0
    assert "class 1 is 0" in measure("classifier_norms_vs_class_size", X, Y, W).notes["why"]
    with pytest.raises(GeometryError, match="2 rows, but a sample is of class 3"):
        measure("classifier_norms_vs_class_size", X, Y, W[:2])
