from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import eigh
from scipy.spatial.distance import cdist
from sklearn.datasets import load_digits

from repgeom_core.analyses.evaluate import measure

DIGITS = load_digits()
X, y = DIGITS.data[:1000], DIGITS.target[:1000]


def run(features, labels, null=False, **parameters):
    return measure("dsmi", features, labels, interval=False, null=null, **parameters)


def test_first_thousand_digits_at_a_fixed_width():
    assert run(X, y, width="fixed", sigma=10.0).value == pytest.approx(0.1975, abs=0.01)
    shuffled = np.random.default_rng(0).permutation(y)
    assert run(X, shuffled, width="fixed", sigma=10.0).value == pytest.approx(0, abs=0.02)


def test_separate_groups_tell_all_of_the_class():
    groups = np.repeat(100 * np.eye(4), 200, axis=0)
    result = run(groups, np.repeat(np.arange(4), 200), width="fixed", sigma=1.0)
    assert result.value == pytest.approx(2, abs=0.02)
    assert result.details["per_class"].shape == (4,)


def test_agrees_with_the_definition_written_out():
    features, labels = X[:90], np.repeat([0, 1, 2], 30)
    distances = cdist(features, features)
    width = 0.5 * np.median(distances[distances > 0])

    def entropy(rows):
        kernel = np.exp(-(distances[np.ix_(rows, rows)] ** 2) / (2 * width**2))
        degree = kernel.sum(axis=1)
        p = np.abs(eigh(kernel / np.sqrt(np.outer(degree, degree)), eigvals_only=True))
        p = p[p > 0] / p.sum()
        return -(p * np.log2(p)).sum()

    rng = np.random.default_rng(0)
    random = np.mean([entropy(rng.choice(90, 30, replace=False)) for _ in range(150)])
    expected = random - np.mean([entropy(np.flatnonzero(labels == k)) for k in range(3)])
    assert run(features, labels, repeats=50).value == pytest.approx(expected, abs=0.03)


def test_one_class_and_classes_of_one_sample_tell_nothing():
    assert run(X[:30], np.zeros(30, int)).value == pytest.approx(0, abs=1e-12)
    assert run(X[:5], np.arange(5)).value == pytest.approx(0, abs=1e-12)


def test_data_scaled_width_tells_more_than_shuffled_labels():
    result = run(X[:300], y[:300], null=True)
    assert result.value > 10 * abs(result.null.mean)
    assert run(X[:300] / 16, y[:300]).value == pytest.approx(result.value, rel=1e-9)


def test_order_of_samples_does_not_matter():
    order = np.random.default_rng(1).permutation(300)
    assert run(X[:300][order], y[:300][order]).value == pytest.approx(run(X[:300], y[:300]).value, rel=1e-9)
