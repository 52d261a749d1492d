from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_digits

from repgeom_core.analyses.evaluate import measure

DIGITS = load_digits()
X, y = DIGITS.data / 16, DIGITS.target


def run(features, labels, **parameters):
    return measure("subspace_classifier", features, labels, interval=False, null=False, **parameters)


def test_digits_in_the_sample():
    inside = run(X, y).details["accuracy_in_sample"]
    assert inside[[0, 4, 9, 19]] == pytest.approx([0.903728, 0.982193, 0.996661, 0.997774], abs=5e-7)


def test_held_out_halves_agree_with_least_squares():
    rows = np.flatnonzero(y < 4)
    features, labels = X[rows], y[rows]
    distance = ((features - features.mean(axis=0)) ** 2).sum(axis=1)
    second = np.zeros(len(rows), bool)
    for k in range(4):
        own = np.flatnonzero(labels == k)
        second[own[np.argsort(distance[own], kind="stable")[1::2]]] = True
    correct = 0
    for half in (second, ~second):
        residuals = []
        for k in range(4):
            basis = np.linalg.svd(features[~half & (labels == k)], full_matrices=False)[2][:3].T
            fit = np.linalg.lstsq(basis, features[half].T, rcond=None)[0]
            residuals.append(np.linalg.norm(features[half].T - basis @ fit, axis=0))
        correct += (np.argmin(residuals, axis=0) == labels[half]).sum()
    result = run(features, labels, rank=3)
    assert result.value == pytest.approx(correct / len(rows))
    assert result.details["per_class"].mean() == pytest.approx(result.value, abs=0.01)


def test_orthogonal_subspaces_are_told_apart_and_leave_no_residual():
    rng = np.random.default_rng(0)
    features = np.zeros((60, 6))
    features[:30, :3], features[30:, 3:] = rng.standard_normal((2, 30, 3))
    result = run(features, np.repeat([2, 5], 30), rank=3)
    assert result.value == 1
    assert result.details["residual"] == pytest.approx(np.zeros(60), abs=1e-7)
    assert result.details["predicted"].tolist() == [2] * 30 + [5] * 30


def test_the_curve_in_the_sample_rises_on_noise_but_not_held_out():
    rng = np.random.default_rng(0)
    result = run(rng.standard_normal((200, 40)), np.arange(200) % 2, rank=20)
    assert result.details["accuracy_in_sample"][19] > 0.9
    assert abs(result.value - 0.5) < 0.12


def test_order_of_samples_does_not_matter():
    order = np.random.default_rng(0).permutation(len(X))
    assert run(X[order], y[order]).value == pytest.approx(run(X, y).value, abs=1e-12)


def test_two_classes_one_with_a_single_sample():
    rng = np.random.default_rng(0)
    features = np.vstack([np.pad(rng.standard_normal((20, 2)), ((0, 0), (0, 2))), [[0, 0, 0, 1.0]]])
    result = run(features, np.append(np.zeros(20, int), 1), rank=2)
    assert result.value == pytest.approx(20 / 21)
    assert result.details["per_class"].tolist() == [1, 0]


def test_without_two_classes_or_a_held_out_sample_it_is_undefined():
    assert run(X[:9], np.zeros(9, int)).notes["why"] == "one class"
    assert run(X[:9], np.arange(9)).notes["why"] == "every class has a single sample"


def test_dimensions_beyond_the_features_are_cut():
    rng = np.random.default_rng(0)
    result = run(rng.standard_normal((30, 3)), np.arange(30) % 2, rank=10)
    assert result.notes["rank"] == 3
    assert result.details["dimension"].tolist() == [1, 2, 3]


def test_the_null_is_chance():
    null = measure("subspace_classifier", X[:300], y[:300], interval=False).null
    assert null.mean == pytest.approx(0.1, abs=0.04)
