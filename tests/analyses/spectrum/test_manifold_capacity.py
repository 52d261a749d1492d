from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize


def test_digits(of, digits) -> None:
    result = of("manifold_capacity", *digits, draws=200)
    assert result.value == pytest.approx(0.195, abs=0.006)
    assert result.notes["radius"] == pytest.approx(0.865, abs=0.015)
    assert result.notes["dimension"] == pytest.approx(10.7, abs=0.3)


def test_digits_with_shuffled_labels(of, digits) -> None:
    result = of("manifold_capacity", digits[0], np.random.default_rng(0).permutation(digits[1]), draws=50)
    assert result.value == pytest.approx(0.0286, abs=0.001)
    assert result.notes["radius"] == pytest.approx(2.11, abs=0.06)
    assert result.notes["dimension"] == pytest.approx(42.5, abs=1.5)


def test_published_gaussian_clouds(of) -> None:
    X = np.random.default_rng(0).standard_normal((2000, 5000)).astype(np.float32)
    result = of("manifold_capacity", X, np.repeat(np.arange(40), 50), draws=50)
    assert result.value == pytest.approx(0.040, abs=0.0012)
    assert result.notes["radius"] == pytest.approx(1.47, abs=0.03)
    assert result.notes["dimension"] == pytest.approx(36.1, abs=0.8)


def test_single_points_have_the_capacity_of_the_perceptron(of) -> None:
    X = np.random.default_rng(0).standard_normal((30, 20))
    result = of("manifold_capacity", X, np.arange(30), draws=500)
    assert result.value == pytest.approx(2, abs=5 * result.notes["draw_error"])
    assert result.notes["draw_error"] < 0.05
    assert result.notes["radius"] == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("a", [0.3, 1.0, 4.0])
def test_pairs_of_points_have_the_capacity_of_a_wedge(of, a) -> None:
    """The cone of (±a, 1) is a wedge of angle 2 arctan a, whose statistical dimension is ½ + 2 arctan(a)/π."""
    X = np.array([[1, a], [1, -a], [-1, a], [-1, -a]])
    result = of("manifold_capacity", X, np.array([0, 0, 1, 1]), draws=2000)
    assert result.value == pytest.approx(1 / (0.5 + 2 * np.arctan(a) / np.pi), abs=5 * result.notes["draw_error"])


def test_agrees_with_distances_to_the_cone_by_another_method(of) -> None:
    """1/α is the mean squared length of the projection of a Gaussian on the cone of a class's points."""
    rng = np.random.default_rng(1)
    X, y = rng.standard_normal((24, 4)) + 3 * np.repeat(np.eye(4)[:3], 8, axis=0), np.repeat(np.arange(3), 8)
    centres = np.stack([X[y == k].mean(axis=0) for k in range(3)])
    inverse = []
    for k in range(3):
        points = (X[y == k] - centres[k]) / np.linalg.norm(centres[k] - centres.mean(axis=0))
        cone = np.vstack([points.T, np.ones(8)])
        for t in rng.standard_normal((400, 5)):
            found = minimize(
                lambda a, cone=cone, t=t: ((cone @ a - t) ** 2).sum() / 2,
                np.ones(8),
                jac=lambda a, cone=cone, t=t: cone.T @ (cone @ a - t),
                bounds=[(0, None)] * 8,
                method="L-BFGS-B",
            )
            inverse.append(t @ t - 2 * found.fun)
    result = of("manifold_capacity", X, y, draws=1000)
    standard_error = np.std(inverse) / np.sqrt(len(inverse)) / np.mean(inverse) ** 2
    assert result.value == pytest.approx(1 / np.mean(inverse), abs=4 * np.hypot(standard_error, result.notes["draw_error"]))


def test_a_margin_lowers_it(of, digits) -> None:
    X, y = digits[0][:300], digits[1][:300]
    assert of("manifold_capacity", X, y, draws=30, margin=1.0).value < of("manifold_capacity", X, y, draws=30).value


def test_rotation_and_order_change_nothing_even_with_the_same_draws(of, digits) -> None:
    X, y = digits[0][:200], digits[1][:200]
    rng = np.random.default_rng(0)
    Q, order = np.linalg.qr(rng.standard_normal((64, 64)))[0], rng.permutation(200)
    expected = of("manifold_capacity", X, y, draws=20).value
    assert of("manifold_capacity", (X @ Q + 5)[order], y[order], draws=20).value == pytest.approx(expected, rel=1e-6)


def test_large_classes_are_cut_and_counted(of, digits) -> None:
    y = np.minimum(digits[1], 2)
    assert of("manifold_capacity", digits[0], y, draws=10).notes["classes_cut_to_200"] == 1


def test_one_class_or_equal_means_have_none(of, digits) -> None:
    X = digits[0][:40]
    assert "one class" in of("manifold_capacity", X, np.zeros(40, int)).notes["why"]
    assert "mean of means" in of("manifold_capacity", np.vstack([X, X]), np.repeat([0, 1], 40)).notes["why"]
