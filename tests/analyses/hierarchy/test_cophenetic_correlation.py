"""Cophenetic correlation: 1 for nested data, scipy's number otherwise, and a fair estimate where pairs are drawn."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.cluster.hierarchy import cophenet, linkage
from scipy.spatial.distance import pdist
from sklearn.datasets import load_digits

from repgeom_core import measure
from repgeom_core.hierarchy import cophenetic

X = load_digits().data / 16


def correlation(features: np.ndarray, null: bool = False, **parameters: str):
    return measure("cophenetic_correlation", features, interval=False, null=null, **parameters)


@pytest.mark.parametrize(("method", "expected"), [("ward", 0.566295), ("average", 0.661449), ("complete", 0.541688), ("single", 0.421998)])
def test_digits(method: str, expected: float) -> None:
    assert correlation(X, method=method).value == pytest.approx(expected, abs=1e-6)


def test_it_is_what_scipy_finds() -> None:
    features = np.random.default_rng(0).normal(size=(150, 5))
    assert correlation(features, method="average").value == pytest.approx(
        cophenet(linkage(features, "average"), pdist(features))[0], rel=1e-10
    )


@pytest.mark.parametrize("method", ["ward", "average", "complete", "single"])
def test_one_for_nested_data(method: str) -> None:
    """Leaves of a balanced tree whose branches go along axes of their own: all pairs that meet at a node are equally far."""
    leaves = np.arange(16)
    levels = [np.eye(2 ** (level + 1))[leaves >> (3 - level)] * 3.0 ** (3 - level) for level in range(4)]
    assert correlation(np.hstack(levels), method=method).value == pytest.approx(1, abs=0.01 if method == "ward" else 1e-9)


def test_pairs_drawn_at_random_give_nearly_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cophenetic.pairs_of, "__defaults__", (0, 100, 200_000))
    found = correlation(X, method="average")
    assert found.notes == {"pairs": 200_000, "drawn at random out of": 1797 * 1796 // 2}
    assert found.value == pytest.approx(0.661449, abs=0.006)


def test_noise_is_below_clusters_and_corners_of_a_simplex_have_none() -> None:
    found = correlation(X[:300], method="average", null=True)
    assert found.value > found.null.mean + 3 * found.null.sd
    assert "equally far" in correlation(np.eye(6)).notes["why"]
