from __future__ import annotations

import numpy as np
import pytest
from sklearn.decomposition import PCA

from repgeom_core.errors import GeometryError
from repgeom_core.projections import pca
from repgeom_core.projections.pca import principal_components


def _features(n: int, d: int, offset: float = 0.0, dtype: str = "float32") -> np.ndarray:
    random = np.random.default_rng(0)
    return (random.normal(size=(n, d)) * 0.8 ** np.arange(d) @ np.linalg.qr(random.normal(size=(d, d)))[0] + offset).astype(dtype)


@pytest.mark.parametrize(
    ("n", "d", "offset", "dtype"),
    [(900, 20, 0, "float32"), (900, 20, 100, "float32"), (900, 20, 1e6, "float64"), (30, 200, 5, "float32"), (300, 8, 0, "float16")],
)
def test_equals_scikit_learn(n: int, d: int, offset: float, dtype: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pca, "ROWS_AT_ONCE", 128)
    X = _features(n, d, offset, dtype)
    rows = np.arange(0, n, 2)
    found = principal_components(X, rows, 3)
    peer = PCA(3, svd_solver="full").fit(X[rows].astype(np.float64))
    coordinates = peer.transform(X[rows].astype(np.float64))
    signs = np.sign((found.coordinates * coordinates).sum(axis=0))
    np.testing.assert_allclose(found.coordinates, coordinates * signs, atol=2e-4 * np.abs(coordinates).max())
    np.testing.assert_allclose(found.explained_variance_ratio, peer.explained_variance_ratio_, rtol=1e-4)


def test_the_sign_does_not_depend_on_the_order_of_samples() -> None:
    X = _features(200, 6, dtype="float64")
    turned = np.random.default_rng(1).permutation(200)
    a, b = (principal_components(Z, np.arange(200)).coordinates for Z in (X, X[turned]))
    np.testing.assert_allclose(a[turned], b, atol=1e-10)


def test_gram_side_and_covariance_side_agree() -> None:
    X = _features(60, 60, dtype="float64")
    rows = np.arange(60)
    wide = principal_components(np.hstack([X, np.zeros((60, 1))]), rows).coordinates
    np.testing.assert_allclose(wide, principal_components(X, rows).coordinates, atol=1e-8)


@pytest.mark.parametrize("shape", [(1, 5), (1, 1), (7, 1), (2, 5), (50, 3)])
def test_directions_that_do_not_exist_are_zero(shape: tuple[int, int]) -> None:
    constant = principal_components(np.ones(shape, np.float32), np.arange(shape[0]))
    assert not constant.coordinates.any() and not constant.explained_variance_ratio.any()
    line = principal_components(np.outer(np.arange(shape[0]), np.ones(shape[1])), np.arange(shape[0]))
    np.testing.assert_allclose(line.coordinates[:, 1], 0, atol=1e-6)
    assert line.explained_variance_ratio[0] == pytest.approx(1.0 if shape[0] > 1 else 0.0)


def test_a_number_that_is_not_finite_is_named_by_its_row_in_the_bundle() -> None:
    X = np.zeros((20, 3))
    X[15, 0] = np.nan
    with pytest.raises(GeometryError, match="1 numbers .* row 15"):
        principal_components(X, np.arange(10, 20))
    with pytest.raises(GeometryError, match="at least 1 sample"):
        principal_components(X, np.arange(0))
