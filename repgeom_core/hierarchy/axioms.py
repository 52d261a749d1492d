"""What a clustering algorithm promises, tried out: Kleinberg's axioms, functoriality and stability, with examples that break them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

METHODS = ("single", "average", "complete", "ward", "kmeans")
STOPS = ("clusters", "height")
RESTARTS = 10  # of k-means
BISECTIONS = 20


@dataclass(frozen=True)
class Clustering:
    """An algorithm with its stopping rule: points or distances to labels.

    ``method`` is one of ``METHODS``; linkages stop at ``clusters`` clusters, or at ``height`` where one is given. k-means (the best of 10
    starts of Lloyd's algorithm) has no heights and always stops at ``clusters``.
    """

    method: str
    clusters: int
    height: float | None = None
    seed: int = 0

    def of_points(self, X: np.ndarray) -> np.ndarray:
        if self.method != "kmeans":
            return self.of_distances(distances(X))
        from sklearn.cluster import KMeans

        k = min(self.clusters, len(np.unique(X, axis=0)))
        return np.asarray(KMeans(k, n_init=RESTARTS, random_state=self.seed).fit(X).labels_)

    def of_distances(self, D: np.ndarray) -> np.ndarray:
        """Of condensed distances (m(m − 1)/2,), which need not obey the triangle inequality."""
        from scipy.cluster.hierarchy import fcluster, linkage

        Z = linkage(D, self.method)
        if self.height is not None:
            return np.asarray(fcluster(Z, self.height, "distance"))
        # By number of merges, so that equal heights part as well.
        Z[:, 2] = np.arange(1, len(Z) + 1)
        return np.asarray(fcluster(Z, max(len(Z) + 1 - self.clusters, 0) + 0.5, "distance"))


@dataclass(frozen=True)
class Trial:
    """One trial of an axiom; ``example`` says in words what broke it, with two samples' names to be put in where ``pair`` has them."""

    axiom: str
    holds: bool
    example: str = ""
    pair: tuple[int, int] | None = None


def trials(algorithm: Clustering, X: np.ndarray, count: int, rng: np.random.Generator) -> Iterator[Trial]:
    """``count`` trials of each axiom that applies, on points ``X (m, d)``."""
    axioms: list[Callable[[Clustering, np.ndarray, np.random.Generator], Trial]] = [scale_invariance, consistency, richness, functoriality]
    if algorithm.method != "kmeans":
        axioms.append(stability)
    for _ in range(count):
        for axiom in axioms:
            yield axiom(algorithm, X, rng)


def scale_invariance(algorithm: Clustering, X: np.ndarray, rng: np.random.Generator) -> Trial:
    """Distances in another unit give the same partition."""
    factor = float(np.exp(rng.uniform(-2, 2)))
    before, after = algorithm.of_points(X), algorithm.of_points(X * factor)
    holds = same(before, after)
    return Trial(
        "scale invariance", holds, "" if holds else f"all distances times {factor:.3g}: {_count(before)} clusters become {_count(after)}"
    )


def consistency(algorithm: Clustering, X: np.ndarray, rng: np.random.Generator) -> Trial:
    """Nearer within clusters and farther between them, the partition stays.

    Single, average and complete linkage need no more than distances, so each pair moves by itself: by a factor of 0.2 to 1 within and of
    1 to 2 between clusters. Ward and k-means need points: every cluster is contracted towards its mean in random directions by random
    factors, then the means move apart just as far as it takes for no pair of different clusters to have come nearer.
    """
    if algorithm.method in ("ward", "kmeans"):
        before = algorithm.of_points(X)
        after = algorithm.of_points(contracted(X, before, rng))
    else:
        D = distances(X)
        before = algorithm.of_distances(D)
        i, j = np.triu_indices(len(X), 1)
        inside = before[i] == before[j]
        after = algorithm.of_distances(D * np.where(inside, rng.uniform(0.2, 1, len(D)), rng.uniform(1, 2, len(D))))
    how = "after shrinking within and stretching between clusters samples {} and {} are"
    if (parted := first_parted(before, after)) is not None:
        return Trial("consistency", False, f"{how} parted", parted)
    if (joined := first_parted(after, before)) is not None:
        return Trial("consistency", False, f"{how} joined", joined)
    return Trial("consistency", True)


def richness(algorithm: Clustering, X: np.ndarray, rng: np.random.Generator) -> Trial:
    """Any partition is found for some distances: here points of each part as good as together, the parts far from each other."""
    m = len(X)
    parts = int(rng.integers(1, max(m // 2, 2) + 1))
    wanted = rng.permutation(np.concatenate([np.arange(parts), rng.integers(0, parts, m - parts)]))
    unit = algorithm.height or 1.0
    points = 2 * unit * np.eye(parts)[wanted] + 1e-3 * unit * rng.random((m, parts)) / np.sqrt(m * parts)
    found = algorithm.of_points(points)
    return Trial("richness", same(wanted, found), "" if same(wanted, found) else f"{parts} far groups come out as {_count(found)} clusters")


def functoriality(algorithm: Clustering, X: np.ndarray, rng: np.random.Generator) -> Trial:
    """One more sample does not part what was together: the clusters of X lie within those of X and a point.

    The point is one between two samples, or as far outside as the farthest is from the mean.
    """
    centre = X.mean(axis=0)
    if rng.random() < 0.5:
        pair = X[rng.choice(len(X), 2, replace=False)]
        share = rng.uniform(-0.5, 1.5)
        point = share * pair[0] + (1 - share) * pair[1]
    else:
        direction = rng.standard_normal(X.shape[1])
        reach = np.sqrt(((X - centre) ** 2).sum(axis=1).max())
        point = centre + rng.uniform(1, 3) * reach * direction / np.linalg.norm(direction)
    before, after = algorithm.of_points(X), algorithm.of_points(np.vstack([X, point]))[:-1]
    parted = first_parted(before, after)
    return Trial("functoriality", parted is None, "one more point parts samples {} and {}", parted)


def stability(algorithm: Clustering, X: np.ndarray, rng: np.random.Generator) -> Trial:
    """Samples moved by at most ε move the height at which any pair meets by at most 2ε; ε is a tenth of the mean distance."""
    from scipy.cluster.hierarchy import cophenet, linkage

    D = distances(X)
    epsilon = 0.1 * float(np.mean(D))
    noise = rng.standard_normal(X.shape)
    noise *= epsilon * rng.random((len(X), 1)) / np.maximum(np.linalg.norm(noise, axis=1, keepdims=True), 1e-300)
    heights = [cophenet(linkage(d, algorithm.method)) for d in (D, distances(X + noise))]
    moved = float(np.abs(heights[0] - heights[1]).max())
    holds = moved <= 2 * epsilon * (1 + 1e-9)
    return Trial("stability", holds, "" if holds else f"noise of at most {epsilon:.3g} moves a merge by {moved:.3g}")


def contracted(X: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """``X (m, d)`` with no two points of a cluster farther from each other, and no two of different clusters nearer."""
    _, codes = np.unique(labels, return_inverse=True)
    means = np.stack([X[codes == c].mean(axis=0) for c in range(codes.max() + 1)])
    offsets = np.empty_like(X)
    for c in range(len(means)):
        basis = np.linalg.qr(rng.standard_normal((X.shape[1], X.shape[1])))[0]
        offsets[codes == c] = (X[codes == c] - means[c]) @ (basis * rng.random(X.shape[1])) @ basis.T
    i, j = np.triu_indices(len(X), 1)
    between = codes[i] != codes[j]
    before = distances(X)[between]
    centre = X.mean(axis=0)

    def apart(stretch: float) -> np.ndarray:
        return centre + stretch * (means - centre)[codes] + offsets

    low, high = 0.0, 1.0
    while (distances(apart(high))[between] < before).any() and high < 1e6:
        low, high = high, 2 * high
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        low, high = (middle, high) if (distances(apart(middle))[between] < before).any() else (low, middle)
    return apart(high)


def distances(X: np.ndarray) -> np.ndarray:
    """Condensed Euclidean distances (m(m − 1)/2,)."""
    from scipy.spatial.distance import pdist

    return np.asarray(pdist(X))


def same(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether two labellings are the same partition."""
    return first_parted(a, b) is None and first_parted(b, a) is None


def first_parted(before: np.ndarray, after: np.ndarray) -> tuple[int, int] | None:
    """The first two samples that were together before and are not after; None where there are none."""
    _, first, codes = np.unique(before, return_index=True, return_inverse=True)
    parted = np.flatnonzero(after != after[first[codes]])
    return (int(first[codes[parted[0]]]), int(parted[0])) if len(parted) else None


def _count(labels: np.ndarray) -> int:
    return len(np.unique(labels))


def shares_held(results: list[Trial]) -> dict[str, float]:
    """For each axiom the share of its trials in which it held."""
    return {axiom: float(np.mean([t.holds for t in results if t.axiom == axiom])) for axiom in dict.fromkeys(t.axiom for t in results)}


def verdicts(results: list[Trial], names: np.ndarray) -> dict[str, str]:
    """For each axiom in words: in how many of its trials it held, and the first example that broke it; ``names (m,)`` are the samples'."""
    found = {}
    for axiom in dict.fromkeys(trial.axiom for trial in results):
        own = [trial for trial in results if trial.axiom == axiom]
        broken = [trial for trial in own if not trial.holds]
        found[axiom] = f"holds in all {len(own)} trials"
        if broken:
            pair = names[list(broken[0].pair or ())].tolist()
            example = broken[0].example.format(*(repr(name) for name in pair))
            found[axiom] = f"violated in {len(broken)} of {len(own)} trials, for instance: {example}"
    return found
