from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm
from sklearn.datasets import load_digits

from repgeom_core.analyses.evaluate import measure

X = load_digits().data / 16


def run(features, **parameters):
    return measure("fraction_nonzero", features, interval=False, null=False, **parameters)


def test_digits_agree_with_numpy():
    result = run(X)
    assert result.value == np.count_nonzero(X) / X.size
    np.testing.assert_allclose(result.details["per_sample"], np.count_nonzero(X, axis=1) / 64)
    np.testing.assert_allclose(result.details["firing_frequency"], np.count_nonzero(X, axis=0) / len(X))


@pytest.mark.parametrize("b", [0.0, 1.0])
def test_relu_of_a_shifted_normal(b):
    drawn = np.random.default_rng(0).standard_normal((4000, 50)) - b
    assert run(np.maximum(drawn, 0)).value == pytest.approx(norm.sf(b), abs=0.005)
    assert run(drawn).value == 1


def test_threshold_counts_both_signs_and_not_itself():
    assert run(np.array([[-3.0, 1, 2, 0.5]]), threshold=1.0).value == 0.5


def test_integers_zeros_and_half_precision():
    assert run(np.zeros((3, 2))).value == 0
    assert run(np.array([[0, 1], [2, 0]])).value == 0.5
    assert run(X.astype(np.float16)).value == run(X).value


def test_blocks_of_a_long_array_are_all_counted():
    long = np.zeros((40_000, 2), np.float32)
    long[-1] = 1
    assert run(long).value == pytest.approx(1 / 40_000)
