"""The spectrum from second moments against the SVD of the features."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_digits

from repgeom_core.analyses.inputs import Inputs


def digits() -> np.ndarray:
    return load_digits().data / 16


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_singular_values_are_those_of_an_svd_down_to_exact_zeros(dtype) -> None:
    X = digits()
    spectrum = Inputs(X.astype(dtype)).spectrum
    centred = np.linalg.svd(X - X.mean(axis=0), compute_uv=False)
    np.testing.assert_allclose(spectrum.singular_values[:61], centred[:61], rtol=1e-10)
    assert (spectrum.singular_values[61:] == 0).all()
    np.testing.assert_allclose(spectrum.uncentred_singular_values[:61], np.linalg.svd(X, compute_uv=False)[:61], rtol=1e-10)
    assert (spectrum.uncentred_singular_values[61:] == 0).all()


def test_fewer_samples_than_dimensions_have_at_most_n_minus_1_eigenvalues() -> None:
    X = np.random.default_rng(0).standard_normal((7, 20)).astype(np.float32)
    spectrum = Inputs(X).spectrum
    assert len(spectrum.eigenvalues) == 20
    assert (spectrum.eigenvalues > 0).sum() == 6
    assert len(spectrum.uncentred_singular_values) == 7
    np.testing.assert_allclose(spectrum.uncentred_singular_values, np.linalg.svd(X.astype(float), compute_uv=False), rtol=1e-9)


def test_directions_diagonalise_the_covariance() -> None:
    spectrum = Inputs(digits()).spectrum
    V = spectrum.directions
    np.testing.assert_allclose(V.T @ spectrum.covariance @ V, np.diag(spectrum.eigenvalues), atol=1e-12)


def test_an_offset_costs_no_digits() -> None:
    X = np.random.default_rng(0).standard_normal((500, 8)) * 10.0 ** -np.arange(8)
    np.testing.assert_allclose(Inputs(X + 1000).spectrum.eigenvalues[:5], Inputs(X).spectrum.eigenvalues[:5], rtol=1e-7)


@pytest.mark.parametrize("value", [0.0, 0.1, -1234.5678901])
def test_equal_samples_have_no_variance_at_all(value) -> None:
    spectrum = Inputs(np.full((1000, 6), value)).spectrum
    assert not spectrum.varies
    assert (spectrum.eigenvalues == 0).all()
