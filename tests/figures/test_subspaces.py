"""Partitions beside labels: the match is the best one-to-one, and a marker knows its cell."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from repgeom_core.analyses.result import Result
from repgeom_core.figures.subspaces import accuracy_by_dimension, coding_rates, matched_accuracy, partition_beside_labels, residual_plane

RNG = np.random.default_rng(0)
LABELS = RNG.integers(0, 4, 300)
PARTITION = np.where(RNG.random(300) < 0.6, (LABELS + 1) % 4, RNG.integers(0, 4, 300))


def test_matched_accuracy_is_the_best_over_all_permutations() -> None:
    best = max(np.mean(np.array(p)[PARTITION] == LABELS) for p in permutations(range(4)))
    assert matched_accuracy(LABELS, PARTITION)[0] == pytest.approx(best)


def test_samples_in_no_group_and_spare_groups_are_errors() -> None:
    assert matched_accuracy(np.array([0, 0, 1, 1]), np.array([-1, -1, 3, 3]))[0] == 0.5
    assert matched_accuracy(np.array([0, 0, 0, 0]), np.array([1, 1, 2, 3]))[0] == 0.5
    assert matched_accuracy(np.array([0, 1, -1]), np.array([5, 7, 9]))[0] == 1.0


@pytest.mark.parametrize("partition", [PARTITION, PARTITION % 2, PARTITION * 3 - 1, np.arange(300) % 7])
def test_each_marker_counts_its_cell(partition: np.ndarray) -> None:
    _, trace = partition_beside_labels(LABELS, partition, "abcd", "K-subspaces").data
    for (label, group), share in zip(trace.customdata, trace.marker.color, strict=True):
        assert share == pytest.approx(np.mean(partition[label == LABELS] == group))
    assert len(trace.customdata) == 4 * len(np.unique(partition))


def test_residuals_carry_the_rows_of_their_samples() -> None:
    rows = np.array([3, 7, 9])
    figure = residual_plane(RNG.random((3, 2)), np.array([True, False, True]), rows, ("a", "b"), np.array([True, False, False]))
    found = {t.name: [c[0] for c in t.customdata] for t in figure.data if t.customdata is not None}
    assert found == {"a": [3, 9], "b": [7]}


def test_accuracy_is_drawn_between_0_and_100_per_cent() -> None:
    ones = np.ones(3)
    result = Result("subspace_classifier", 1.0, details={"dimension": np.arange(1, 4), "accuracy": ones, "accuracy_in_sample": ones})
    assert accuracy_by_dimension(result).layout.yaxis.range[1] == 1


def test_coding_rates_are_those_of_the_classes() -> None:
    result = Result("mcr2", 2.5, details={"per_class": np.array([3.0, 1.0]), "classes": np.array([0, 4])})
    figure = coding_rates(result, "abcde", selected=[4], height=300)
    assert list(figure.data[0].x) == [3, 1] and "2.5" in figure.layout.title.text and figure.layout.height == 300
