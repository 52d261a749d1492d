from __future__ import annotations

import numpy as np
import pytest


def published(X: np.ndarray) -> float:
    s = np.linalg.svd(X, compute_uv=False)
    p = s / s.sum() + 1e-7
    return float(np.exp(-np.sum(p * np.log(p))))


def test_seven_equal_directions_give_seven_and_a_trace_of_the_epsilon(of, with_singular_values) -> None:
    p = 1 / 7 + 1e-7
    entropy = -7 * p * np.log(p) - 13 * 1e-7 * np.log(1e-7)
    value = of("rankme", with_singular_values([2.0] * 7, 100, 20)).value
    assert value == pytest.approx(np.exp(entropy), rel=1e-12)
    assert value == pytest.approx(7.0001, abs=1e-4)


def test_one_strong_direction_among_nine_weak_ones(of, with_singular_values) -> None:
    assert of("rankme", with_singular_values([10.0] + [1.0] * 9, 60, 10)).value == pytest.approx(5.66, abs=0.005)


def test_digits_with_three_constant_columns(of, digits) -> None:
    assert of("rankme", digits[0]).value == pytest.approx(29.6299, abs=5e-5)
    assert of("rankme", digits[0]).value == pytest.approx(published(digits[0]), rel=1e-9)


@pytest.mark.parametrize("shape", [(9, 30), (200, 12)])
def test_agrees_with_an_svd_of_the_raw_features_in_float32_too(of, shape) -> None:
    X = np.random.default_rng(1).standard_normal(shape).astype(np.float32) + 2
    assert of("rankme", X).value == pytest.approx(published(X.astype(float)), rel=1e-7)


def test_a_common_offset_lowers_it(of, digits) -> None:
    assert of("rankme", digits[0] + 100).value < 0.2 * of("rankme", digits[0]).value


def test_all_zero_features_have_none_and_say_why(of) -> None:
    result = of("rankme", np.zeros((5, 3)))
    assert np.isnan(result.value)
    assert "zero" in result.notes["why"]
