"""Most frequent class and entropy of every node's labels, class by class so that memory does not grow with their number; compiled."""

from __future__ import annotations

import numpy as np

from repgeom_core.linalg.machine_code import compiled


@compiled()
def largest_and_entropy_sum(codes, start, count, classes):  # type: ignore[no-untyped-def]
    """Of each node: the count of its most frequent class, that class (the first of equals, −1: no label), and Σ c·log c over its classes.

    ``codes (n,)`` are the labels in dendrogram order, −1 for none; the node's are ``codes[start : start + count]``.
    """
    n, nodes = len(codes), len(start)
    logs = np.zeros(n + 1)
    for c in range(2, n + 1):
        logs[c] = c * np.log(c)
    largest, majority, total = np.zeros(nodes, np.int32), np.full(nodes, -1, np.int32), np.zeros(nodes)
    before = np.zeros(n + 1, np.int32)  # members of the class before each place
    for k in range(classes):
        for i in range(n):
            before[i + 1] = before[i] + (codes[i] == k)
        for node in range(nodes):
            c = before[start[node] + count[node]] - before[start[node]]
            if c > largest[node]:
                largest[node], majority[node] = c, k
            total[node] += logs[c]
    return largest, majority, total
