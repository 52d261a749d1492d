"""Graph-degree linkage: clusters merge where many short edges of the neighbour graph pass between them, there and back."""

from __future__ import annotations

import numpy as np

from repgeom_core.errors import GeometryError
from repgeom_core.hierarchy.linkages.exact import merges_of
from repgeom_core.hierarchy.linkages.grafting import Forest, Merges, tree_of, under
from repgeom_core.hierarchy.tree import Tree
from repgeom_core.linalg.neighbours import neighbours as nearest_neighbours
from repgeom_core.linalg.rows import finite_rows
from repgeom_core.progress import Progress

STEPS = 200  # merges between two reports


def graph_degree(X: np.ndarray, neighbours: int = 20, a: float = 1.0, seed: int = 0, progress: Progress | None = None) -> Tree:
    """Agglomeration by the affinity A(P, Q) = 1ᵀW_PQ W_QP 1 / n_P² + 1ᵀW_QP W_PQ 1 / n_Q² on the directed graph of nearest neighbours.

    w_ij = exp(−‖x_i − x_j‖² / σ²) for the ``neighbours`` j nearest to i, else 0, with σ² = ``a`` · mean of those ‖·‖². It starts from the
    weak components of the graph of first neighbours and merges the pair of greatest affinity (of equal ones: the first in row order), as
    Zhang et al., ECCV 2012 and the merging of JULE (Yang et al., CVPR 2016) without its term that weighs a cluster's other neighbours.
    Distances matter only up to a factor. Memory grows with n · neighbours. Nothing is random: ``seed`` changes nothing.

    Heights follow the order of merging, so that every cut by height is a state of the agglomeration: inside a start cluster, merged along
    its edges, shortest first, the edge's share of the longest such edge (0..1); then 1 + log(A_max / A) with A_max the greatest affinity
    of all merges and A the least so far; and clusters that no path joins (``meta["unconnected"]``: so many merges), by count-weighted
    Ward of their means, one more each.

    Raises:
        GeometryError: features that are not finite, or distances beyond float32; ``neighbours`` or ``a`` not positive.
    """
    progress = progress or Progress()
    if neighbours < 1 or not a > 0:
        raise GeometryError(f"Graph-degree linkage needs at least 1 neighbour and a positive a, got neighbours={neighbours} and a={a:g}.")
    X, n = finite_rows(np.asarray(X)), len(X)
    if n < 2:
        return Tree(np.empty(0), np.empty(0), np.empty(0), "graph_degree")
    graph = nearest_neighbours(X, min(neighbours, n - 1), progress=progress)
    lengths = graph.distances.astype(np.float64)
    if not np.isfinite(lengths).all():
        raise GeometryError("Distances between these features are beyond float32. Divide the features by a large number.")
    below, label = _starts(graph.indices[:, 0], lengths[:, 0])
    starts = len(below.roots)
    width = a * (lengths**2).mean()
    weights = np.exp(-(lengths**2) / width) if width > 0 else np.ones_like(lengths)
    into, gone, affinity = _agglomerated(graph.indices, weights, label, progress)
    left, right, node = np.empty(starts - 1, np.int64), np.empty(starts - 1, np.int64), np.arange(starts)
    for made, (p, q) in enumerate(zip(into, gone, strict=True)):
        left[made], right[made], node[p] = node[p], node[q], starts + made
    joined = 1 + np.log(affinity.max(initial=1e-300) / np.minimum.accumulate(affinity))
    top = float(joined[-1]) if len(joined) else 1.0

    rest, members = np.unique(label, return_inverse=True)  # clusters that no path joins
    unconnected = len(rest) - 1
    means = np.zeros((len(rest), X.shape[1]))
    np.add.at(means, members, X)
    sizes = np.bincount(members)
    last = merges_of(means / sizes[:, None], sizes, "ward")
    names = np.concatenate([node[rest], np.arange(starts + len(into), 2 * starts - 1)])
    left[len(into) :], right[len(into) :] = names[last.left], names[last.right]
    rank = np.empty(unconnected)
    rank[np.argsort(last.height, kind="stable")] = np.arange(1, unconnected + 1)
    merges = under(Merges(left, right, np.concatenate([joined, top + rank])), below)
    meta = {"n": n, "d": X.shape[1], "neighbours": graph.k, "a": a, "start clusters": starts, "unconnected": unconnected}
    return tree_of(merges, "graph_degree", meta)


def _starts(nearest: np.ndarray, length: np.ndarray) -> tuple[Forest, np.ndarray]:
    """The trees along the edges to first neighbours, shortest first, and the start cluster (n,) of each sample, numbered in row order."""
    n = len(nearest)
    above = list(range(n))  # union-find over samples

    def find(i: int) -> int:
        while above[i] != i:
            above[i] = above[above[i]]
            i = above[i]
        return i

    node = np.arange(n)
    left, right, height = [], [], []
    for i in np.argsort(length, kind="stable").tolist():
        p, q = sorted((find(i), find(int(nearest[i]))))
        if p != q:
            left.append(node[p])
            right.append(node[q])
            height.append(length[i])
            above[q], node[p] = p, n + len(left) - 1
    first, label = np.unique([find(i) for i in range(n)], return_inverse=True)
    share = np.array(height) / (max(height) or 1.0)
    return Forest(n, Merges(np.array(left), np.array(right), share), node[first]), label


def _agglomerated(
    indices: np.ndarray, weights: np.ndarray, label: np.ndarray, progress: Progress
) -> tuple[list[int], list[int], np.ndarray]:
    """Which cluster went into which at what affinity, in order, until no affinity is left; ``label`` is then that of the last state."""
    from scipy.sparse import csr_array

    from repgeom_core.hierarchy.linkages.affinity_merges import first_partners, merge_some

    n, k = indices.shape
    m = int(label.max()) + 1
    out = csr_array((weights.ravel(), indices.ravel(), np.arange(0, n * k + 1, k)), shape=(n, n))
    out.eliminate_zeros()  # of weights that underflow
    edges = [(M.indptr.astype(np.int64), M.indices.astype(np.int64), M.data) for M in (out, out.T.tocsr())]
    graph = (*edges[0], *edges[1])
    members = np.argsort(label, kind="stable")
    size = np.bincount(label, minlength=m)
    first = np.cumsum(size) - size
    following = np.full(n, -1)
    inner = np.diff(label[members]) == 0
    following[members[:-1][inner]] = members[1:][inner]
    clusters = (label, size, members[first], following)
    scratch = (
        np.full(m, -1.0), np.empty(m, np.int64), np.zeros(m),
        np.zeros(n), np.zeros(n), np.empty(n, np.int64),
        np.zeros(m), np.zeros(m), np.empty(m, np.int64),
    )  # fmt: skip
    partner, best = np.full(m, -1), np.zeros(m)
    first_partners(partner, best, graph, clusters, scratch)
    into, gone, affinity = np.empty(m, np.int64), np.empty(m, np.int64), np.empty(m)
    made = 0
    while made < m - 1:
        progress.update("merging by affinity", made, m - 1)
        steps = min(STEPS, m - 1 - made)
        done = merge_some(steps, partner, best, graph, clusters, scratch, into[made:], gone[made:], affinity[made:])
        made += done
        if done < steps:
            break
    return into[:made].tolist(), gone[:made].tolist(), affinity[:made]
