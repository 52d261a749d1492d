"""Mixed features in the plane of their classifier rows: all of them, none of them, and least squares."""

from __future__ import annotations

import numpy as np
import pytest

from repgeom_core.analyses.evaluate import measure
from repgeom_core.errors import GeometryError


def run(X, first, second, W, **parameters):
    columns = {"second": second}
    return measure("mixup_plane", X, first, W, np.zeros(len(W)), columns=columns, column="second", interval=False, null=False, **parameters)


def pairs(K, n, seed=0):
    rng = np.random.default_rng(seed)
    return rng.integers(0, K, n), rng.integers(0, K, n), rng.random(n)


def test_convex_combinations_of_an_etf_stay_in_the_plane_and_say_their_ratio(simplex):
    W = simplex(5, 12, 2.0)
    i, j, ratio = pairs(5, 300)
    result = run(ratio[:, None] * W[i] + (1 - ratio[:, None]) * W[j], i, j, W, centred=False)
    assert result.value == pytest.approx(1)
    assert (result.notes["within a class"], result.notes["across classes"]) == pytest.approx((1, 1))
    apart = i != j
    np.testing.assert_allclose(result.details["lambda"][apart], ratio[apart], atol=1e-9)
    assert np.isnan(result.details["lambda"][~apart]).all()


def test_a_common_offset_of_rows_or_features_does_not_count(simplex):
    W = simplex(4, 9)
    i, j = (grid.ravel() for grid in np.meshgrid(np.arange(4), np.arange(4)))
    X = 0.3 * W[i] + 0.7 * W[j]
    assert run(X + 5, i, j, W + 3).value == pytest.approx(1)
    assert run(X + 5, i, j, W, centred=False).value < 0.9


@pytest.mark.parametrize("centred", [False, True])
def test_agrees_with_least_squares_of_each_sample(centred):
    rng = np.random.default_rng(1)
    X, W = rng.standard_normal((80, 7)) + 1, rng.standard_normal((5, 7)) + 2
    i, j, _ = pairs(5, 80, 1)
    rows, H = W - W.mean(axis=0), X - X.mean(axis=0) if centred else X
    result = run(X, i, j, W, centred=centred)
    for s in range(80):
        basis = rows[[i[s], j[s]]].T if i[s] != j[s] else rows[[i[s]]].T
        coefficients = np.linalg.lstsq(basis, H[s], rcond=None)[0]
        assert result.details["per_sample"][s] == pytest.approx(((basis @ coefficients) ** 2).sum() / (H[s] ** 2).sum(), rel=1e-9)
        if i[s] != j[s]:
            assert (result.details["first"][s], result.details["second"][s]) == pytest.approx(tuple(coefficients), rel=1e-8)


def test_gaussian_features_have_two_of_d_dimensions_in_a_plane():
    rng = np.random.default_rng(2)
    X, W = rng.standard_normal((6000, 20)), rng.standard_normal((6, 20))
    i, j, _ = pairs(6, 6000, 2)
    notes = run(X, i, j, W).notes
    assert notes["across classes"] == pytest.approx(2 / 20, abs=0.004)
    assert notes["within a class"] == pytest.approx(1 / 20, abs=0.006)


def test_two_classes_are_one_direction_and_unmixed_samples_do_not_count():
    W = np.array([[1.0, 0, 0], [-1, 0, 0]])
    X = np.array([[2.0, 0, 0], [-1, 0, 0], [0, 3, 0], [1, 1, 1]])
    result = run(X, np.array([0, 1, 0, 1]), np.array([1, 1, 0, -1]), W, centred=False)
    np.testing.assert_allclose(result.details["per_sample"], [1, 1, 0, np.nan])
    assert result.notes["samples"] == 3


def test_what_cannot_be_said_is_said():
    X, W = np.ones((4, 3)), np.eye(3)
    assert "second class" in run(X, np.zeros(4, int), np.full(4, -1), W).notes["why"]
    assert "equal" in run(X, np.zeros(4, int), np.ones(4, int), W).notes["why"]
    with pytest.raises(GeometryError, match="3 rows, but there is a class 7"):
        run(X, np.zeros(4, int), np.full(4, 7), W)
    with pytest.raises(GeometryError, match="name of a column"):
        measure("mixup_plane", X, np.zeros(4, int), W, np.zeros(3), columns={"second": np.zeros(4, int)})
