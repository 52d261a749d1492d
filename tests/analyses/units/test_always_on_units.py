from __future__ import annotations

import numpy as np
from sklearn.datasets import load_digits

from repgeom_core.analyses.evaluate import measure

X = load_digits().data / 16


def run(features, **parameters):
    return measure("always_on_units", features, interval=False, null=False, **parameters)


def test_agrees_with_numpy_on_digits():
    images = X[::3]
    result = run(images)
    assert result.details["units"].tolist() == np.flatnonzero((images != 0).all(axis=0)).tolist()
    assert result.value == len(result.details["units"]) / 64


def test_some_units_of_a_relu_layer():
    layer = np.maximum(np.random.default_rng(0).standard_normal((200, 10)), 0)
    layer[:, [2, 7]] = 0.5
    result = run(layer)
    assert result.value == 0.2
    assert result.details["units"].tolist() == [2, 7]


def test_dense_layers_are_always_on_unless_a_threshold_is_set():
    dense = np.random.default_rng(0).standard_normal((300, 5))
    assert run(dense).value == 1
    assert run(dense, threshold=0.5).value == 0


def test_one_sample_and_zeros():
    assert run(np.array([[1.0, 0, 2, 0]])).value == 0.5
    assert run(np.zeros((3, 4))).value == 0
