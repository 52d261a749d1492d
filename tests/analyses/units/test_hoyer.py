from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_digits

from repgeom_core.analyses.evaluate import measure

X = load_digits().data / 16


def run(features, **parameters):
    return measure("hoyer", features, interval=False, null=False, **parameters)


def of(vector: np.ndarray) -> float:
    root = np.sqrt(len(vector))
    return (root - np.linalg.norm(vector, 1) / np.linalg.norm(vector)) / (root - 1)


def test_agrees_with_the_formula_row_by_row():
    expected = [of(row) for row in X]
    assert run(X).details["per_sample"] == pytest.approx(expected, rel=1e-10)
    assert run(X).value == pytest.approx(np.mean(expected), rel=1e-10)


def test_lifetime_runs_over_samples_and_leaves_dead_units_out():
    alive = X.T[X.any(axis=0)]
    result = run(X, of="lifetime")
    assert result.value == pytest.approx(np.mean([of(column) for column in alive]), rel=1e-10)
    assert np.isnan(result.details["of_units"]).sum() == 3


def test_one_hot_is_one_and_constant_is_zero():
    assert run(-2 * np.eye(5)).value == pytest.approx(1)
    assert run(np.full((4, 6), 3.0)).value == pytest.approx(0, abs=1e-12)


def test_zeros_or_a_single_unit_are_undefined():
    assert run(np.zeros((3, 4))).notes["why"] == "all activations are zero"
    assert run(np.ones((3, 1))).notes["why"] == "a single unit"
    assert run(np.ones((1, 3)), of="lifetime").notes["why"] == "a single sample"
