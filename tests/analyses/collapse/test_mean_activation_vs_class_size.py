"""Mean activations equal group means; a power law of class size has its exponent."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from repgeom_core.analyses.evaluate import measure

NAME = "mean_activation_vs_class_size"


def run(X, y):
    return measure(NAME, X, y, interval=False, null=False)


def test_equals_group_means_and_a_fitted_line(blobs):
    X, y = blobs(5, 7, 30)
    groups = pd.DataFrame(np.abs(X)).groupby(y)
    result = run(X, y)
    np.testing.assert_allclose(result.details["mean_abs"], groups.mean().to_numpy(), rtol=1e-12)
    per_class = groups.mean().mean(axis=1)
    np.testing.assert_allclose(result.details["per_class"], per_class, rtol=1e-12)
    assert result.value == pytest.approx(np.polyfit(np.log(groups.size()), np.log(per_class), 1)[0], rel=1e-9)


@pytest.mark.parametrize("power", [-0.5, 0.25, 1.0])
def test_a_power_of_class_size_is_found(power):
    sizes = np.array([10, 40, 160, 90])
    y = np.repeat(np.arange(4), sizes)
    X = np.where(np.random.default_rng(0).random((300, 6)) < 0.5, -3, 3) * sizes[y, None] ** power
    result = run(X, y)
    assert result.value == pytest.approx(power, rel=1e-10)
    assert result.notes["r_squared"] == pytest.approx(1)


def test_samples_that_cancel_still_count():
    X = np.array([[1.0, -2], [-1, 2], [3, 3], [3, -3], [-3, 3]])
    np.testing.assert_allclose(run(X, np.array([0, 0, 1, 1, 1])).details["per_class"], [1.5, 3])


def test_missing_classes_and_float16_features(blobs):
    X, y = blobs(5, 7, 30)
    keep = y != 2
    assert list(run(X[keep], y[keep]).details["classes"]) == [0, 1, 3, 4]
    assert run(X.astype(np.float16), y).value == pytest.approx(run(X.astype(np.float16).astype(np.float64), y).value, rel=1e-9)


def test_equal_sizes_zeros_or_one_class_are_undefined():
    X = np.ones((6, 2))
    assert "same size" in run(X, np.arange(6) % 2).notes["why"]
    assert "one class" in run(X, np.zeros(6, int)).notes["why"]
    assert "is 0" in run(np.where(np.arange(6)[:, None] < 2, 0.0, X), np.array([0, 0, 1, 1, 1, 1])).notes["why"]
