from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import betaln

TABLE = {
    "cube 5 in 50": [4.74, 4.68, 4.51, 4.45, 4.34, 4.20],
    "gauss 10 in 100": [9.63, 9.60, 9.51, 9.07, 8.73, 8.29],
    "sphere 10 in 100": [9.42, 9.27, 9.16, 8.84, 8.53, 8.39],
    "cube 20 in 100": [15.22, 15.16, 14.31, 14.28, 13.62, 12.94],
    "gauss 50 in 768": [32.88, 30.11, 29.14, 27.25, 25.59, 23.59],
}
DIGITS = [9.044249, 8.173817, 7.204616, 6.602091, 6.129049, 5.580573]


@pytest.mark.parametrize(("name", "curve"), TABLE.items())
def test_published_curves(of, clouds, name, curve) -> None:
    details = of("gride", clouds[name]).details
    assert list(details["scale"]) == [1, 2, 4, 8, 16, 32]
    np.testing.assert_allclose(details["dimension"], curve, atol=6e-3)


def test_digits(of, digits) -> None:
    result = of("gride", digits[0])
    np.testing.assert_allclose(result.details["dimension"], DIGITS, atol=2e-6)
    assert result.value == pytest.approx(DIGITS[2], abs=2e-6)
    assert of("gride", digits[0], scale=32).value == pytest.approx(DIGITS[5], abs=2e-6)


def test_scale_one_is_twonn(of, clouds) -> None:
    X = clouds["sphere 10 in 100"]
    assert of("gride", X, scale=1).value == pytest.approx(of("twonn", X).value, rel=1e-10)


@pytest.mark.parametrize("k", [2, 5, 16])
def test_agrees_with_the_maximum_of_the_likelihood(of, digits, exact, k) -> None:
    """With n log D instead of the unbiased (n − 1) log D the maximum lies where the published likelihood has it."""
    r = exact(digits[0], 2 * k)
    logs = np.log(r[:, -1] / r[:, k - 1])
    n = len(logs)

    def minus_log_likelihood(D: float) -> float:
        positive = logs[logs > 0]
        tied = len(logs) - len(positive)
        rising = np.log(np.expm1(D * positive)).sum() + tied * np.log(D)  # log(μ^D − 1) → log D + const as μ → 1
        return -((n - 1) * np.log(D) + (k - 1) * rising - ((2 * k - 1) * D + 1) * logs.sum() - n * betaln(k, k))

    # The tied terms diverge alike for all D up to log D, which is what is kept of them.
    found = minimize_scalar(minus_log_likelihood, bounds=(1, 30), method="bounded", options={"xatol": 1e-9}).x
    assert of("gride", digits[0], scale=k).value == pytest.approx(found, rel=1e-6)


def test_a_circle_has_one_dimension_at_every_scale(of, circle) -> None:
    np.testing.assert_allclose(of("gride", circle).details["dimension"], 1, atol=0.06)


def test_noise_makes_the_fine_end_high_and_leaves_the_coarse_end(of) -> None:
    rng = np.random.default_rng(0)
    angles = rng.uniform(0, 2 * np.pi, 3000)
    X = np.stack([np.cos(angles), np.sin(angles)], axis=1) @ np.linalg.qr(rng.standard_normal((10, 2)))[0].T
    curve = of("gride", X + 0.002 * rng.standard_normal(X.shape)).details["dimension"]
    assert curve[0] > 2
    assert curve[-1] == pytest.approx(1, abs=0.25)


def test_ties_at_every_scale_are_no_trap(of) -> None:
    """On an integer grid μ is 1 for many samples: the score takes its limit and stays finite."""
    grid = np.stack(np.meshgrid(np.arange(20.0), np.arange(20.0)), -1).reshape(-1, 2)
    result = of("gride", grid, scale=4)
    assert 1 < result.value < 4
    assert np.isnan(result.details["dimension"][0])


def test_copies_are_merged(of, digits) -> None:
    np.testing.assert_allclose(of("gride", np.vstack([digits[0], digits[0][:540]])).details["dimension"], DIGITS, atol=2e-6)


def test_few_samples_have_only_the_fine_scales(of, digits) -> None:
    result = of("gride", digits[0][:20])
    assert list(result.details["scale"]) == [1, 2, 4, 8]
    assert np.isfinite(result.value)
    assert "33 samples that differ" in of("gride", digits[0][:20], scale=16).notes["why"]


def test_radius_grows_with_scale(of, digits) -> None:
    assert (np.diff(of("gride", digits[0]).details["radius"]) > 0).all()
