from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_digits

from repgeom_core.analyses.evaluate import measure

X = load_digits().data / 16


def run(features, **parameters):
    return measure("dead_units", features, interval=False, null=False, **parameters)


def test_digits_have_three_dead_pixels():
    result = run(X)
    assert result.value == 3 / 64
    assert result.details["units"].tolist() == np.flatnonzero(~X.any(axis=0)).tolist() == [0, 32, 39]
    assert result.details["firing_frequency"].shape == (64,)


def test_a_constant_unit_is_not_dead():
    assert run(np.array([[1.0, 0, -2], [1, 0, 0]])).details["units"].tolist() == [1]


def test_threshold_silences_weak_units():
    assert run(np.array([[0.01, 5.0], [-0.02, 0]]), threshold=0.1).value == 0.5


def test_all_zero_and_all_on():
    assert run(np.zeros((4, 3))).value == 1
    assert run(np.ones((1, 3))).value == 0


def test_interval_covers_the_value():
    result = measure("dead_units", X)
    assert result.interval[0] <= result.value <= result.interval[1]
    assert result.value == pytest.approx(3 / 64)
