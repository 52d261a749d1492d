"""Dendrogram purity: do samples of one class meet in the tree before others come in?"""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.hierarchy.cuts import different_samples
from repgeom_core.analyses.hierarchy.paired import CAP, METHOD
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.hierarchy.by_k import class_counts
from repgeom_core.hierarchy.tree import Tree


@analysis(
    title="Dendrogram purity",
    needs=("features", "tree", "labels"),
    parameters={"method": METHOD},
    invariant_to=("rotation", "translation", "scaling"),
    better="higher",
    null="shuffled labels",
    interval="halves",
    repeats="few",
    cost="one tree, O(n K) after",
    cap=CAP,
    version=2,
    bounds=(0, 1),
    formula="mean over pairs i < j of one class c of #{class c below the node where i and j meet} / #{samples below it}",
    reference="Heller & Ghahramani, ICML 2005; exact, over all pairs of different samples of one class, not drawn at random",
    oracle="a loop over pairs with scipy's tree",
    truths="a tree whose highest merges separate the classes: 1; shuffled labels: Σ p², digits .1037; digits Ward .851396",
)
def dendrogram_purity(data: Inputs, method: str) -> Outcome:
    """How pure the smallest cluster of the tree is, on average, that holds two samples of the same class: 1 when each class is one branch.

    It judges the whole tree, without a number of clusters. Large classes count most: a class of n samples has n(n − 1)/2 pairs;
    ``per_class`` has each by itself. Copies of a sample meet all at once. NaN where no class has two samples, or all samples are equal.
    """
    if different_samples(data) == 1:
        return Outcome(float("nan"), notes={"why": "all samples are equal"})
    tree, y, classes = data.tree(method), data.y, data.K
    pairs = np.bincount(y, minlength=classes).astype(np.float64)
    pairs *= (pairs - 1) / 2
    pure = np.zeros(classes)  # over the pairs of each class
    met = _where_copies_meet(tree)
    for first, counts in class_counts(tree, y, classes):
        meeting = counts[tree.left].astype(np.float64) * counts[tree.right]
        pure[first : first + counts.shape[1]] = np.einsum("vk,vk,v->k", meeting, counts[met], 1 / tree.count[met])
    if not pairs.any():
        return Outcome(float("nan"), notes={"why": "no class has two samples"})
    kept = np.flatnonzero(pairs)
    return Outcome(float(pure.sum() / pairs.sum()), {"per_class": pure[kept] / pairs[kept], "classes": kept})


def _where_copies_meet(tree: Tree) -> np.ndarray:
    """Of each merge (n - 1,) the node that it is part of: the highest of those at height 0 above one at height 0, else itself."""
    above = np.arange(tree.nodes)
    copies = np.flatnonzero(tree.height[: tree.n - 2] == 0) + tree.n
    together = copies[tree.own_height[tree.parent[copies]] == 0]
    above[together] = tree.parent[together]
    while (above[above] != above).any():
        above = above[above]
    return above[tree.n :]
