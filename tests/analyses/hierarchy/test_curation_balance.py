"""Curation balance: equal groups are balanced, and density exponents are those of k-means."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import entropy

from repgeom_core import measure

RNG = np.random.default_rng(0)
CORNERS = 1000 * np.eye(4)


def far_groups(sizes: tuple[int, ...]) -> np.ndarray:
    return np.repeat(CORNERS, sizes, axis=0) + np.random.default_rng(0).normal(size=(sum(sizes), 4))


def test_equal_far_groups_are_balanced() -> None:
    result = measure("curation_balance", far_groups((50, 50, 50, 50)), clusters=4, levels=1, interval=False, null=False)
    assert result.value == 0 and result.notes["Gini coefficient"] == 0
    assert np.bincount(result.details["labels"]).tolist() == [50] * 4


@pytest.mark.parametrize("levels", [1, 2])
def test_unequal_far_groups_have_the_divergence_of_their_sizes(levels: int) -> None:
    result = measure("curation_balance", far_groups((10, 20, 70, 100)), clusters=4**levels, levels=levels, interval=False, null=False)
    assert result.value == pytest.approx(entropy([10, 20, 70, 100], [1, 1, 1, 1]))
    labels = result.details["labels"]
    assert [len(np.unique(part)) for part in np.split(labels, [10, 30, 100])] == [1, 1, 1, 1]


def test_density_of_centroids_is_less_than_that_of_the_data_and_less_with_each_level() -> None:
    X = RNG.normal(size=(10_000, 2))
    result = measure("curation_balance", X, clusters=1600, levels=2, rounds=0, interval=False, null=False)
    assert result.notes["clusters by level"] == [1600, 40]
    first, second = result.notes["density exponent by level"]
    assert 0.35 < first < 0.85 and second < first
    spacing, among = result.details["distance_to_samples_x"], result.details["distance_to_the_next_centroid"]
    assert (np.diff(spacing) > 0).all() and among[-1] > among[0]


def test_too_few_samples_are_undefined_with_the_reason() -> None:
    assert "too few" in measure("curation_balance", RNG.normal(size=(2, 3)), interval=False, null=False).notes["why"]
    assert measure("curation_balance", np.zeros((50, 3)), interval=False, null=False).notes["why"] == "all samples are in one cluster"
