from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import check_grad
from sklearn.linear_model import LogisticRegression

from repgeom_core.analyses.dimension.objective_intrinsic_dimension import DECAY, _Head, _other_half


@pytest.fixture
def head(digits) -> _Head:
    X, y = digits[0][:400], digits[1][:400]
    return _Head(np.column_stack([X - X.mean(axis=0), np.ones(400)]), y, 10, _other_half(y, np.random.default_rng(0)))


def test_all_parameters_do_as_well_as_logistic_regression(head) -> None:
    oracle = LogisticRegression(C=1 / (DECAY * len(head.codes)), fit_intercept=False, max_iter=2000, tol=1e-8).fit(head.train, head.codes)
    assert head.accuracy(None) == pytest.approx(oracle.score(head.test, head.test_codes), abs=0.011)


def test_gradient_is_that_of_the_loss(head) -> None:
    rng = np.random.default_rng(0)
    basis = rng.standard_normal((head.parameters, 6)) / 10
    assert check_grad(lambda v: head.loss(v, basis)[0], lambda v: head.loss(v, basis)[1], rng.standard_normal(6)) < 1e-5


def test_a_subspace_of_all_parameters_is_as_good_as_all(head) -> None:
    basis = np.linalg.qr(np.random.default_rng(0).standard_normal((head.parameters, head.parameters)))[0]
    assert head.accuracy(basis) == pytest.approx(head.accuracy(None), abs=0.011)


def test_digits_take_a_fraction_of_the_parameters(of, digits) -> None:
    result = of("objective_intrinsic_dimension", *digits)
    assert result.notes["parameters"] == 650
    assert result.notes["full_accuracy"] > 0.93
    assert 90 < result.value < 220
    assert result.notes["compression"] == pytest.approx(650 / result.value)
    curve = dict(zip(result.details["dimensions"], result.details["accuracy"], strict=True))
    assert curve[int(result.value)] >= 0.9 * result.notes["full_accuracy"] > curve[int(result.value) - 1]


def test_two_classes_take_far_fewer_than_ten(of, digits) -> None:
    X, y = digits
    two = of("objective_intrinsic_dimension", X[y < 2], y[y < 2])
    assert two.value < 10


def test_two_collapsed_classes_take_one_to_three(of) -> None:
    X = np.repeat([[1.0, 0, 0], [-1, 0, 0]], 20, axis=0)
    assert 1 <= of("objective_intrinsic_dimension", X, np.repeat([0, 1], 20)).value <= 3


def test_a_lower_share_takes_fewer(of, digits) -> None:
    X, y = digits[0][:600], digits[1][:600]
    low, high = (of("objective_intrinsic_dimension", X, y, share=share).value for share in (0.6, 0.95))
    assert low < high


def test_too_small_a_largest_says_how_far_it_came(of, digits) -> None:
    result = of("objective_intrinsic_dimension", *digits, largest=16)
    assert np.isnan(result.value)
    assert "16 random directions reach" in result.notes["why"]
    assert result.details["dimensions"][-1] == 16


def test_halves_split_every_class(digits) -> None:
    y = np.r_[digits[1], 10]
    test = _other_half(y, np.random.default_rng(0))
    assert not test[-1]
    assert (np.abs(np.bincount(y[test], minlength=11) * 2 - np.bincount(y)) <= 1).all()


def test_above_2000_samples_a_subsample_is_taken_and_said() -> None:
    from repgeom_core import measure

    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 2500)
    assert measure("objective_intrinsic_dimension", X=rng.standard_normal((2500, 3)) + y[:, None], y=y).meta["cap"] == 2000


@pytest.mark.parametrize(
    ("X", "y", "why"),
    [
        (np.eye(4), np.zeros(4, int), "one class"),
        (np.ones((4, 2)), np.array([0, 1, 0, 1]), "equal"),
        (np.eye(4), np.arange(4), "no class has two"),
    ],
)
def test_nothing_to_train_on_says_why(of, X, y, why) -> None:
    assert why in of("objective_intrinsic_dimension", X, y).notes["why"]
