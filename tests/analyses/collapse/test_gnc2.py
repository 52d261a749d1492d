"""GNC2 equals its definition over pairs; the simplex has none."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from scipy.spatial.distance import pdist

from repgeom_core.analyses.collapse import pairs
from repgeom_core.analyses.evaluate import measure


def plain(X, y):
    means = np.stack([X[y == k].mean(axis=0) for k in np.unique(y)])
    M = means - means.mean(axis=0)
    values = np.log(1 / pdist(M / np.linalg.norm(M, axis=1, keepdims=True)))
    return values.std() / abs(values.mean())


def test_digits(digits, value):
    assert value("gnc2", *digits) == pytest.approx(0.31313557, rel=1e-6)


def test_simplex_and_two_classes_have_none(simplex, around, blobs, value):
    assert value("gnc2", *around(simplex(10, 16, 3.0), 0.7)) < 1e-12
    assert value("gnc2", *blobs(2)) < 1e-12


@pytest.mark.parametrize("K, d, per_class", [(5, 7, 30), (12, 3, 4), (4, 200, 5), (6, 4, 1)])
def test_equals_the_definition(K, d, per_class, blobs, value):
    X, y = blobs(K, d, per_class)
    assert value("gnc2", X, y) == pytest.approx(plain(X, y), rel=1e-9)


def test_missing_class_is_left_out_and_matrix_is_symmetric(blobs):
    X, y = blobs()
    keep = y != 1
    result = measure("gnc2", X[keep], y[keep], interval=False, null=False)
    assert result.value == pytest.approx(plain(X[keep], y[keep]), rel=1e-9)
    assert result.value == pytest.approx(result.notes["std"] / abs(result.notes["mean"]))
    np.testing.assert_array_equal(result.details["interactions"], result.details["interactions"].T)


def test_nearly_parallel_means_keep_their_digits(value):
    X = np.array([[1, 1e-7], [1, -1e-7], [-2, 0.5], [0, -0.5]])
    assert value("gnc2", X, np.arange(4)) == pytest.approx(plain(X, np.arange(4)), rel=1e-6)


def test_undefined_is_said():
    assert measure("gnc2", np.ones((1, 2)), np.array([0])).notes["why"] == "one class"
    parallel = np.array([[1.0, 0], [1, 0], [-1, 1], [-1, -1]])
    assert "classes 0 and 1 have the same direction" in measure("gnc2", parallel, np.arange(4)).notes["why"]


def test_sampled_pairs_estimate_the_same(monkeypatch):
    X, y = np.random.default_rng(0).standard_normal((800, 6)), np.arange(800)
    exact = measure("gnc2", X, y, interval=False, null=False)
    monkeypatch.setattr(pairs, "EXACT", 100)
    monkeypatch.setattr(pairs, "SAMPLED", 80_000)
    sampled = measure("gnc2", X, y, interval=False, null=False)
    assert sampled.notes["mean"] == pytest.approx(exact.notes["mean"], rel=0.02)
    assert sampled.value == pytest.approx(exact.value, rel=0.02) and sampled.value != exact.value


def test_fifty_thousand_classes_stay_within_memory():
    X = np.random.default_rng(0).standard_normal((50_000, 3))
    tracemalloc.start()
    result = measure("gnc2", X, np.arange(50_000), interval=False, null=False)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 300e6, f"{peak / 1e6:.0f} MB"
    # Uniform on the sphere in three dimensions: ‖u − v‖² is uniform on [0, 4], so −½ log of it has mean ½ − log 2 and deviation ½.
    assert result.notes["mean"] == pytest.approx(0.5 - np.log(2), abs=0.005)
    assert result.notes["std"] == pytest.approx(0.5, abs=0.005)


def riesz(X, y, power):
    means = np.stack([X[y == k].mean(axis=0) for k in np.unique(y)])
    M = means - means.mean(axis=0)
    values = pdist(M / np.linalg.norm(M, axis=1, keepdims=True)) ** -float(power)
    return values.std() / values.mean()


@pytest.mark.parametrize("power", [1, 2, 9])
def test_the_riesz_kernel_equals_its_definition(power, blobs, digits, value):
    assert value("gnc2", *blobs(6, 7), kernel="riesz", power=power) == pytest.approx(riesz(*blobs(6, 7), power), rel=1e-9)
    assert value("gnc2", *digits, kernel="riesz", power=power) == pytest.approx(riesz(*digits, power), rel=1e-9)


def test_the_riesz_exponent_is_d_minus_two_where_none_is_given(blobs, value):
    X, y = blobs(5, 11)
    assert value("gnc2", X, y, kernel="riesz") == pytest.approx(riesz(X, y, 9), rel=1e-9)
    X, y = blobs(5, 2)
    assert value("gnc2", X, y, kernel="riesz") == value("gnc2", X, y)


def test_an_exponent_of_thousands_does_not_overflow(simplex, around, value):
    X, y = around(simplex(10, 16, 3.0), 0.7)
    assert value("gnc2", X, y, kernel="riesz", power=10_000) < 1e-8
    rng = np.random.default_rng(0)
    X = rng.standard_normal((20, 2048))
    # One pair is closest by far: the only one that counts among P has the coefficient √(P − 1).
    X[1] = X[0] + 0.1 * rng.standard_normal(2048)
    assert value("gnc2", X, np.arange(20), kernel="riesz") == pytest.approx(np.sqrt(189), rel=1e-9)
