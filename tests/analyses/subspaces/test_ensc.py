"""Elastic-net self-expression agrees with scikit-learn sample by sample, and finds subspaces that were planted."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import ElasticNet

from repgeom_core.analyses.evaluate import measure
from repgeom_core.analyses.subspaces.ensc import elastic_net


def run(features, labels, **parameters):
    return measure("ensc", features, labels, interval=False, null=False, **parameters)


@pytest.mark.parametrize("l1_share", [0.5, 0.95, 1.0])
@pytest.mark.parametrize("gamma", [2.0, 50.0])
def test_coefficients_agree_with_sklearn_one_sample_at_a_time(l1_share, gamma, unit):
    Z = unit(50, 12)
    C = elastic_net(Z @ Z.T, Z @ Z.T, np.arange(50), l1_share, gamma).toarray()
    for i in range(0, 50, 5):
        others = np.delete(np.arange(50), i)
        l1 = np.abs(Z[others] @ Z[i]).max() / gamma
        strength = l1 + l1 * (1 - l1_share) / l1_share
        # sklearn divides the squared error by the 12 rows.
        net = ElasticNet(alpha=strength / 12, l1_ratio=l1 / strength, fit_intercept=False, tol=1e-12, max_iter=100_000)
        np.testing.assert_allclose(C[i, others], net.fit(Z[others].T, Z[i]).coef_, atol=1e-5)
        assert C[i, i] == 0


def test_no_coefficient_outside_violates_the_optimality_conditions(unit):
    Z = unit(120, 20)
    G = Z @ Z.T
    C = elastic_net(G, G, np.arange(120), 0.9, 20.0).toarray()
    l1 = np.abs(G - np.eye(120)).max(axis=1) / 20
    gradient = G - C @ G - C * (l1 * 0.1 / 0.9)[:, None]
    np.fill_diagonal(gradient, 0)
    assert (np.abs(gradient) <= l1[:, None] * (1 + 1e-5)).all()
    np.testing.assert_allclose(gradient[C != 0], (np.sign(C) * l1[:, None])[C != 0], atol=1e-9)


def test_copies_in_the_dictionary_share_the_work(unit):
    Z = np.repeat(unit(10, 6), 3, axis=0)
    C = elastic_net(Z @ Z.T, Z @ Z.T, np.arange(30), 0.5, 50.0).toarray()
    assert C[0, 1] == pytest.approx(C[0, 2], rel=1e-6)
    assert np.isfinite(elastic_net(Z @ Z.T, Z @ Z.T, np.arange(30), 1.0, 1000.0).toarray()).all()


@pytest.mark.parametrize(("m", "expected", "tolerance"), [(50, 0.852, 0.06), (200, 0.973, 0.03)])
def test_five_subspaces_of_dimension_six_in_nine(m, expected, tolerance, subspaces):
    values = [run(*subspaces(5, 6, 9, m, seed)).value for seed in range(3 if m < 100 else 1)]
    assert np.mean(values) == pytest.approx(expected, abs=tolerance)


def test_independent_subspaces_are_found(subspaces):
    features, labels = subspaces(4, 3, 20, 30)
    result = run(features, labels)
    assert result.value == 1
    assert result.notes["weight within classes"] > 0.95


def test_landmarks_label_the_other_samples(subspaces):
    features, labels = subspaces(3, 2, 20, 60)
    result = run(features, labels, landmarks=90)
    assert result.notes["landmarks"] == "90 of 180"
    assert result.value == 1


def test_one_sample_is_undefined():
    assert "fewer than two samples" in run(np.ones((1, 3)), np.array([0])).notes["why"]
