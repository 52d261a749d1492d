from __future__ import annotations

import numpy as np
import pytest


def test_digits_on_its_61_units_that_vary(of, digits) -> None:
    result = of("n_above_edge", digits[0])
    assert result.value == 12
    assert result.notes["upper_edge"] == pytest.approx(1.40243, abs=5e-6)
    assert (result.notes["units"], result.notes["constant_units_left_out"]) == (61, 3)


def test_agrees_with_corrcoef(of, digits) -> None:
    X = digits[0]
    X = X[:, X.std(axis=0) > 0]
    expected = np.linalg.eigvalsh(np.corrcoef(X.T))[::-1]
    np.testing.assert_allclose(of("n_above_edge", digits[0]).details["eigenvalues"], expected, atol=1e-10)


def test_planted_directions_are_counted(of) -> None:
    rng = np.random.default_rng(0)
    X = rng.standard_normal((1000, 100)) + 2 * rng.standard_normal((1000, 3)) @ np.linalg.qr(rng.standard_normal((100, 3)))[0].T * 3
    assert of("n_above_edge", X).value == 3


def test_strong_units_are_no_structure(of) -> None:
    noise = np.random.default_rng(0).standard_normal((2000, 20))
    plain = of("n_above_edge", noise)
    scaled = of("n_above_edge", noise * 10.0 ** np.linspace(-2, 2, 20) + 7)
    assert plain.value == scaled.value <= 1
    np.testing.assert_allclose(plain.details["eigenvalues"], scaled.details["eigenvalues"], rtol=1e-9)


def test_directions_without_samples_are_frozen(of) -> None:
    X = np.random.default_rng(0).standard_normal((25, 100))
    assert of("n_above_edge", X).notes["frozen_share"] == pytest.approx(0.75)
