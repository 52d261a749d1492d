"""Capacity, radius and dimension of class manifolds in mean-field theory."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Float, Int
from repgeom_core.linalg.one_thread import one_thread

MOST = 200  # samples of one class; of more, as many are drawn


@analysis(
    title="Manifold capacity (mean field)",
    needs=("features", "labels"),
    parameters={
        "draws": Int(50, 10, 2000, "Gaussian directions for each class"),
        "margin": Float(0.0, 0.0, 10.0, "κ of the separating planes"),
    },
    invariant_to=("rotation", "translation", "scaling"),
    better="higher",
    null="shuffled labels",
    interval="none",
    repeats="few",
    cost="K · draws non-negative least squares of min(n_k, 200, d) + 1 equations in min(n_k, 200) unknowns",
    unit="classes per dimension",
    bounds=(0, None),
    formula="1/α_k = ⟨max(t·s + κ, 0)² / ‖s‖²⟩_t,  α = 1 / mean_k(1/α_k)",
    reference="Chung, Lee & Sompolinsky, Physical Review X 2018; Cohen et al., Nature Communications 2020: mean-field theory, the mean of "
    "class means subtracted; at most 200 samples per class",
    oracle="statistical dimension of the cone: ‖t‖² − distance² to it, by a bounded quasi-Newton method (scipy L-BFGS-B) instead of nnls",
    truths="single points: α = 2; pairs ±a: 1/(½ + 2 arctan(a)/π); "
    "100 clouds of 50 Gaussian points, d = 5000: .0400, R 1.47, D 36.1; digits .195, R .865, D 10.7",
)
def manifold_capacity(data: Inputs, draws: int = 50, margin: float = 0.0) -> Outcome:
    """How many classes per dimension a plane through the features could split in two at will: 2 for points, less for wide classes.

    Each class is centred on its mean c_k (from the mean of class means) and scaled by ‖c_k‖, its points S completed by a coordinate 1. For
    a Gaussian t the nearest point of the cone of its points gives the anchor s; capacity, ``radius`` R = √⟨‖s − ⟨s⟩‖²⟩ and ``dimension``
    D = d⟨t̂·ŝ⟩² follow over many t (``per_class`` is α_k). The value moves by some 3 % with the seed, less with more draws:
    ``draw_error`` in the notes. It grows when classes have fewer samples, so halves say nothing and there is no interval; compare equal
    class sizes. NaN with one class, or where a class mean coincides with the mean of means.
    """
    X, y = data.X.astype(np.float64), data.y
    classes, counts = np.unique(y, return_counts=True)
    order = np.split(np.argsort(y, kind="stable"), np.cumsum(counts)[:-1])
    centres = np.stack([X[rows].mean(axis=0) for rows in order])
    centre = centres.mean(axis=0)
    lengths = np.linalg.norm(centres - centre, axis=1)
    if len(classes) < 2 or lengths.min() <= 1e-12 * np.abs(X).max():
        return Outcome(float("nan"), notes={"why": "there is one class only" if len(classes) < 2 else "a class mean is the mean of means"})
    rng = data.rng
    found = []
    with one_thread():
        for rows, length in zip(order, lengths, strict=True):
            chosen = rows if len(rows) <= MOST else rng.choice(rows, MOST, replace=False)
            manifold = X[chosen] - X[chosen].mean(axis=0)
            found.append(_mean_field(_coordinates(manifold / length), rng, draws, margin))
    inverse, radius, dimension, error = np.array(found).T
    value = 1 / inverse.mean()
    return Outcome(
        float(value),
        details={"per_class": 1 / inverse, "radius": radius, "dimension": dimension, "classes": classes},
        notes={
            "radius": float(radius.mean()),
            "dimension": float(dimension.mean()),
            "draw_error": float(value**2 * np.sqrt((error**2).sum()) / len(classes)),
            "classes_cut_to_200": int((counts > MOST).sum()),
        },
    )


def _coordinates(points: np.ndarray) -> np.ndarray:
    """``points (m, d)`` in their own principal axes, (m, min(m, d)): the same for any rotation, signs included."""
    left, s, _ = np.linalg.svd(points, full_matrices=False)
    largest = np.abs(left).argmax(axis=0)
    return np.asarray(left * np.sign(left[largest, np.arange(len(s))]) * s)


def _mean_field(points: np.ndarray, rng: np.random.Generator, draws: int, margin: float) -> tuple[float, float, float, float]:
    """Inverse capacity, radius, dimension and the standard error of the first, of ``points (m, d)`` with the class centre at length 1."""
    from scipy.optimize import nnls

    m, d = points.shape
    corners = np.vstack([points.T, np.ones(m)])
    anchors, t = np.empty((draws, d + 1)), rng.standard_normal((draws, d + 1))
    for i in range(draws):
        touching = corners.T @ t[i]
        weights, _ = nnls(corners, t[i]) if touching.max() + margin >= 0 else (np.zeros(m), 0.0)
        # Where the plane touches nothing, the nearest corner stands for the anchor; it counts nothing in the capacity.
        anchors[i] = corners @ weights / weights.sum() if weights.sum() > 0 else corners[:, touching.argmax()]
    terms = np.maximum((t * anchors).sum(axis=1) + margin, 0) ** 2 / (anchors**2).sum(axis=1)
    inner = anchors[:, :d]
    radius = float(np.sqrt(((inner - inner.mean(axis=0)) ** 2).sum(axis=1).mean()))
    norms = np.linalg.norm(inner, axis=1) * np.linalg.norm(t[:, :d], axis=1)
    cosines = np.divide((inner * t[:, :d]).sum(axis=1), norms, out=np.zeros(draws), where=norms > 0)
    return float(terms.mean()), radius, float(d * cosines.mean() ** 2), float(terms.std(ddof=1) / np.sqrt(draws))
