from __future__ import annotations

import numpy as np
import pytest


@pytest.mark.parametrize(("k", "d"), [(1, 8), (7, 20), (20, 20)])
def test_k_equal_directions_of_d_give_k(of, with_singular_values, k, d) -> None:
    result = of("participation_ratio", with_singular_values([3.0] * k, 50, d))
    assert result.value == pytest.approx(k, rel=1e-12)
    assert result.notes["isoscore"] == pytest.approx((k - 1) / (d - 1), abs=1e-12)


def test_one_strong_direction_among_nine_weak_ones(of, with_singular_values) -> None:
    s = np.array([10.0] + [1.0] * 9)
    result = of("participation_ratio", with_singular_values(s, 60, 30))
    assert result.value == pytest.approx((s**2).sum() ** 2 / (s**4).sum(), rel=1e-12)
    assert result.value == pytest.approx(1.19, abs=0.005)


def test_digits(of, digits) -> None:
    result = of("participation_ratio", digits[0])
    assert result.value == pytest.approx(13.1685, abs=5e-5)
    assert result.notes["isoscore"] == pytest.approx(0.193151, abs=5e-7)


def test_agrees_with_the_eigenvalues_of_an_svd(of, digits) -> None:
    X = digits[0]
    squares = np.linalg.svd(X - X.mean(axis=0), compute_uv=False) ** 2
    assert of("participation_ratio", X).value == pytest.approx(squares.sum() ** 2 / (squares**2).sum(), rel=1e-12)


def test_isoscore_agrees_with_its_own_definition(of, digits) -> None:
    """Rudman et al.: distance of the normalised spectrum from (1, ..., 1), as the share of dimensions used uniformly."""
    X = digits[0]
    d = X.shape[1]
    spectrum = np.linalg.eigvalsh(np.cov(X.T))
    normalised = np.sqrt(d) * spectrum / np.linalg.norm(spectrum)
    defect = np.linalg.norm(normalised - 1) / np.sqrt(2 * (d - np.sqrt(d)))
    used = (d - defect**2 * (d - np.sqrt(d))) ** 2 / d**2
    assert of("participation_ratio", X).notes["isoscore"] == pytest.approx((d * used - 1) / (d - 1), rel=1e-10)


def test_one_dimension_has_no_isoscore(of) -> None:
    result = of("participation_ratio", np.arange(5.0)[:, None])
    assert result.value == pytest.approx(1)
    assert "not defined" in result.notes["isoscore"]
