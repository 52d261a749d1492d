from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import sqrtm
from sklearn.datasets import load_digits

from repgeom_core.analyses.evaluate import measure

X = load_digits().data / 16


def run(features):
    return measure("w2_uniformity", features, interval=False, null=False)


@pytest.mark.parametrize(("r", "d"), [(1, 4), (3, 8), (8, 8)])
def test_some_of_the_directions_used_alike(r, d):
    both_ways = np.concatenate([np.eye(d)[:r], -np.eye(d)[:r]])
    assert run(both_ways).value ** 2 == pytest.approx(2 - 2 * np.sqrt(r / d), abs=1e-12)


def test_one_direction_for_all_is_root_two():
    assert run(np.outer([1.0, 2, 3], [3, 4])).value == pytest.approx(np.sqrt(2), rel=1e-6)


def test_digits_agree_with_the_distance_between_gaussians():
    Z = X / np.linalg.norm(X, axis=1, keepdims=True)
    S, m = np.cov(Z.T, bias=True), Z.mean(axis=0)
    root = np.real(sqrtm(S + 1e-14 * np.eye(64)))
    expected = np.sqrt(m @ m + np.trace(S + np.eye(64) / 64 - 2 * root / 8))
    assert run(X).value == pytest.approx(expected, rel=1e-5)


def test_the_uniform_sphere_is_near_zero_and_few_samples_cannot_fill_it():
    rng = np.random.default_rng(0)
    assert run(rng.standard_normal((20_000, 8))).value < 0.02
    few = run(rng.standard_normal((10, 100)))
    assert few.value > few.notes["least possible"] == pytest.approx(np.sqrt(2 - 2 * np.sqrt(0.1)))


def test_zeros_are_left_out():
    assert run(np.vstack([X[:40], np.zeros((3, 64))])).value == pytest.approx(run(X[:40]).value, rel=1e-9)
    assert run(np.zeros((2, 3))).notes["why"] == "no sample has a direction"
