"""Two cuts facing each other: their clusters in such orders that the bands of shared samples cross as little as flips allow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from repgeom_core.hierarchy.cut import merges_above
from repgeom_core.hierarchy.tree import Tree

STARTS = 6  # orders to begin from: the given one, and seeded random flips
ROUNDS = 50


@dataclass(frozen=True)
class Tanglegram:
    """``order_a``, ``order_b``: the clusters of both cuts from top to bottom, as places in the cuts' own dendrogram orders.

    Both are dendrogram orders of their trees with some children exchanged. ``before``, ``after``: pairs of samples whose bands cross, in
    the dendrogram orders and in these.
    """

    order_a: np.ndarray
    order_b: np.ndarray
    before: float
    after: float


def tanglegram(tree_a: Tree, nodes_a: np.ndarray, tree_b: Tree, nodes_b: np.ndarray, flow: np.ndarray, seed: int = 0) -> Tanglegram:
    """Orders of the clusters ``nodes_a`` and ``nodes_b`` (cuts of whole trees, in dendrogram order), with crossings reduced.

    ``flow[i, j]`` is the number of samples that cluster i of A and cluster j of B share. With one side fixed, the best flip at each
    merge of the other does not depend on its other flips, so that side's order is the best there is; both sides take turns until nothing
    improves, from several starts, of which the best is taken. Crossings never increase.
    """
    flow = np.asarray(flow, np.float64)
    splits_a, splits_b = _splits(tree_a, nodes_a), _splits(tree_b, nodes_b)
    order_a, order_b = np.arange(len(nodes_a)), np.arange(len(nodes_b))
    before = crossings(flow, order_a, order_b)
    best = Tanglegram(order_a, order_b, before, before)
    rng = np.random.default_rng(seed)
    for start in range(STARTS):
        a = order_a if start == 0 else _order(splits_a, rng.random(len(splits_a)) < 0.5, len(nodes_a))
        found = _settled(flow, splits_a, splits_b, a, order_b)
        if (after := crossings(flow, *found)) < best.after:
            best = Tanglegram(*found, before, after)
    return best


def crossings(flow: np.ndarray, order_a: np.ndarray, order_b: np.ndarray) -> float:
    """Pairs of samples whose bands cross: one stands above the other in A's order, and below it in B's."""
    return float(np.triu(_before(np.asarray(flow, np.float64)[order_a][:, order_b]), 1).sum())


def _settled(
    flow: np.ndarray, splits_a: _Splits, splits_b: _Splits, order_a: np.ndarray, order_b: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    fewest = np.inf
    for _ in range(ROUNDS):
        order_b = _best_order(flow[order_a].T, splits_b)
        order_a = _best_order(flow[:, order_b], splits_a)
        now = crossings(flow, order_a, order_b)
        if now >= fewest:
            break
        fewest = now
    return order_a, order_b


# Of every merge above the cut, children first: its clusters' places, first, first of the right, end.
_Splits = Sequence[tuple[int, int, int]]


def _splits(tree: Tree, nodes: np.ndarray) -> _Splits:
    """Clusters below a merge are neighbours in dendrogram order."""
    above = np.array(merges_above(tree, nodes), np.int64)
    begin, middle = tree.start[above], tree.start[tree.right[above - tree.n]]
    places = np.searchsorted(tree.start[nodes], np.stack([begin, middle, begin + tree.count[above]], axis=1))
    return [(first, middle, last) for first, middle, last in places.tolist()]


def _best_order(flow: np.ndarray, splits: _Splits) -> np.ndarray:
    """The order of the rows of ``flow`` with fewest crossings while the columns stand as they do."""
    cost = _before(flow)
    flips = np.array([cost[a:m, m:b].sum() > cost[m:b, a:m].sum() for a, m, b in splits], bool)
    return _order(splits, flips, len(flow))


def _before(flow: np.ndarray) -> np.ndarray:
    """Crossings (k, k) between rows i and i' when i stands above i'."""
    return np.asarray(flow @ (np.cumsum(flow, axis=1) - flow).T)


def _order(splits: _Splits, flips: np.ndarray, clusters: int) -> np.ndarray:
    order = np.arange(clusters)
    for (first, middle, last), flip in zip(splits, flips, strict=True):
        if flip:
            order[first:last] = np.concatenate([order[middle:last], order[first:middle]])
    return order
