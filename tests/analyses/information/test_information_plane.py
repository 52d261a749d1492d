from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import entropy
from sklearn.datasets import load_digits
from sklearn.feature_selection import mutual_info_classif

from repgeom_core.analyses.evaluate import measure

DIGITS = load_digits()
X, y = DIGITS.data[:400] / 16, DIGITS.target[:400]


def run(features, labels, **parameters):
    return measure("information_plane", features, labels, interval=False, null=False, **parameters)


@pytest.mark.parametrize("k", [1, 3, 7])
def test_nearest_neighbours_agree_with_sklearn_in_one_dimension(k):
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 300)
    values = rng.standard_normal((300, 1)) + labels[:, None]
    expected = mutual_info_classif(values, labels, n_neighbors=k, random_state=0)[0] / np.log(2)
    assert run(values, labels, estimator="ksg", k=k).value == pytest.approx(expected, abs=1e-4)


def test_binned_patterns_agree_with_scipy():
    units = np.round(X[:, 18:22] * 4)
    result = run(units, y, estimator="binning", bins=5)
    _, codes = np.unique(units, axis=0, return_inverse=True)
    whole = entropy(np.bincount(codes.ravel()), base=2)
    left = sum((y == c).mean() * entropy(np.bincount(codes.ravel()[y == c]), base=2) for c in range(10))
    assert result.notes["I(X;T)"] == pytest.approx(whole, rel=1e-10)
    assert result.value == pytest.approx(whole - left, rel=1e-10)


def test_bins_that_tell_all_samples_apart_say_only_how_many_there_are():
    features = np.random.default_rng(0).standard_normal((256, 40))
    result = run(features, np.arange(256) % 4, estimator="binning")
    assert result.notes["I(X;T)"] == pytest.approx(8)
    assert result.value == pytest.approx(2)
    assert result.notes["H(Y)"] == pytest.approx(2)
    assert "how many samples" in result.notes["warning"]
    assert "measure the bins" in result.notes["caution"]


@pytest.mark.parametrize("estimator", ["dse", "binning", "ksg"])
def test_groups_far_apart_tell_all_of_the_class(estimator):
    rng = np.random.default_rng(0)
    groups = np.repeat(100 * np.eye(4), 100, axis=0) + 1e-3 * rng.standard_normal((400, 4))
    result = run(groups, np.repeat(np.arange(4), 100), estimator=estimator, sigma=0.1, bins=3)
    assert result.value == pytest.approx(2, abs=0.06)


@pytest.mark.parametrize("estimator", ["dse", "ksg"])
def test_shuffled_labels_tell_next_to_nothing(estimator):
    result = run(X[:200], y[:200], estimator=estimator)
    assert abs(result.notes["I(T;Y) of shuffled labels"]) < 0.15 < result.value


def test_dse_is_the_mutual_information_of_dsmi():
    assert run(X, y).value == pytest.approx(measure("dsmi", X, y, interval=False, null=False).value, rel=1e-12)
    expected = measure("diffusion_spectral_entropy", X, interval=False, null=False).value
    assert run(X, y).notes["I(X;T)"] == pytest.approx(expected, rel=1e-9)


def test_constant_features_and_classes_of_one_sample():
    constant = np.ones((20, 3))
    assert run(constant, np.arange(20) % 2, estimator="binning").value == 0
    assert run(constant, np.arange(20) % 2, estimator="ksg").value >= 0
    assert run(X[:6], np.arange(6), estimator="ksg").notes["why"] == "no class has two samples"
