from __future__ import annotations

import numpy as np
import pytest

from repgeom_core.analyses.spectrum.marchenko_pastur import mp_edges


def test_a_quarter_as_many_units_as_samples() -> None:
    assert mp_edges(400, 100) == pytest.approx((0.25, 2.25))
    assert mp_edges(400, 100, variance=2.0) == pytest.approx((0.5, 4.5))


def test_white_noise_fills_the_interval_between_the_edges() -> None:
    eigenvalues = np.linalg.eigvalsh(np.cov(np.random.default_rng(0).standard_normal((2000, 500)).T, bias=True))
    lower, upper = mp_edges(2000, 500)
    assert eigenvalues[0] == pytest.approx(lower, abs=0.02)
    assert eigenvalues[-1] == pytest.approx(upper, abs=0.04)


def test_edges_of_fewer_samples_than_units_are_those_of_the_gram_matrix() -> None:
    """n < d: the nonzero eigenvalues are d/n times those of the transposed problem."""
    swapped = np.array(mp_edges(400, 100)) * 4
    assert mp_edges(100, 400) == pytest.approx(tuple(swapped))
