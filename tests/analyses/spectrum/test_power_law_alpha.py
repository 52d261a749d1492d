from __future__ import annotations

import numpy as np
import pytest


def test_a_power_law_gives_its_exponent_and_r2_of_one(of, with_singular_values) -> None:
    i = np.arange(1, 41)
    for weights in ("equal", "1/i"):
        result = of("power_law_alpha", with_singular_values(np.sqrt(i**-1.3), 100, 40), weights=weights)
        assert result.value == pytest.approx(1.3, rel=1e-9)
        assert result.notes["R2"] == pytest.approx(1, abs=1e-9)
        assert result.notes["window"] == "3 to 20"


def test_digits_over_the_default_window(of, digits) -> None:
    result = of("power_law_alpha", digits[0])
    assert result.value == pytest.approx(1.423, abs=5e-4)
    assert result.notes["R2"] == pytest.approx(0.986, abs=5e-4)
    assert result.notes["window"] == "3 to 30"


@pytest.mark.parametrize(("first", "last", "alpha"), [(1, 50, 1.567), (11, 50, 2.342), (1, 61, 2.551)])
def test_digits_over_other_windows(of, digits, first, last, alpha) -> None:
    assert of("power_law_alpha", digits[0], first=first, last=last).value == pytest.approx(alpha, abs=5e-4)


def test_low_r2_says_that_the_whole_spectrum_of_digits_is_no_power_law(of, digits) -> None:
    assert of("power_law_alpha", digits[0], first=1, last=61).notes["R2"] == pytest.approx(0.585, abs=5e-4)


@pytest.mark.parametrize(("weights", "power"), [("equal", 0.0), ("1/i", -0.5)])
def test_agrees_with_polyfit_on_the_eigenvalues_of_an_svd(of, digits, weights, power) -> None:
    X = digits[0]
    eigenvalues = np.linalg.svd(X - X.mean(axis=0), compute_uv=False) ** 2 / len(X)
    i = np.arange(2, 46)
    slope, intercept = np.polyfit(np.log(i), np.log(eigenvalues[1:45]), 1, w=i**power)
    result = of("power_law_alpha", X, first=2, last=45, weights=weights)
    assert result.value == pytest.approx(-slope, rel=1e-9)
    np.testing.assert_allclose(result.details["fit_eigenvalues"], np.exp(intercept + slope * np.log(i)), rtol=1e-9)


def test_window_beyond_the_rank_has_no_value_and_says_why(of, digits) -> None:
    result = of("power_law_alpha", digits[0], first=1, last=64)
    assert np.isnan(result.value)
    assert "61 eigenvalues" in result.notes["why"]


def test_too_few_eigenvalues_say_so(of) -> None:
    result = of("power_law_alpha", np.random.default_rng(0).standard_normal((50, 5)))
    assert np.isnan(result.value)
    assert "window 3 to 2" in result.notes["why"]
