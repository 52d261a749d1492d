from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import eig
from scipy.spatial.distance import cdist
from sklearn.datasets import load_digits

from repgeom_core.analyses.evaluate import measure

X = load_digits().data[:1000]


def run(features, **parameters):
    return measure("diffusion_spectral_entropy", features, interval=False, null=False, **parameters)


@pytest.mark.parametrize(("scale", "expected"), [(1, 9.7148), (16, 0.4701)])
def test_first_thousand_digits_at_a_fixed_width(scale, expected):
    result = run(X / scale, width="fixed", sigma=10.0)
    assert result.value == pytest.approx(expected, abs=5e-5)
    assert result.notes["ceiling"] == pytest.approx(9.9658, abs=5e-5)


def test_separate_groups_of_equal_samples():
    groups = np.repeat(100 * np.eye(8), 5, axis=0)
    assert run(groups, sigma=0.05).value == pytest.approx(3, abs=1e-6)
    assert run(groups, width="fixed", sigma=1.0).value == pytest.approx(3, abs=1e-9)


def test_equal_samples_have_none_and_far_ones_the_ceiling():
    assert run(np.ones((12, 3))).value == pytest.approx(0, abs=1e-9)
    far = run(1000 * np.random.default_rng(0).standard_normal((64, 5)), width="fixed", sigma=1.0)
    assert far.value == pytest.approx(6, abs=1e-9)
    assert "nearly every sample is by itself" in far.notes["warning"]


@pytest.mark.parametrize("t", [1, 4])
def test_agrees_with_the_random_walk_written_out(t):
    small = X[:120]
    distances = cdist(small, small)
    width = 0.5 * np.median(distances[distances > 0])
    kernel = np.exp(-(distances**2) / (2 * width**2))
    eigenvalues = np.abs(eig(kernel / kernel.sum(axis=1, keepdims=True))[0]) ** t
    p = eigenvalues / eigenvalues.sum()
    result = run(small, t=t)
    assert result.value == pytest.approx(-(p * np.log2(p)).sum(), rel=1e-8)
    assert result.notes["σ"] == pytest.approx(width, rel=1e-10)
    assert result.details["eigenvalues"][0] == pytest.approx(1)


def test_scale_does_not_matter_unless_the_width_is_fixed():
    assert run(X[:200] / 16).value == pytest.approx(run(X[:200]).value, rel=1e-9)


def test_noise_smaller_than_the_width_is_forgiven():
    rng = np.random.default_rng(0)
    groups = np.repeat(10 * np.eye(4), 20, axis=0)
    assert run(groups + 0.01 * rng.standard_normal(groups.shape), width="fixed", sigma=1.0).value == pytest.approx(2, abs=0.01)


def test_one_sample_has_none():
    assert run(X[:1]).value == 0


def test_more_than_two_thousand_samples_are_sampled():
    result = run(np.random.default_rng(0).standard_normal((2100, 2)))
    assert result.meta["n"] == result.meta["cap"] == 2000
