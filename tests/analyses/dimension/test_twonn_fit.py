from __future__ import annotations

import numpy as np
import pytest

TABLE = {"cube 5 in 50": 4.723, "gauss 10 in 100": 9.481, "sphere 10 in 100": 9.394, "cube 20 in 100": 15.328, "gauss 50 in 768": 32.659}


@pytest.mark.parametrize(("name", "value"), TABLE.items())
def test_published_clouds(of, clouds, name, value) -> None:
    assert of("twonn_fit", clouds[name]).value == pytest.approx(value, abs=6e-4)


def test_digits(of, digits) -> None:
    result = of("twonn_fit", digits[0])
    assert result.value == pytest.approx(8.908173, abs=5e-7)
    assert result.notes["fitted_points"] == 1617


@pytest.mark.parametrize("share", [0.5, 0.9])
def test_agrees_with_least_squares_on_neighbours_of_sklearn(of, digits, exact, share) -> None:
    r = exact(digits[0], 2)
    x = np.sort(np.log(r[:, 1] / r[:, 0]))
    kept = int(share * len(x))
    y = -np.log(1 - np.arange(1, kept + 1) / len(x))
    slope = np.linalg.lstsq(x[:kept, None], y, rcond=None)[0][0]
    assert of("twonn_fit", digits[0], share=share).value == pytest.approx(slope, rel=1e-6)


def test_a_filled_cube_lies_on_the_line_of_its_dimension(of) -> None:
    result = of("twonn_fit", np.random.default_rng(0).random((3000, 3)), share=0.5)
    assert result.value == pytest.approx(3, abs=0.2)
    np.testing.assert_allclose(result.details["minus_log_survival"][:3], [1 / 3000, 2 / 3000, 3 / 3000], rtol=1e-3)


def test_copies_are_merged(of, digits) -> None:
    assert of("twonn_fit", np.vstack([digits[0], digits[0][:540]])).value == pytest.approx(8.908173, abs=5e-7)


def test_ties_of_all_fitted_samples_have_none(of) -> None:
    grid = np.stack(np.meshgrid(np.arange(6.0), np.arange(6.0)), -1).reshape(-1, 2)
    assert "equally far" in of("twonn_fit", grid).notes["why"]
