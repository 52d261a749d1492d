"""Sparse subspace clustering by orthogonal matching pursuit."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Int
from repgeom_core.analyses.subspaces.self_expression import CAP, CLUSTERS, LANDMARKS, clustered

SETTLED = 1e-5  # length of a residual, of samples of length 1, that needs no further term


@analysis(
    title="SSC-OMP: sparse subspace clustering",
    needs=("features", "labels"),
    parameters={
        "sparsity": Int(6, 1, 50, "how many other samples a sample may be written in; about the dimension of the subspaces"),
        "clusters": CLUSTERS,
        "landmarks": LANDMARKS,
    },
    invariant_to=("rotation", "scaling"),
    better="higher",
    interval="none",
    cost="O(m² (d + s²) + m³) of m ≤ 3000 landmarks, O(n m (d + s)) for the others",
    cap=CAP,
    bounds=(0, 1),
    formula="x_i ≈ Σ_{j≠i} c_ij x_j with at most s terms; spectral clustering of |C| + |C|ᵀ; accuracy under the best naming of clusters",
    reference="You, Robinson & Vidal, CVPR 2016: unit rows, not centred; normalised spectral clustering after Ng, Jordan & Weiss",
    oracle="sklearn.linear_model.OrthogonalMatchingPursuit, one sample at a time",
    truths="independent subspaces: 1; five random 6-dimensional subspaces of R⁹, 50, 200 and 1000 samples each: .476, .897, .935 "
    "(here .955 with all 5000 samples as landmarks, .90 with 3000 of them)",
)
def ssc_omp(data: Inputs, sparsity: int, clusters: int, landmarks: int) -> Outcome:
    """How well the classes can be found without labels, if each sample is explained by a few others of its own subspace.

    The value is the accuracy under the best one-to-one naming of clusters by classes; ``labels`` the partition. Notes: the accuracy of
    shuffled labels, the error of the self-expression, the share of its weight within classes, and the connectivity of the weakest class.
    A term is added where the residual is longer than 1e-5. ``landmarks``: above that many samples a random choice is clustered, and the
    others go to the cluster whose landmarks carry most of their coefficients.
    Copies are taken once; rows of zeros go to the first cluster. NaN where fewer than two samples have a direction.
    """

    def code(targets: np.ndarray, dictionary: np.ndarray, own: np.ndarray) -> sparse.csr_matrix:
        return matching_pursuit(targets, dictionary, own, sparsity)

    return clustered(data, code, clusters, landmarks)


def matching_pursuit(targets: np.ndarray, dictionary: np.ndarray, own: np.ndarray, sparsity: int) -> sparse.csr_matrix:
    """Coefficients ``(m, n)`` of unit rows ``targets (m, d)`` in the unit rows ``dictionary (n, d)``, all targets at a time.

    ``own (m,)``: the row of the dictionary that is the target itself and may not be used; −1 for none.
    """
    m, n = len(targets), len(dictionary)
    gram, products = dictionary @ dictionary.T, targets @ dictionary.T
    terms = min(sparsity, n - int((own >= 0).any()))
    support, values = np.zeros((m, terms), np.int64), np.zeros((m, terms))
    open_ = np.arange(m)  # targets whose residual is still long
    C = sparse.csr_matrix((m, n))
    for t in range(terms):
        correlation = np.abs(products[open_] - C[open_] @ gram)
        np.put_along_axis(correlation, support[open_, :t], -1, axis=1)
        itself = np.flatnonzero(own[open_] >= 0)
        correlation[itself, own[open_][itself]] = -1
        best = correlation.argmax(axis=1)
        useful = correlation[np.arange(len(open_)), best] > SETTLED
        open_, best = open_[useful], best[useful]
        if not len(open_):
            break
        support[open_, t] = best
        used = support[open_, : t + 1]
        solved = np.linalg.solve(gram[used[:, :, None], used[:, None, :]], np.take_along_axis(products[open_], used, axis=1)[:, :, None])
        values[open_, : t + 1] = solved[:, :, 0]
        filled = values != 0
        C = sparse.csr_matrix((values[filled], (np.nonzero(filled)[0], support[filled])), shape=(m, n))
        residual = targets[open_] - C[open_] @ dictionary
        open_ = open_[np.linalg.norm(residual, axis=1) > SETTLED]
        if not len(open_):
            break
    return C
