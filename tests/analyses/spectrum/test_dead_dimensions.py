from __future__ import annotations

import numpy as np
import pytest


def test_digits_have_three(of, digits) -> None:
    result = of("dead_dimensions", digits[0])
    assert result.value == 3
    np.testing.assert_array_equal(result.details["dead"], np.ptp(digits[0], axis=0) == 0)
    np.testing.assert_allclose(result.details["standard_deviation"], digits[0].std(axis=0), atol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_constant_columns_are_found_at_any_height(of, dtype) -> None:
    X = np.random.default_rng(0).standard_normal((300, 10)).astype(dtype)
    X[:, [2, 5, 7]] = [0.0, 0.1, 1234.567]
    result = of("dead_dimensions", X)
    assert result.value == 3
    assert list(np.flatnonzero(result.details["dead"])) == [2, 5, 7]
    assert result.notes["share"] == pytest.approx(0.3)


def test_tolerance_counts_faint_units(of) -> None:
    X = np.random.default_rng(0).standard_normal((300, 3)) * [1, 1e-3, 1e-5]
    assert of("dead_dimensions", X).value == 0
    assert of("dead_dimensions", X, tolerance=1e-4).value == 1


def test_equal_samples_are_dead_everywhere(of) -> None:
    assert of("dead_dimensions", np.full((9, 4), 0.3)).value == 4
    assert of("dead_dimensions", np.ones((1, 4))).value == 4
