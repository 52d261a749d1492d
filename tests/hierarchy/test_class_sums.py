"""What the classes below every node come to, against a count of each class at each node."""

from __future__ import annotations

import time

import numpy as np
import pytest

from repgeom_core.hierarchy.class_sums import class_sums
from repgeom_core.hierarchy.tree import Tree


def chain(n: int) -> Tree:
    return Tree(np.concatenate([[0], np.arange(n, 2 * n - 2)]), np.arange(1, n), np.arange(1.0, n))


def grown(n: int, seed: int) -> Tree:
    """Any two roots merged, one after the other."""
    rng, roots, left, right = np.random.default_rng(seed), list(range(n)), [], []
    for node in range(n, 2 * n - 1):
        for side in (left, right):
            place = rng.integers(len(roots))
            roots[place], roots[-1] = roots[-1], roots[place]
            side.append(roots.pop())
        roots.append(node)
    return Tree(np.array(left, int), np.array(right, int), np.arange(1.0, n))


@pytest.mark.parametrize("tree", [*(grown(n, n) for n in (1, 2, 3, 50, 300)), chain(80)])
@pytest.mark.parametrize("classes", [1, 4, 40])
def test_sums_are_those_of_the_counts_of_each_class(tree: Tree, classes: int) -> None:
    y = np.random.default_rng(0).integers(-1, classes, tree.n)
    counts = tree.sums(y[:, None] == np.arange(classes))
    found = class_sums(tree, y, classes)
    assert (found.largest == counts.max(axis=1)).all()
    assert (found.majority == np.where(counts.max(axis=1) > 0, counts.argmax(axis=1), -1)).all()
    assert (found.squares == (counts**2).sum(axis=1)).all()
    np.testing.assert_allclose(found.logs, (counts * np.log(np.maximum(counts, 1))).sum(axis=1), rtol=1e-13, atol=1e-12)


@pytest.mark.parametrize("tree", [chain(300_000), grown(100_000, 0)])
def test_many_classes_of_many_samples_take_no_time_for_each_pair(tree: Tree) -> None:
    y = np.random.default_rng(0).integers(0, 5_000, tree.n)
    class_sums(chain(3), np.zeros(3, int), 1)
    before = time.process_time()
    found = class_sums(tree, y, 5_000)
    assert time.process_time() - before < 2  # a count of each class at each node: 10 times as long
    counts = np.bincount(y)
    assert found.largest[tree.root] == counts.max() and found.squares[tree.root] == (counts.astype(np.int64) ** 2).sum()
    assert found.logs[tree.root] == pytest.approx((counts * np.log(counts)).sum(), rel=1e-14)
