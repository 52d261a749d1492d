"""The norms of the unconstrained-features model are those that minimising it finds."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from repgeom_core.analyses.collapse.ufm import minority_threshold, squared_classifier_norms, squared_feature_norms

COUNTS = np.array([200, 100, 50, 4])


def test_published_example():
    np.testing.assert_allclose(squared_classifier_norms(COUNTS, 2e-3, 2e-3), [13.4341, 9.2920, 6.3631, 1.2920], atol=5e-5)
    np.testing.assert_allclose(squared_feature_norms(COUNTS, 2e-3, 2e-3), [0.06717, 0.09292, 0.12726, 0.32300], atol=5e-6)


@pytest.mark.parametrize("decay_W, decay_H", [(4e-3, 4e-3), (2e-3, 8e-3)])
def test_minimising_the_model_finds_the_same(decay_W, decay_H):
    counts = np.array([40, 20, 10, 2])
    n, K, d = 72, 4, 4
    Y = np.eye(K)[:, np.repeat(np.arange(K), counts)]

    def loss(flat):
        W, H = flat[: K * d].reshape(K, d), flat[K * d :].reshape(d, n)
        residual = W @ H - Y
        value = (residual**2).sum() / (2 * n) + decay_W / 2 * (W**2).sum() + decay_H / 2 * (H**2).sum()
        return value, np.concatenate([(residual @ H.T / n + decay_W * W).ravel(), (W.T @ residual / n + decay_H * H).ravel()])

    start = np.random.default_rng(0).standard_normal(K * d + d * n)
    flat = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 20_000, "ftol": 1e-16, "gtol": 1e-10}).x
    W, H = flat[: K * d].reshape(K, d), flat[K * d :].reshape(d, n)
    np.testing.assert_allclose((W**2).sum(axis=1), squared_classifier_norms(counts, decay_W, decay_H), atol=2e-4)
    np.testing.assert_allclose(
        (H**2).sum(axis=0), squared_feature_norms(counts, decay_W, decay_H)[np.repeat(np.arange(K), counts)], atol=2e-4
    )
    cosines = W @ W.T / np.sqrt(np.outer((W**2).sum(axis=1), (W**2).sum(axis=1)))
    np.testing.assert_allclose(cosines, np.eye(K), atol=1e-3)


def test_the_other_form_of_the_classifier_norm():
    """√(n_k λ_H/λ_W) − n λ_H, as the paper writes it."""
    found = squared_classifier_norms(COUNTS, 1e-3, 4e-3)
    np.testing.assert_allclose(found, np.maximum(0, np.sqrt(COUNTS * 4) - 354 * 4e-3), rtol=1e-12)


def test_a_class_vanishes_exactly_at_the_threshold():
    n, decay = 354, np.sqrt(4) / 354
    assert minority_threshold(n, decay, decay) == pytest.approx(4)
    assert (squared_classifier_norms(COUNTS, decay * 1.001, decay * 1.001) > 0).tolist() == [True, True, True, False]
    assert (squared_classifier_norms(COUNTS, decay * 0.999, decay * 0.999) > 0).all()
