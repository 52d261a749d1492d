from __future__ import annotations

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors

NAME = "pca_dimension"
RULES = ("eigenvalue cut", "share of variance", "participation ratio")


def count(values: np.ndarray, rule: str, cut: float) -> float:
    if rule == "eigenvalue cut":
        return float((values / values[0] > cut).sum())
    if rule == "participation ratio":
        return float(values.sum() ** 2 / (values**2).sum())
    return float(np.argmax(np.cumsum(values) / values.sum() >= 1 - cut) + 1)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("k", [12, 80])
def test_agrees_with_sklearn_on_each_neighbourhood(of, rule, k) -> None:
    X = np.random.default_rng(0).standard_normal((300, 30)) * np.linspace(0.2, 2, 30)
    near = NearestNeighbors(n_neighbors=k, algorithm="brute").fit(X).kneighbors(return_distance=False)
    expected = np.array([count(PCA().fit(X[rows]).explained_variance_, rule, 0.05) for rows in near])
    result = of(NAME, X, k=k, rule=rule)
    np.testing.assert_allclose(result.details["per_sample"], expected, rtol=1e-9)
    assert result.value == pytest.approx(expected.mean(), rel=1e-12)
    assert result.notes["all samples together"] == pytest.approx(count(PCA().fit(X).explained_variance_, rule, 0.05))


@pytest.mark.parametrize("r", [1, 2, 5])
def test_samples_of_a_plane_have_its_dimension(of, r) -> None:
    rng = np.random.default_rng(r)
    X = rng.random((600, r)) @ np.linalg.qr(rng.standard_normal((20, r)))[0].T + 3
    assert np.median(of(NAME, X).details["per_sample"]) == r
    assert of(NAME, X).value == pytest.approx(r, abs=0.05)


def test_a_circle_is_a_line_around_each_sample_and_a_plane_as_a_whole(of, circle) -> None:
    result = of(NAME, circle)
    assert result.value == 1
    assert result.notes["all samples together"] == 2


def test_neighbourhoods_of_copies_have_no_dimension(of) -> None:
    X = np.repeat(np.eye(3), 10, axis=0)
    assert "differ" in of(NAME, X, k=5).notes["why"]
    assert "51 samples" in of(NAME, np.eye(20)).notes["why"]


def test_float32_features_far_from_the_origin(of) -> None:
    rng = np.random.default_rng(0)
    X = (rng.random((400, 2)) @ rng.standard_normal((2, 12)) + 50).astype(np.float32)
    assert of(NAME, X).value == pytest.approx(2, abs=0.02)
