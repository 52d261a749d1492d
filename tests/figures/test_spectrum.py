"""The log-log spectrum shows what was fitted and where noise ends."""

from __future__ import annotations

import numpy as np
import pytest

from repgeom_core.analyses.evaluate import measure
from repgeom_core.figures.spectrum import by_class, log_log_spectrum, poor_fit, scale_curve

RNG = np.random.default_rng(0)
X = RNG.standard_normal((500, 20)) @ np.diag(np.arange(1, 21) ** -0.8)


def test_the_fit_and_the_edge_are_those_of_the_analyses() -> None:
    law = measure("power_law_alpha", X, interval=False, null=False)
    noise = measure("n_above_edge", X, interval=False, null=False)
    figure = log_log_spectrum(law, noise)
    covariance = next(t for t in figure.data if t.name == "covariance")
    eigenvalues = np.linalg.eigvalsh(np.cov(X.T, bias=True))[::-1]
    np.testing.assert_allclose(covariance.y, eigenvalues / eigenvalues.mean())
    fit = next(t for t in figure.data if t.name.startswith("i<sup>"))
    slope = np.log(fit.y[-1] / fit.y[0]) / np.log(fit.x[-1] / fit.x[0])
    assert -slope == pytest.approx(law.value)
    band = next(s for s in figure.layout.shapes if s.y1 == pytest.approx(float(noise.details["edges"][1])))
    assert band.type == "rect"


def test_a_rank_deficient_spectrum_draws_only_what_is_not_rounding() -> None:
    flat = np.hstack([X[:, :4], np.zeros((500, 3))])
    figure = log_log_spectrum(measure("power_law_alpha", flat, interval=False, null=False))
    assert len(figure.data[0].y) == 4


def test_boxes_hold_the_finite_values_of_their_class() -> None:
    values, labels = np.array([1.0, 2, np.nan, 4]), np.array([0, 0, 0, 1])
    figure = by_class(values, labels, ("a", "b"), "Local dimension", "dimension")
    assert {t.name: list(t.x) for t in figure.data} == {"a": [1, 2], "b": [4]}


def test_scales_over_octaves_are_on_a_log_axis() -> None:
    assert scale_curve(np.array([1.0, 2, 4, 8, 16]), {"Gride": np.arange(5.0)}, "", "k").layout.xaxis.type == "log"


def test_a_poor_fit_says_so() -> None:
    steps = np.repeat([9.0, 1.0], [10, 10])
    law = measure("power_law_alpha", RNG.standard_normal((500, 20)) * steps, interval=False, null=False)
    assert law.notes["R2"] < 0.9 and poor_fit(law) == f"poor fit, R² {law.notes['R2']:.2f}"
    assert any(poor_fit(law) in t.name for t in log_log_spectrum(law).data)
    good = measure("power_law_alpha", RNG.standard_normal((500, 20)) @ np.diag(np.arange(1, 21) ** -2.0), interval=False, null=False)
    assert poor_fit(good) == ""
