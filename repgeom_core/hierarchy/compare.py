"""Two trees over the same samples: how far they agree, at which numbers of clusters, and which clusters of one break apart in the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from repgeom_core.errors import GeometryError
from repgeom_core.hierarchy.cophenetic import cophenetic_distances, pairs_of
from repgeom_core.hierarchy.cut import cluster_labels, cut
from repgeom_core.hierarchy.tanglegram import Tanglegram, tanglegram
from repgeom_core.hierarchy.tree import Tree
from repgeom_core.progress import Progress

MOST_CLUSTERS = 100
GROUPS = 50  # of samples, each left out once for the interval
FEWEST = 10  # samples that an interval is told of: fewer say next to nothing of how others would differ
LOWEST = -0.5  # no adjusted Rand index lies below
NULL_DRAWS = 20
PART = 0.05  # a cluster's share from which on a cluster of the other tree counts as one of its parts


@dataclass(frozen=True)
class TreeCorrelation:
    """``value``: Pearson correlation of the two trees' cophenetic distances, over ``pairs`` pairs of samples out of ``total``.

    ``interval``: its central 95 % over samples, the trees as they are (each of 50 groups of samples left out once); None where there is
    none, and ``why``. ``null_mean``, ``null_sd``: with the leaves of one tree in random order. NaN where one tree has all its merges at one
    height, as that of two samples.
    """

    value: float
    interval: tuple[float, float] | None
    null_mean: float
    null_sd: float
    pairs: int
    total: int
    why: str = ""


@dataclass(frozen=True)
class Agreement:
    """The adjusted Rand index ``value`` (m,) of both trees' height cuts into ``k`` (m,) clusters: 1 for the same clusters, 0 by chance.

    ``low``, ``high`` (m,): its central 95 % over samples, the trees as they are, NaN for fewer than 10 samples; ``null_mean``,
    ``null_sd`` (m,): with the leaves of one tree in random order.
    """

    k: np.ndarray
    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    null_mean: np.ndarray
    null_sd: np.ndarray


@dataclass(frozen=True)
class Flow:
    """The cuts of both trees into ``k`` clusters: ``nodes_a``, ``nodes_b`` in dendrogram order, ``labels_a``, ``labels_b`` (n,) each
    sample's place in them, ``table[i, j]`` the number of samples that cluster i of A and cluster j of B share."""

    nodes_a: np.ndarray
    nodes_b: np.ndarray
    labels_a: np.ndarray
    labels_b: np.ndarray
    table: np.ndarray

    def members(self, a: int = -1, b: int = -1) -> np.ndarray:
        """Samples that are in cluster ``a`` of A and in cluster ``b`` of B, in ascending order; −1 stands for any."""
        in_a = self.labels_a == a if a >= 0 else True
        in_b = self.labels_b == b if b >= 0 else True
        return np.flatnonzero(np.broadcast_to(in_a & in_b, self.labels_a.shape))


@dataclass(frozen=True)
class Comparison:
    """All that :func:`compare` finds; ``broken`` is the table of :func:`broken_clusters`."""

    correlation: TreeCorrelation
    agreement: Agreement
    flow: Flow
    broken: pd.DataFrame
    tanglegram: Tanglegram


def compare(
    tree_a: Tree,
    tree_b: Tree,
    k: int = 20,
    most_clusters: int = MOST_CLUSTERS,
    seed: int = 0,
    progress: Progress | None = None,
) -> Comparison:
    """Leaf i of both trees is the same sample (:func:`aligned` sees to that). Flow, broken clusters and tanglegram are of ``k`` clusters,
    the agreement of every number from 2 to ``most_clusters``. Raises :class:`GeometryError` for trees of different sizes."""
    correlation = tree_correlation(tree_a, tree_b, seed, progress)
    agreement = agreement_by_k(tree_a, tree_b, range(2, most_clusters + 1), seed, progress)
    return assembled(correlation, agreement, tree_a, tree_b, k, seed)


def assembled(correlation: TreeCorrelation, agreement: Agreement, tree_a: Tree, tree_b: Tree, k: int, seed: int = 0) -> Comparison:
    """A comparison whose slow parts are known."""
    return Comparison(correlation, agreement, *_of_cuts(tree_a, tree_b, k, seed))


def recut(found: Comparison, tree_a: Tree, tree_b: Tree, k: int, seed: int = 0) -> Comparison:
    """The comparison ``found`` with the cuts into another number of clusters: milliseconds, since nothing else depends on it."""
    flow, broken, orders = _of_cuts(tree_a, tree_b, k, seed)
    return replace(found, flow=flow, broken=broken, tanglegram=orders)


def _of_cuts(tree_a: Tree, tree_b: Tree, k: int, seed: int) -> tuple[Flow, pd.DataFrame, Tanglegram]:
    flow = flow_between(tree_a, tree_b, k)
    return flow, broken_clusters(flow), tanglegram(tree_a, flow.nodes_a, tree_b, flow.nodes_b, flow.table, seed)


