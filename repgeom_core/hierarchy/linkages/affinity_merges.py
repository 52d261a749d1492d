"""The loop of graph-degree linkage, compiled: merging the two clusters of greatest affinity until none is left between any two."""

from __future__ import annotations

import numpy as np

from repgeom_core.linalg.machine_code import compiled


@compiled()
def affinities(q, graph, clusters, scratch):  # type: ignore[no-untyped-def]
    """Affinity of cluster ``q`` with each cluster that it touches: into ``scratch.row``, of the clusters listed first in ``scratch.near``;
    how many those are. One pass over the edges of q's members.

    ``graph``: (first (n + 1,), sample, weight) of the edges out of each sample, then the same of the edges into it.
    ``clusters``: (label (n,), size, head, next (n,)), the members of each cluster as a chained list.
    """
    out_first, out_sample, out_weight, in_first, in_sample, in_weight = graph
    label, size, head, following = clusters
    row, near, backward, from_q, to_q, seen, inward, outward, passing = scratch
    touched = 0
    i = head[q]
    while i >= 0:
        for e in range(out_first[i], out_first[i + 1]):
            j = out_sample[e]
            if label[j] != q:
                if from_q[j] == 0.0 and to_q[j] == 0.0:
                    seen[touched] = j
                    touched += 1
                from_q[j] += out_weight[e]
        for e in range(in_first[i], in_first[i + 1]):
            j = in_sample[e]
            if label[j] != q:
                if from_q[j] == 0.0 and to_q[j] == 0.0:
                    seen[touched] = j
                    touched += 1
                to_q[j] += in_weight[e]
        i = following[i]
    found = 0
    for t in range(touched):  # what passes q -> j -> q, over the samples j of each other cluster
        j = seen[t]
        c = label[j]
        if row[c] < 0.0:
            row[c] = 0.0
            near[found] = c
            found += 1
        row[c] += from_q[j] * to_q[j]
        from_q[j] = to_q[j] = 0.0
    i = head[q]
    while i >= 0:  # what passes c -> i -> c, over the samples i of q
        passed = 0
        for e in range(out_first[i], out_first[i + 1]):
            c = label[out_sample[e]]
            if c != q:
                if outward[c] == 0.0:
                    passing[passed] = c
                    passed += 1
                outward[c] += out_weight[e]
        for e in range(in_first[i], in_first[i + 1]):
            c = label[in_sample[e]]
            if c != q:
                inward[c] += in_weight[e]
        for p in range(passed):
            c = passing[p]
            backward[c] += outward[c] * inward[c]
            outward[c] = 0.0
        for e in range(in_first[i], in_first[i + 1]):
            inward[label[in_sample[e]]] = 0.0
        i = following[i]
    for f in range(found):
        c = near[f]
        row[c] = row[c] / (size[q] * size[q]) + backward[c] / (size[c] * size[c])
        backward[c] = 0.0
    return found


@compiled()
def best_of_row(found, scratch):  # type: ignore[no-untyped-def]
    """The cluster of greatest affinity in the row that ``affinities`` filled, the lowest number among equals, and that affinity; (-1, 0)
    where there is none."""
    row, near = scratch[0], scratch[1]
    partner, affinity = -1, 0.0
    for f in range(found):
        c = near[f]
        if row[c] > affinity or (row[c] == affinity and affinity > 0.0 and c < partner):
            partner, affinity = c, row[c]
    return partner, affinity


@compiled()
def clear_row(found, scratch):  # type: ignore[no-untyped-def]
    row, near = scratch[0], scratch[1]
    for f in range(found):
        row[near[f]] = -1.0


@compiled()
def first_partners(partner, best, graph, clusters, scratch):  # type: ignore[no-untyped-def]
    """The partner of greatest affinity of every start cluster."""
    for q in range(len(partner)):
        found = affinities(q, graph, clusters, scratch)
        partner[q], best[q] = best_of_row(found, scratch)
        clear_row(found, scratch)


@compiled()
def merge_some(steps, partner, best, graph, clusters, scratch, into, gone, affinity):  # type: ignore[no-untyped-def]
    """At most ``steps`` merges of greatest affinity: cluster ``gone[s]`` goes into ``into[s]`` at ``affinity[s]``; how many were made."""
    label, size, head, following = clusters
    row, near = scratch[0], scratch[1]
    for step in range(steps):
        a = int(np.argmax(best))
        if best[a] <= 0.0:
            return step
        b = partner[a]
        if size[b] > size[a]:  # the smaller one is relabelled
            a, b = b, a
        into[step], gone[step], affinity[step] = a, b, best[a]
        i, last = head[b], -1
        while i >= 0:
            label[i] = a
            last, i = i, following[i]
        following[last] = head[a]
        head[a], head[b] = head[b], -1
        size[a] += size[b]
        best[b], partner[b] = -1.0, -1

        found = affinities(a, graph, clusters, scratch)
        partner[a], best[a] = best_of_row(found, scratch)
        sunk = 0
        for f in range(found):
            c = near[f]
            value = row[c]
            if value > best[c] or (value == best[c] and value > 0.0 and (partner[c] == b or a < partner[c])):
                partner[c], best[c] = a, value
            elif partner[c] == a or partner[c] == b:
                near[sunk] = c  # its best may now be another; behind f, so nothing unread is overwritten
                row[c] = -1.0
                sunk += 1
            if row[c] >= 0.0:
                row[c] = -1.0
        waiting = near[:sunk].copy()
        for c in waiting:
            there = affinities(c, graph, clusters, scratch)
            partner[c], best[c] = best_of_row(there, scratch)
            clear_row(there, scratch)
    return steps
