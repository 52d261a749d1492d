from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import Ridge

from repgeom_core import measure
from repgeom_core.analyses.spectrum.learning_curve_exponent import error_curve

DIGITS = load_digits()
X, y = DIGITS.data[:600] / 16, DIGITS.target[:600]


def run(features, labels, **parameters):
    return measure("learning_curve_exponent", features, labels, interval=False, null=False, **parameters)


def test_agrees_with_ridge_regression_by_sklearn() -> None:
    targets = np.eye(10)[y] - np.bincount(y) / 600
    order, sizes, ridge = np.random.default_rng(0).permutation(600), np.array([20, 100, 300]), 1e-2
    found = error_curve(X @ X.T, targets, order, sizes, ridge)
    alpha = ridge * (X[order[:300]] ** 2).sum(axis=1).mean()
    for m, error in zip(sizes, found, strict=True):
        train, test = order[:m], order[300:]
        plain = Ridge(alpha=alpha, fit_intercept=False).fit(X[train], targets[train]).predict(X[test])
        assert error == pytest.approx(((plain - targets[test]) ** 2).sum() / (targets[test] ** 2).sum(), rel=1e-8)


def test_the_laplace_kernel_agrees_with_kernel_ridge_by_sklearn() -> None:
    distances = np.linalg.norm(X[:, None] - X, axis=2)
    kernel = np.exp(-distances / np.median(distances[distances > 0]))
    targets = np.eye(10)[y] - np.bincount(y) / 600
    order = np.random.default_rng(0).permutation(600)  # the first that the analysis draws
    train, test = order[:300], order[300:]
    plain = KernelRidge(alpha=1e-3, kernel="precomputed").fit(kernel[np.ix_(train, train)], targets[train])
    predicted = plain.predict(kernel[np.ix_(test, train)])
    result = run(X, y, kernel="laplace", orders=1)
    assert result.details["error"][-1] == pytest.approx(((predicted - targets[test]) ** 2).sum() / (targets[test] ** 2).sum(), rel=1e-8)


def test_a_noiseless_linear_target_of_isotropic_features_leaves_one_minus_m_over_d() -> None:
    rng = np.random.default_rng(1)
    errors = []
    for _ in range(8):
        features = rng.standard_normal((600, 200))
        targets = features @ rng.standard_normal((200, 3))
        errors.append(error_curve(features @ features.T, targets, rng.permutation(600), np.array([50, 100, 150, 250]), 1e-9))
    np.testing.assert_allclose(np.mean(errors, axis=0), [0.75, 0.5, 0.25, 0], atol=0.03)


def test_the_exponent_is_that_of_the_line_through_the_window() -> None:
    result = run(X, y, window_from=64)
    sizes, error = result.details["size"], result.details["error"]
    assert list(sizes) == [8, 16, 32, 64, 128, 256, 300]
    assert result.value == pytest.approx(-np.polyfit(np.log(sizes[3:]), np.log(error[3:]), 1)[0])
    assert result.value > 0.1
    assert result.notes["window"] == "64 to 300 samples"


def test_labels_that_have_nothing_to_do_with_the_features_are_not_learned() -> None:
    labels = np.random.default_rng(2).permutation(y)
    assert run(X, labels, kernel="laplace").value == pytest.approx(0, abs=0.05)
    assert run(X, y, kernel="laplace").value > 0.2


def test_what_has_no_curve_says_why() -> None:
    assert "one class" in run(X, np.zeros(600, int)).notes["why"]
    assert "zero" in run(np.zeros((6, 2)), np.arange(6) % 2).notes["why"]
    assert "equal" in run(np.ones((60, 2)), np.arange(60) % 2, kernel="laplace").notes["why"]
    assert "window" in run(X, y, window_from=1000).notes["why"]
    assert "window" in run(X[:10], y[:10]).notes["why"]
