"""Correlation dimension: how fast the number of near pairs grows with distance."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Float
from repgeom_core.linalg.duplicates import distinct_rows

CAP = 4000  # samples; all their pairs are taken
BLOCK = 512
RADII = 20  # of the window, at equal steps of log r
TIE = 1e-9  # squared distances that differ by this share are equal: on a grid of values many are
CLOSE = 1e-6  # squared distances below this share of the squared lengths are subtracted directly


@analysis(
    title="Correlation dimension",
    needs=("features",),
    parameters={
        "from_share": Float(0.001, 1e-6, 0.5, "share of pairs at which the fitted window begins"),
        "to_share": Float(0.02, 1e-5, 0.99, "share of pairs at which it ends"),
    },
    invariant_to=("rotation", "translation", "scaling"),
    null="Gaussian of the same covariance",
    interval="halves",
    cost="O(n² d) of at most 4000 samples",
    cap=CAP,
    unit="dimensions",
    bounds=(0, None),
    formula="slope of log C(r) on log r,  C(r) = 2 / (n(n−1)) #{i < j : ‖x_i − x_j‖ ≤ r}, r from C = from_share to C = to_share",
    reference="Grassberger & Procaccia, Physica D 1983; unweighted least squares on 20 radii at equal steps of log r; copies merged",
    oracle="scipy.spatial.distance.pdist, counts and numpy.polyfit",
    truths="circle 1, flat torus of D angles D (both to sampling); Gaussian in a plane 1.9 to 2; C(r) = (2/π) arcsin(r/2) on the unit "
    "circle; digits 5.911776",
)
def correlation_dimension(data: Inputs, from_share: float, to_share: float) -> Outcome:
    """By which power of distance the number of pairs of samples within it grows: the number of degrees of freedom at that scale.

    Every pair counts once, near and far from the densest parts alike, so dense regions weigh more than in estimates from neighbours. The
    window is stated by shares of pairs: its radii and the whole curve ``radius_x``, ``pairs_within`` are in the details, r² of the fit in
    the notes. Few samples in many dimensions have no near pairs and read low. NaN where fewer than three samples differ, the window is
    empty, or all pairs in it are equally far.
    """
    X = data.X[distinct_rows(data.X).first].astype(np.float64)
    n = len(X)
    if n < 3:
        return Outcome(float("nan"), notes={"why": f"three samples that differ are needed; there are {n}"})
    if to_share <= from_share:
        return Outcome(float("nan"), notes={"why": "the window is empty: 'to_share' must be above 'from_share'"})
    distances = _shortest(X, to_share)
    pairs = n * (n - 1) // 2
    first = distances[max(0, int(np.ceil(from_share * pairs)) - 1)]
    notes = {"from radius": float(first), "to radius": float(distances[-1]), "samples that differ": n}
    if not distances[-1] > first * (1 + 1e-9):
        return Outcome(float("nan"), notes=notes | {"why": "all pairs in the window are equally far"})
    radii = np.geomspace(first, distances[-1], RADII)
    within = np.searchsorted(distances, radii * (1 + TIE), side="right") / pairs
    x, z = np.log(radii), np.log(within)
    x, z = x - x.mean(), z - z.mean()
    slope = float(x @ z / (x @ x))
    return Outcome(
        slope,
        details={"radius_x": radii, "pairs_within": within},
        notes=notes | {"r_squared": float((x @ z) ** 2 / ((x @ x) * (z @ z)))},
    )


def _shortest(X: np.ndarray, share: float) -> np.ndarray:
    """The shortest ``share`` of all pair distances of ``X (n, d)``, rising, with all that tie; at least three of them."""
    n = len(X)
    X = X - X.mean(axis=0)
    lengths = np.einsum("ij,ij->i", X, X)
    found = []
    for start in range(0, n, BLOCK):
        own = slice(start, min(start + BLOCK, n))
        squared = lengths[own, None] + lengths[None, start:] - 2 * X[own] @ X[start:].T
        rows, columns = np.nonzero(squared <= CLOSE * (lengths[own, None] + lengths[None, start:]))
        apart = X[own][rows] - X[start:][columns]
        squared[rows, columns] = np.einsum("ij,ij->i", apart, apart)
        found.append(squared[np.triu_indices(len(squared), 1, squared.shape[1])])
    every = np.concatenate(found)
    last = min(len(every), max(3, int(np.ceil(share * len(every))))) - 1
    longest = np.partition(every, last)[last]
    return np.asarray(np.sqrt(np.sort(every[every <= longest * (1 + TIE)])))
