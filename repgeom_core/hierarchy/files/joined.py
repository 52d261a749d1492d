"""Several trees under one root."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from repgeom_core.hierarchy.tree import Tree, renumbered

STEP = 0.01  # how far one join lies above the one before, in the height of the highest tree


def joined(trees: Sequence[Tree]) -> Tree:
    """One tree over the leaves of all, those of the first tree first: neighbours are joined two by two, above the highest merge.

    The joins stand for no merge of data: they are marked ``approximate``, their heights only say what was joined first. A cut into
    as many clusters as there are trees gives back the trees.
    """
    leaves = np.cumsum([0, *(tree.n for tree in trees)])
    merges = np.cumsum([0, *(tree.n - 1 for tree in trees)])
    n, made = int(leaves[-1]), int(merges[-1])

    def numbers(nodes: np.ndarray, t: int) -> np.ndarray:
        here = trees[t].n
        return np.where(nodes < here, nodes + leaves[t], nodes - here + n + merges[t])

    left = [numbers(tree.left.astype(np.int64), t) for t, tree in enumerate(trees)]
    right = [numbers(tree.right.astype(np.int64), t) for t, tree in enumerate(trees)]
    waiting = [int(numbers(np.array(tree.root), t)) for t, tree in enumerate(trees)]
    pairs: list[tuple[int, int]] = []
    while len(waiting) > 1:
        above = []
        for k in range(0, len(waiting) - 1, 2):
            above.append(n + made + len(pairs))
            pairs.append((waiting[k], waiting[k + 1]))
        waiting = above + waiting[len(waiting) - len(waiting) % 2 :]
    top = max((float(tree.height.max(initial=0)) for tree in trees), default=0.0) or 1.0
    return renumbered(
        np.concatenate([*left, np.array([pair[0] for pair in pairs], np.int64)]),
        np.concatenate([*right, np.array([pair[1] for pair in pairs], np.int64)]),
        np.concatenate([*(tree.height for tree in trees), top * (1 + STEP * np.arange(1, len(pairs) + 1))]),
        method=trees[0].method,
        approximate=np.concatenate([*(tree.approximate for tree in trees), np.ones(len(pairs), bool)]),
        meta={"joined": len(trees)},
    )
