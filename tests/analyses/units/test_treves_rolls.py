from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_digits

from repgeom_core.analyses.evaluate import measure

X = load_digits().data / 16


def run(features, **parameters):
    return measure("treves_rolls", features, interval=False, null=False, **parameters)


def test_agrees_with_the_formula_row_by_row():
    expected = [row.mean() ** 2 / (row**2).mean() for row in X]
    assert run(X).details["per_sample"] == pytest.approx(expected, rel=1e-10)
    columns = [column.mean() ** 2 / (column**2).mean() for column in X.T if column.any()]
    assert run(X, of="lifetime").value == pytest.approx(np.mean(columns), rel=1e-10)


def test_one_hot_constant_and_exponential():
    one_hot = run(np.eye(8))
    assert one_hot.value == pytest.approx(1 / 8)
    assert one_hot.notes["Vinje-Gallant"] == pytest.approx(1)
    constant = run(np.full((4, 6), 3.0))
    assert constant.value == pytest.approx(1)
    assert constant.notes["Vinje-Gallant"] == pytest.approx(0, abs=1e-12)
    assert run(np.random.default_rng(0).exponential(size=(50, 5000))).value == pytest.approx(0.5, abs=0.01)


def test_zeros_are_undefined_and_a_single_unit_is_one():
    assert run(np.zeros((3, 4))).notes["why"] == "all activations are zero"
    assert run(np.ones((3, 1))).value == 1