def aligned(rows_a: np.ndarray, tree_b: Tree, rows_b: np.ndarray) -> Tree:
    """``tree_b`` with its leaves numbered as another tree's: leaf i is sample ``rows_a[i]``, no longer ``rows_b[i]``.

    Raises :class:`GeometryError` where the two are not over the same samples.
    """
    rows_a, rows_b = np.asarray(rows_a), np.asarray(rows_b)
    both = len(np.intersect1d(rows_a, rows_b))
    if not len(rows_a) == len(rows_b) == both:
        raise GeometryError(
            f"Two trees are compared over the same samples; here {len(rows_a):,} are in the one and {len(rows_b):,} in the other, "
            f"{both:,} of them in both. Choose the same split or selection for both."
        )
    if np.array_equal(rows_a, rows_b):
        return tree_b
    numbers = np.arange(tree_b.nodes)
    numbers[np.argsort(rows_b)] = np.argsort(rows_a)
    meta = dict(tree_b.meta)
    if "levels" in meta:  # some of its clusters may be single leaves
        meta["levels"] = [numbers[level].tolist() for level in meta["levels"]]
    return replace(tree_b, left=numbers[tree_b.left], right=numbers[tree_b.right], meta=meta)


def tree_correlation(tree_a: Tree, tree_b: Tree, seed: int = 0, progress: Progress | None = None) -> TreeCorrelation:
    """The cophenetic correlation between two trees (Sokal & Rohlf 1962): over all pairs of up to 3,000 samples, of more over 500,000."""
    _check(tree_a, tree_b)
    progress, rng, n = progress or Progress(), np.random.default_rng([seed, 5]), tree_a.n
    pairs = pairs_of(n, seed)
    a, b = cophenetic_distances(tree_a, pairs.i, pairs.j), cophenetic_distances(tree_b, pairs.i, pairs.j)
    a, b = a - a.mean(), b - b.mean()
    groups = min(GROUPS, n)
    group = rng.permutation(n) % groups
    gi, gj = group[pairs.i], group[pairs.j]
    each = np.stack([np.bincount(gi * groups + gj, w, groups**2) for w in (None, a, b, a * a, b * b, a * b)]).reshape(6, groups, groups)
    whole = each.sum(axis=(1, 2))
    touched = each.sum(axis=1) + each.sum(axis=2) - np.einsum("sgg->sg", each)
    value, without = float(_correlation(whole)), _correlation(whole[:, None] - touched)
    drawn = []
    for draw in range(NULL_DRAWS):
        progress.update("trees in random order", draw, NULL_DRAWS)
        order = rng.permutation(n)
        other = cophenetic_distances(tree_b, order[pairs.i], order[pairs.j])
        drawn.append(_correlation(np.array([len(a), 0, other.sum(), a @ a, other @ other, a @ other])))
    interval, why = _interval(value, without, n)
    return TreeCorrelation(value, interval, float(np.mean(drawn)), float(np.std(drawn, ddof=1)), len(pairs.i), pairs.total, why)


def _interval(value: float, without: np.ndarray, n: int) -> tuple[tuple[float, float] | None, str]:
    """The jackknife's interval, from the values ``without`` each group of samples; else None and why."""
    if not np.isfinite(value):
        return None, "one of the trees has all its merges at one height"
    if n < FEWEST:
        return None, f"{n} samples are too few for an interval"
    if not np.isfinite(without).all():
        return None, "without some of the samples, one of the trees has all its merges at one height"
    reach = 1.96 * float(np.sqrt((len(without) - 1) * np.var(without)))
    return (max(value - reach, -1.0), min(value + reach, 1.0)), ""


def agreement_by_k(
    tree_a: Tree, tree_b: Tree, ks: Sequence[int] = range(2, MOST_CLUSTERS + 1), seed: int = 0, progress: Progress | None = None
) -> Agreement:
    """The adjusted Rand index of both trees' cuts at every number of clusters in ``ks`` that there are samples for."""
    _check(tree_a, tree_b)
    progress, n = progress or Progress(), tree_a.n
    k = np.array([number for number in ks if number <= n], np.int64)
    labels_a, labels_b = (np.array([_labels(tree, int(number)) for number in k]).reshape(len(k), n) for tree in (tree_a, tree_b))
    found = [adjusted_rand_index(contingency(a, b)) for a, b in zip(labels_a, labels_b, strict=True)]
    value, sd = np.array([v for v, _ in found]), np.array([s for _, s in found])
    rng, null = np.random.default_rng([seed, 6]), np.empty((NULL_DRAWS, len(k)))
    for draw in range(NULL_DRAWS):
        progress.update("clusters in random order", draw, NULL_DRAWS)
        order = rng.permutation(n)
        null[draw] = [adjusted_rand_index(contingency(a, b[order]))[0] for a, b in zip(labels_a, labels_b, strict=True)]
    reach = np.where(n < FEWEST, np.nan, 1.96 * sd)
    return Agreement(k, value, np.maximum(value - reach, LOWEST), np.minimum(value + reach, 1), null.mean(axis=0), null.std(axis=0, ddof=1))


