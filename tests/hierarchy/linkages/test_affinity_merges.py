"""One step of graph-degree linkage, on a graph small enough to work out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np

from repgeom_core.hierarchy.linkages.affinity_merges import affinities, best_of_row, clear_row, merge_some


def small() -> tuple[Any, Any, Any]:
    """Samples 0, 1 | 2 | 3 with edges 0 → 2 (.5), 2 → 0 (.25), 2 → 1 (.5), 1 → 2 (1), 3 → 2 (1); sample 3 is nobody's neighbour."""
    out = np.array([0, 1, 2, 4, 5]), np.array([2, 2, 0, 1, 2]), np.array([0.5, 1.0, 0.25, 0.5, 1.0])
    back = np.array([0, 1, 2, 5, 5]), np.array([2, 2, 0, 1, 3]), np.array([0.25, 0.5, 0.5, 1.0, 1.0])
    clusters = np.array([0, 0, 1, 2]), np.array([2, 1, 1]), np.array([0, 2, 3]), np.array([1, -1, -1, -1])
    scratch = (
        np.full(3, -1.0), np.empty(3, np.int64), np.zeros(3), np.zeros(4), np.zeros(4), np.empty(4, np.int64),
        np.zeros(3), np.zeros(3), np.empty(3, np.int64),
    )  # fmt: skip
    return (*out, *back), clusters, scratch


def test_affinity_is_what_passes_there_and_back_over_squared_sizes() -> None:
    graph, clusters, scratch = small()
    # Over sample 2: (.5 + 1)(.25 + .5) / 2²; over samples 0 and 1: .25 · .5 + .5 · 1, over 1².
    expected = 1.5 * 0.75 / 4 + 0.625
    for q, other in ((0, 1), (1, 0)):
        found = affinities(q, graph, clusters, scratch)
        assert best_of_row(found, scratch) == (other, expected)
        clear_row(found, scratch)


def test_an_edge_without_a_way_back_is_no_affinity() -> None:
    graph, clusters, scratch = small()
    found = affinities(2, graph, clusters, scratch)
    assert best_of_row(found, scratch) == (-1, 0.0)


def test_merging_ends_where_no_affinity_is_left() -> None:
    graph, clusters, scratch = small()
    partner, best = np.array([1, 0, -1]), np.array([0.90625, 0.90625, 0.0])
    into, gone, affinity = np.empty(2, np.int64), np.empty(2, np.int64), np.empty(2)
    made = merge_some(2, partner, best, graph, clusters, scratch, into, gone, affinity)
    assert (made, into[0], gone[0], affinity[0]) == (1, 0, 1, 0.90625)
    assert clusters[0].tolist() == [0, 0, 0, 2] and clusters[1][0] == 3
