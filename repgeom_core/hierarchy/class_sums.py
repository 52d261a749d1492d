"""What the classes below every node come to, without a count of each class at each node; compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from repgeom_core.linalg.machine_code import compiled

if TYPE_CHECKING:
    from repgeom_core.hierarchy.tree import Tree


class ClassSums(NamedTuple):
    """Of each node (2n - 1,), with c the number of its leaves in a class: the greatest c, the class that has it (the first of equals, −1:
    no label), Σ c·log c and Σ c² over the classes."""

    largest: np.ndarray
    majority: np.ndarray
    logs: np.ndarray
    squares: np.ndarray


def class_sums(tree: Tree, y: np.ndarray, classes: int) -> ClassSums:
    """``y (n,)``: class 0..classes-1 of each leaf, −1 for none. Time O(n log n) for any tree and any number of classes."""
    return ClassSums(*_along_heavy_paths(tree.left, tree.right, tree.start, tree.count, y[tree.order].astype(np.int32), classes))


@compiled()
def _along_heavy_paths(left, right, start, count, codes, classes):  # type: ignore[no-untyped-def]
    """``codes (n,)`` in dendrogram order. Counts of classes grow along a path from a leaf upwards, always from the larger child, by the
    leaves of the smaller one: a leaf is the smaller side of at most log2(n) merges."""
    n = len(codes)
    nodes = 2 * n - 1
    logs_of = np.zeros(n + 1)
    for c in range(2, n + 1):
        logs_of[c] = c * np.log(c)
    largest, majority = np.zeros(nodes, np.int32), np.full(nodes, -1, np.int32)
    logs, squares = np.zeros(nodes), np.zeros(nodes, np.int64)
    ends = np.ones(nodes, np.bool_)  # paths end at smaller children, and at the root
    larger = np.empty(n - 1, np.int32)
    for i in range(n - 1):
        larger[i] = left[i] if count[left[i]] >= count[right[i]] else right[i]
        ends[larger[i]] = False
    of_class, path = np.zeros(classes, np.int64), np.empty(n, np.int32)
    for end in range(nodes):
        if not ends[end]:
            continue
        length, node = 1, end
        path[0] = end
        while node >= n:
            node = larger[node - n]
            path[length] = node
            length += 1
        most, which, total_logs, rest, total_squares = 0, -1, 0.0, 0.0, 0
        for step in range(length - 1, -1, -1):
            node = path[step]
            fresh = node if node < n else left[node - n] + right[node - n] - larger[node - n]
            for place in range(start[fresh], start[fresh] + count[fresh]):
                k = codes[place]
                if k < 0:
                    continue
                c = of_class[k] + 1
                of_class[k] = c
                gain = logs_of[c] - logs_of[c - 1] - rest  # Kahan: a million roundings would show
                raised = total_logs + gain
                rest = raised - total_logs - gain
                total_logs = raised
                total_squares += 2 * c - 1
                if c > most or (c == most and k < which):
                    most, which = c, k
            largest[node], majority[node], logs[node], squares[node] = most, which, total_logs, total_squares
        for place in range(start[end], start[end] + count[end]):
            if codes[place] >= 0:
                of_class[codes[place]] = 0
    return largest, majority, logs, squares
