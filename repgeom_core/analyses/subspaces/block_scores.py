"""What each block of coordinates says about the classes by itself."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Int
from repgeom_core.errors import GeometryError
from repgeom_core.linalg.canonical_order import canonical_order
from repgeom_core.linalg.neighbours import neighbours

STARTS = 5


@analysis(
    title="Embedding blocks: NMI, Recall@k and similarity",
    needs=("features", "labels"),
    parameters={
        "blocks": Int(4, 1, 64, "number of equal runs of coordinates (heads, learners, groups of channels)"),
        "k": Int(1, 1, 100, "a block recalls a sample when one of its k nearest neighbours there has its class"),
    },
    invariant_to=("scaling", "translation"),
    better="higher",
    interval="none",
    cost="O(n² d)",
    cap=10_000,
    version=2,
    bounds=(0, 1),
    formula="Recall@k = share of samples with their class among their k nearest; NMI(y, k-means) = 2 I/(H + H); the value is the mean "
    "Recall@k over blocks",
    reference="Sanakoyeu et al. 2019 and attention-based dynamic subspace learners 2022: embedding blocks scored one by one; Euclidean, "
    "the sample itself excluded, NMI with the arithmetic mean. Similarity: linear CKA, unbiased (Song et al. 2012; Nguyen et al. 2021)",
    oracle="sklearn NearestNeighbors and normalized_mutual_info_score; CKA in its n × n form with zero diagonals",
    truths="digits, one block: Recall@1 .988314, @2 .993322, @4 .997774, @8 .998331; a block of noise at chance; CKA of the two halves of "
    "digits .288396",
)
def block_scores(data: Inputs, blocks: int, k: int) -> Outcome:
    """Whether the classes can be read off each part of the embedding by itself, or only off all of it together.

    The d coordinates are cut into equal runs in their order. Per block: Recall@k among all samples, and normalised mutual information of
    k-means (as many clusters as classes) with the classes; beside them the same for all coordinates. ``cka`` is the similarity of each
    block to each other: blocks that say the same have 1. Copies of a sample count as neighbours. NaN for one class or one sample; refused
    where there are more blocks than coordinates.
    """
    # In this order ties between neighbours and the starts of k-means do not depend on how the rows came.
    order = canonical_order(data.X)
    X, y = data.X[order], data.y[order]
    if blocks > data.d:
        raise GeometryError(f"Expected at most {data.d} blocks, one for each coordinate, got {blocks}. Choose fewer blocks.")
    K = len(np.unique(y))
    if K < 2:
        return Outcome(float("nan"), notes={"why": "one class"})
    k = min(k, data.n - 1)
    columns = np.array_split(np.arange(data.d), blocks)
    labellings = np.stack([y, data.rng.permutation(y)])
    scored = [_scores(X[:, own], labellings, K, k, data.seed) for own in columns]
    (recall, shuffled), (nmi, _) = np.array(scored).transpose(1, 2, 0)
    whole = _scores(X, labellings, K, k, data.seed)
    similarity = _cka([X[:, own] for own in columns])
    apart = similarity[np.triu_indices(blocks, 1)]
    return Outcome(
        float(recall.mean()),
        details={
            "block": np.arange(blocks),
            "recall": recall,
            "nmi": nmi,
            "cka": similarity,
            "first_coordinate": np.array([own[0] for own in columns]),
        },
        notes={
            "k": k,
            "Recall@k of all coordinates": float(whole[0, 0]),
            "NMI of all coordinates": float(whole[1, 0]),
            "Recall@k of shuffled labels": float(shuffled.mean()),
            "mean CKA between blocks": float(np.nanmean(apart)) if np.isfinite(apart).any() else None,
        },
    )


def _scores(X: np.ndarray, labellings: np.ndarray, K: int, k: int, seed: int) -> np.ndarray:
    """Recall@k and NMI ``(2, m)`` of each of ``labellings (m, n)``."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import normalized_mutual_info_score

    nearest = neighbours(X, k).indices
    centred = X.astype(np.float64) - X.mean(axis=0, dtype=np.float64)
    largest = np.abs(centred).max()
    clusters = min(K, len(np.unique(X, axis=0)))
    found = KMeans(clusters, n_init=STARTS, random_state=seed).fit_predict(centred / largest if largest > 0 else centred)
    recall = [(y[nearest] == y[:, None]).any(axis=1).mean() for y in labellings]
    return np.array([recall, [normalized_mutual_info_score(y, found) for y in labellings]])


def _cka(blocks: list[np.ndarray]) -> np.ndarray:
    """Unbiased linear CKA ``(b, b)`` between blocks ``(n, d_i)`` of the same samples; NaN where a block does not vary or n < 4."""
    n, b = len(blocks[0]), len(blocks)
    found = np.full((b, b), np.nan)
    if n < 4:
        return found
    centred = [X.astype(np.float64) - X.mean(axis=0, dtype=np.float64) for X in blocks]
    own = [np.einsum("ij,ij->i", X, X) for X in centred]  # the diagonals, which the unbiased form leaves out
    # Rows of centred features add up to 0, so each row of products without its diagonal adds up to −own.
    dependence = np.zeros((b, b))
    for i in range(b):
        for j in range(i, b):
            overlap = ((centred[i].T @ centred[j]) ** 2).sum() - own[i] @ own[j]
            total = own[i].sum() * own[j].sum() / ((n - 1) * (n - 2))
            dependence[i, j] = dependence[j, i] = overlap + total - 2 * (own[i] @ own[j]) / (n - 2)
    itself = np.diag(dependence)
    varies = np.array([values.sum() > 1e-24 * (np.abs(X).max() ** 2) * X.size for values, X in zip(own, blocks, strict=True)]) & (
        itself > 0
    )
    pairs = np.ix_(varies, varies)
    found[pairs] = dependence[pairs] / np.sqrt(np.outer(itself[varies], itself[varies]))
    return found
