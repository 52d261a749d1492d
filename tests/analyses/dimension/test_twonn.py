from __future__ import annotations

import numpy as np
import pytest

TABLE = {"cube 5 in 50": 4.737, "gauss 10 in 100": 9.631, "sphere 10 in 100": 9.418, "cube 20 in 100": 15.222, "gauss 50 in 768": 32.885}


@pytest.mark.parametrize(("name", "value"), TABLE.items())
def test_published_clouds(of, clouds, name, value) -> None:
    assert of("twonn", clouds[name]).value == pytest.approx(value, abs=6e-4)


def test_digits(of, digits) -> None:
    result = of("twonn", digits[0])
    assert result.value == pytest.approx(9.044249, abs=5e-7)
    assert result.value * 1797 / 1796 == pytest.approx(9.049285, abs=5e-7)
    assert result.notes["ties"] == 18


def test_agrees_with_exact_neighbours_of_sklearn(of, digits, exact) -> None:
    r = exact(digits[0], 2)
    assert of("twonn", digits[0]).value == pytest.approx(1796 / np.log(r[:, 1] / r[:, 0]).sum(), rel=1e-7)


@pytest.mark.parametrize("D", [0.5, 2.0, 7.0])
def test_ratios_of_exactly_e_to_1_over_d(of, D) -> None:
    """Far triples a, b, c on a line with |ab| = 1, |bc| = e^{1/D}: every sample sees 1 and that ratio, or two ratios that are known."""
    e = np.exp(1 / D)
    X = (np.arange(200) * 1e3)[:, None] + np.array([0.0, 1.0, 1.0 + e])
    X = X.reshape(-1, 1)
    known = np.array([np.log(1 + e), 1 / D, np.log((1 + e) / e)])  # a: 1 and 1+e; b: 1 and e; c: e and 1+e
    assert of("twonn", X).value == pytest.approx(599 / (200 * known.sum()), rel=1e-6)


def test_a_circle_has_one_dimension_and_a_plane_two(of, circle) -> None:
    assert of("twonn", circle).value == pytest.approx(1, abs=0.06)
    plane = np.random.default_rng(1).random((3000, 2)) @ np.random.default_rng(2).standard_normal((2, 64))
    assert of("twonn", plane).value == pytest.approx(2, abs=0.1)


def test_copies_are_merged_and_counted(of, digits) -> None:
    X = np.vstack([digits[0], digits[0][:540]])
    result = of("twonn", X)
    assert result.value == pytest.approx(9.044249, abs=5e-7)
    assert result.notes["duplicates_merged"] == 540


def test_a_grid_where_all_nearest_are_equally_far_has_none(of) -> None:
    grid = np.stack(np.meshgrid(np.arange(6.0), np.arange(6.0)), -1).reshape(-1, 2)
    assert "equally far" in of("twonn", grid).notes["why"]


@pytest.mark.parametrize("X", [np.ones((5, 2)), np.array([[0.0], [1.0]]), np.array([[0.0], [1.0], [1.0]])])
def test_fewer_than_three_different_samples_say_so(of, X) -> None:
    result = of("twonn", X)
    assert np.isnan(result.value)
    assert "3 samples that differ" in result.notes["why"]


def test_float32_agrees_with_float64(of, clouds) -> None:
    X = clouds["cube 5 in 50"].X.astype(np.float32)
    assert of("twonn", X).value == pytest.approx(of("twonn", X.astype(np.float64)).value, rel=1e-6)


def test_interval_is_about_the_value_though_halves_are_coarser(clouds) -> None:
    from repgeom_core import measure

    result = measure("twonn", X=clouds["cube 5 in 50"].X, null=False)
    low, high = result.interval
    assert (low + high) / 2 == pytest.approx(result.value)
    assert 0.1 < high - low < 1
