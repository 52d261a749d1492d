"""Walks over a flat tree that go node by node, compiled: children before parents, or parents before children; nothing recurses."""

from __future__ import annotations

import numpy as np

from repgeom_core.linalg.machine_code import compiled


@compiled()
def ranges(left, right):  # type: ignore[no-untyped-def]
    """Count of leaves (2n - 1,) of every node, and the place (2n - 1,) of its first leaf in dendrogram order."""
    merges = len(left)
    n = merges + 1
    count = np.ones(n + merges, np.int32)
    start = np.zeros(n + merges, np.int32)
    for i in range(merges):
        count[n + i] = count[left[i]] + count[right[i]]
    for i in range(merges - 1, -1, -1):
        start[left[i]] = start[n + i]
        start[right[i]] = start[n + i] + count[left[i]]
    return count, start


@compiled()
def totals(left, right, values):  # type: ignore[no-untyped-def]
    """Sums (2n - 1, m) over the leaves of every node of ``values (n, m)``: of each node only what lies below it is added."""
    merges = len(left)
    n, m = merges + 1, values.shape[1]
    total = np.empty((n + merges, m))
    total[:n] = values
    for i in range(merges):
        for c in range(m):
            total[n + i, c] = total[left[i], c] + total[right[i], c]
    return total


@compiled()
def raise_to_children(left, right, height):  # type: ignore[no-untyped-def]
    """Raises heights (n - 1,) in place so that no merge lies below a child; how many were raised."""
    merges = len(left)
    n, raised = merges + 1, 0
    for i in range(merges):
        highest = height[i]
        for child in (left[i], right[i]):
            if child >= n and height[child - n] > highest:
                highest = height[child - n]
        if highest > height[i]:
            height[i] = highest
            raised += 1
    return raised
