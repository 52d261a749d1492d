from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from repgeom_core.analyses.evaluate import measure


def run(X, y, null=False):
    return measure("class_selectivity", X, y, interval=False, null=null)


def test_agrees_with_group_means():
    rng = np.random.default_rng(0)
    X, y = np.maximum(rng.standard_normal((300, 12)), 0), rng.integers(0, 5, 300)
    means = pd.DataFrame(X).groupby(y).mean().to_numpy()
    ordered = np.sort(means, axis=0)
    most, rest = ordered[-1], ordered[:-1].mean(axis=0)
    result = run(X, y)
    np.testing.assert_allclose(result.details["of_units"], (most - rest) / (most + rest), rtol=1e-12)
    assert result.value == pytest.approx(((most - rest) / (most + rest)).mean(), rel=1e-12)
    np.testing.assert_array_equal(result.details["preferred"], means.argmax(axis=0))


@pytest.mark.parametrize("c", [1.0, 3.0, 9.0])
def test_a_unit_c_times_as_strong_for_one_class(c):
    y = np.array([0, 0, 1, 2, 2, 2])
    X = np.column_stack([np.where(y == 1, c, 1), np.where(y == 0, -c, 1), np.zeros(6)])
    result = run(X, y)
    assert result.value == pytest.approx((c - 1) / (c + 1), abs=1e-12)
    assert result.notes["dead units"] == 1 and np.isnan(result.details["of_units"][2])


def test_one_unit_for_each_class():
    y = np.arange(12) % 4
    assert run(np.eye(4)[y] * 7, y).value == 1


def test_random_units_are_a_little_selective_and_so_is_the_null():
    rng = np.random.default_rng(1)
    result = run(rng.random((200, 30)), rng.integers(0, 4, 200), null=True)
    assert 0 < result.value < 0.1
    assert result.null.mean == pytest.approx(result.value, abs=0.02)


def test_one_class_or_silent_units_are_undefined():
    assert "one class" in run(np.ones((4, 2)), np.zeros(4, int)).notes["why"]
    assert "zero" in run(np.zeros((4, 2)), np.arange(4) % 2).notes["why"]
