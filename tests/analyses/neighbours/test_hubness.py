from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import skew
from sklearn.datasets import load_digits
from sklearn.neighbors import NearestNeighbors

from repgeom_core import measure


@pytest.fixture(scope="module")
def digits() -> np.ndarray:
    return load_digits().data / 16


@pytest.mark.parametrize(
    ("k", "value", "largest", "antihubs"), [(5, 0.7711, 17, 0.0423), (10, 0.7924, 35, 0.0089), (20, 0.7310, 65, 0.0017)]
)
def test_digits(digits, k, value, largest, antihubs) -> None:
    result = measure("hubness", X=digits, k=k, interval=False, null=False)
    assert result.value == pytest.approx(value, abs=1e-3)  # ties of float32 move the fourth digit
    assert result.notes["largest"] == largest
    assert result.notes["antihub share"] == pytest.approx(antihubs, abs=1e-3)


def test_agrees_with_counts_of_sklearn(digits) -> None:
    X = digits[:500]
    near = NearestNeighbors(n_neighbors=7, algorithm="brute").fit(X).kneighbors(return_distance=False)
    counts = np.bincount(near.ravel(), minlength=500)
    result = measure("hubness", X=X, k=7, interval=False, null=False)
    np.testing.assert_array_equal(result.details["per_sample"], counts)
    assert result.value == pytest.approx(skew(counts), rel=1e-12)


def test_even_points_on_a_circle_have_no_hubs() -> None:
    angles = 2 * np.pi * np.arange(100) / 100
    result = measure("hubness", X=np.stack([np.cos(angles), np.sin(angles)], axis=1), k=4, interval=False, null=False)
    assert np.isnan(result.value)
    assert (result.details["per_sample"] == 4).all()
    assert "equally often" in result.notes["why"]


def test_one_hub_in_a_star() -> None:
    """Corners of a simplex about its centre: with one neighbour each, the centre is everybody's, and one corner is the centre's."""
    X = np.vstack([np.zeros(6), (np.eye(6) - 1 / 6) * (1 + 0.01 * np.arange(6))[:, None]])
    result = measure("hubness", X=X, k=1, interval=False, null=False)
    assert result.notes["largest"] == 6
    assert result.details["per_sample"][0] == 6
    assert result.notes["antihub share"] == pytest.approx(5 / 7)


@pytest.mark.parametrize(("d", "expected"), [(3, -0.36), (10, 0.80), (64, 5.2)])
def test_hubness_of_a_gaussian_grows_with_its_dimension(d, expected) -> None:
    X = np.random.default_rng(0).standard_normal((1797, d))
    assert measure("hubness", X=X, interval=False, null=False).value == pytest.approx(expected, rel=0.25, abs=0.12)


def test_the_null_has_the_intrinsic_dimension(digits) -> None:
    """Digits lie in 64 dimensions, a white Gaussian of which reads 5.2, on 9.04 degrees of freedom: nine of them read .62."""
    null = measure("hubness", X=digits, interval=False).null
    assert null is not None
    assert null.mean == pytest.approx(0.62, abs=0.1)


def test_the_null_needs_no_head_of_its_dimension(digits) -> None:
    """The features come with a head and a second view, as those of a bundle do."""
    result = measure("hubness", X=digits[:200], W=np.eye(10, 64), b=np.zeros(10), views=digits[:200], interval=False)
    assert result.null is not None


def test_too_few_samples_say_so() -> None:
    assert "11 samples" in measure("hubness", X=np.eye(5), interval=False, null=False).notes["why"]