def flow_between(tree_a: Tree, tree_b: Tree, k: int) -> Flow:
    """Both trees cut into ``k`` clusters (fewer where there are fewer samples), and where the samples of each go."""
    _check(tree_a, tree_b)
    nodes_a, nodes_b = (cut(tree, min(k, tree.n)) for tree in (tree_a, tree_b))
    labels_a, labels_b = cluster_labels(tree_a, nodes_a), cluster_labels(tree_b, nodes_b)
    return Flow(nodes_a, nodes_b, labels_a, labels_b, contingency(labels_a, labels_b))


def broken_clusters(flow: Flow) -> pd.DataFrame:
    """The clusters of A by how far they break apart in B, the most broken first.

    Columns: ``cluster`` (place in ``flow.nodes_a``), ``node``, ``size``, ``largest_share`` (of its samples in one cluster of B) and
    ``largest_in`` (that cluster's place), ``parts`` (clusters of B that hold 5 % of it or more), ``entropy`` (of its shares, in nats:
    exp of it is the number of equal parts). Its samples are ``flow.members(a=cluster)``.
    """
    size = flow.table.sum(axis=1)
    shares = flow.table / size[:, None]
    logs = np.log(np.where(shares > 0, shares, 1))
    table = pd.DataFrame(
        {
            "cluster": np.arange(len(size)),
            "node": flow.nodes_a,
            "size": size,
            "largest_share": shares.max(axis=1),
            "largest_in": shares.argmax(axis=1),
            "parts": (shares >= PART).sum(axis=1),
            "entropy": np.abs((shares * logs).sum(axis=1)),
        }
    )
    return table.sort_values(["largest_share", "size"], ascending=[True, False], kind="stable", ignore_index=True)


def contingency(labels_a: np.ndarray, labels_b: np.ndarray, rows: int = 0) -> np.ndarray:
    """How many samples have label i in the one and j in the other; labels are 0, 1, ...; at least ``rows`` rows."""
    columns = int(labels_b.max(initial=-1)) + 1
    rows = max(rows, int(labels_a.max(initial=-1)) + 1)
    return np.bincount(labels_a.astype(np.int64) * columns + labels_b, minlength=rows * columns).reshape(rows, columns)


def adjusted_rand_index(table: np.ndarray) -> tuple[float, float]:
    """The adjusted Rand index (Hubert & Arabie 1985) of a contingency table, and its standard deviation over samples (infinitesimal
    jackknife): 1 for the same partition, 0 on average for unrelated ones of these sizes."""
    counts = table.astype(np.float64)
    a, b, n = counts.sum(axis=1), counts.sum(axis=0), counts.sum()
    together, in_a, in_b, pairs = ((x * (x - 1) / 2).sum() for x in (counts, a, b, n))
    expected = in_a * in_b / pairs if pairs else 0.0
    scale = (in_a + in_b) / 2 - expected
    if scale <= 0:  # both are one cluster, or only single samples
        return 1.0, 0.0
    value = (together - expected) / scale
    by_expected = (value - 1) / scale
    # What one more sample in cell (i, j) does to the value, but for a constant.
    more = (
        counts / scale
        + (by_expected * in_b / pairs - value / (2 * scale)) * a[:, None]
        + (by_expected * in_a / pairs - value / (2 * scale)) * b[None, :]
    )
    mean = (counts * more).sum() / n
    return float(value), float(np.sqrt((counts * (more - mean) ** 2).sum()))


def _labels(tree: Tree, k: int) -> np.ndarray:
    return np.asarray(cluster_labels(tree, cut(tree, k)), np.int16 if k < 2**15 else np.int32)


def _correlation(sums: np.ndarray) -> np.ndarray:
    """From count, sums, sums of squares and of products (6, ...); NaN where one side does not vary."""
    m, a, b, aa, bb, ab = sums
    m = np.maximum(m, 1)
    vary = np.sqrt(np.maximum(aa - a * a / m, 0) * np.maximum(bb - b * b / m, 0))
    return np.asarray(np.where(vary > 0, (ab - a * b / m) / np.where(vary > 0, vary, 1), np.nan))


def _check(tree_a: Tree, tree_b: Tree) -> None:
    if tree_a.n != tree_b.n:
        raise GeometryError(
            f"Two trees are compared over the same samples; here one has {tree_a.n:,} and the other {tree_b.n:,}. "
            "Choose the same split or selection for both."
        )
