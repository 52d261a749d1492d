"""Neighbourhood change: none for a rotated copy, chance for strangers, and sets of exact neighbours otherwise."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.neighbors import NearestNeighbors

from repgeom_core import measure
from repgeom_core.errors import RepGeomError

X = load_digits().data / 16


def change(features: np.ndarray, views: np.ndarray, null: bool = False, **parameters: int):
    return measure("neighbourhood_change", features, views=views, interval=False, null=null, **parameters)


@pytest.mark.parametrize(("k", "overlap"), [(5, 0.1354), (10, 0.1767), (30, 0.2463)])
def test_halves_of_digits(k: int, overlap: float) -> None:
    result = change(X[:, :32], X[:, 32:], k=k)
    assert result.value == pytest.approx(1 - overlap, abs=1e-3)  # the order of ties moves the fourth digit
    assert result.notes["chance"] == pytest.approx(1 - k / 1796)


def test_it_is_what_sets_of_exact_neighbours_differ_by() -> None:
    rng = np.random.default_rng(0)
    one, two = rng.normal(size=(200, 6)), rng.normal(size=(200, 4))
    two[:, :3] += 2 * one[:, :3]

    def sets(points: np.ndarray) -> list[set[int]]:
        near = NearestNeighbors(n_neighbors=7, algorithm="brute").fit(points).kneighbors(return_distance=False)
        return [set(row) for row in near]

    expected = [1 - len(a & b) / 7 for a, b in zip(sets(one), sets(two), strict=True)]
    np.testing.assert_allclose(change(one, two, k=7).details["per_sample"], expected, atol=1e-12)


def test_a_rotated_scaled_copy_changes_no_neighbourhood() -> None:
    features = np.random.default_rng(0).normal(size=(300, 8))
    Q = np.linalg.qr(np.random.default_rng(1).normal(size=(8, 8)))[0]
    assert change(features, 7 * features @ Q + 3).value == 0


def test_strangers_change_as_chance_says_and_so_do_shuffled_pairs() -> None:
    rng = np.random.default_rng(0)
    features, strangers = rng.normal(size=(500, 8)), rng.normal(size=(500, 8))
    result = change(features, features + 0.1 * strangers, null=True)
    assert change(features, strangers).value == pytest.approx(result.notes["chance"], abs=0.005)
    assert result.null.mean == pytest.approx(result.notes["chance"], abs=0.005)
    assert result.value < 0.4


def test_other_samples_and_too_few_of_them_are_told() -> None:
    with pytest.raises(RepGeomError, match=r"each of the 1,797 samples, got 1,000 rows"):
        change(X, X[:1000])
    assert "15 neighbours need 16 samples" in change(X[:15], X[:15]).notes["why"]
