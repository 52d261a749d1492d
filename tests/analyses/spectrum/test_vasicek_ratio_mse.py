from __future__ import annotations

import numpy as np
import pytest


def by_spacings(X: np.ndarray) -> float:
    """Vasicek 1976, written out component by component."""
    n, d = X.shape
    centred = X - X.mean(axis=0)
    left, s, _ = np.linalg.svd(centred, full_matrices=False)
    s = s[: np.linalg.matrix_rank(centred)]
    m = int(np.floor(np.sqrt(n) + 0.5))
    total = 0.0
    for j in range(d):
        ratio = 0.0
        if j < len(s):
            scores = np.sort(left[:, j] * s[j] * np.sqrt(d / ((s**2).sum() / (n - 1))))
            gaps = [scores[min(i + m, n - 1)] - scores[max(i - m, 0)] for i in range(n)]
            ratio = np.exp(np.mean(np.log(n / (2 * m) * np.array(gaps)))) / np.sqrt(2 * np.pi * np.e)
        total += (1 - ratio) ** 2
    return total / d


def test_digits(of, digits) -> None:
    assert of("vasicek_ratio_mse", digits[0]).value == pytest.approx(0.585761, abs=5e-7)


def test_agrees_with_spacings_written_out(of, digits) -> None:
    assert of("vasicek_ratio_mse", digits[0]).value == pytest.approx(by_spacings(digits[0]), rel=1e-8)


def test_published_sphere(of) -> None:
    X = np.random.default_rng(0).standard_normal((25_000, 100))
    value = of("vasicek_ratio_mse", X / np.linalg.norm(X, axis=1, keepdims=True)).value
    assert value == pytest.approx(0.00099, abs=1e-4)


def test_k_gaussian_directions_of_d(of) -> None:
    k, d = 2, 8
    rng = np.random.default_rng(0)
    X = rng.standard_normal((20_000, k)) @ np.linalg.qr(rng.standard_normal((d, k)))[0].T
    assert of("vasicek_ratio_mse", X).value == pytest.approx((k * (1 - np.sqrt(d / k)) ** 2 + d - k) / d, abs=0.01)


def test_clusters_differ_from_a_filled_cloud_of_the_same_covariance(of) -> None:
    rng = np.random.default_rng(0)
    clumps = rng.choice([-1.0, 1.0], (2000, 4)) + 0.05 * rng.standard_normal((2000, 4))
    assert of("vasicek_ratio_mse", clumps).value > 20 * of("vasicek_ratio_mse", rng.standard_normal((2000, 4))).value


def test_tied_scores_have_no_entropy(of) -> None:
    assert of("vasicek_ratio_mse", np.repeat([[0.0, 1.0], [1.0, 0.0]], 100, axis=0)).value == pytest.approx(1)


def test_too_few_samples_say_so(of) -> None:
    assert "fewer than 4" in of("vasicek_ratio_mse", np.eye(3)).notes["why"]
