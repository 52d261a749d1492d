"""Do the features of mixed inputs stay in the plane of the two classes they were mixed from?"""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Column, Flag
from repgeom_core.errors import GeometryError

PARALLEL = 1e-12  # of the product of squared lengths: two rows with a smaller determinant are one direction


@analysis(
    title="Mixup: features in the plane of their two classes",
    needs=("columns", "features", "head", "labels"),
    parameters={
        "column": Column(help="the second class that each input was mixed with, with the codes of the labels"),
        "centred": Flag(True, "features about their mean; otherwise from the origin (then a common offset counts as outside)"),
    },
    invariant_to=("rotation", "translation", "scaling"),
    better="higher",
    null="random head",
    interval="rows",
    cost="O(n d + K² d)",
    bounds=(0, 1),
    formula="mean over samples of ‖P_ij h‖² / ‖h‖², P_ij onto the span of rows w_i − w̄ and w_j − w̄, i and j the classes that were mixed",
    reference="a definition of our own for the pictures of Fisher, Meng & Papyan, ICLR 2024 (Mixup's influence on neural collapse), who "
    "draw mixed features in the plane of classifier rows; features of mixed inputs are needed, the second class as a column",
    oracle="numpy.linalg.lstsq of each sample on its two rows",
    truths="features λ w_i + (1−λ) w_j: 1; one class mixed with itself and aligned with its row: 1; Gaussian features 2/d, 1/d where i = j",
)
def mixup_plane(data: Inputs, column: str, centred: bool) -> Outcome:
    """How much of a mixed input's feature lies in the plane of the two classifier rows it was mixed from; 1 where all of it does.

    Rows are taken about their mean, which no decision depends on. ``per_sample`` is the share of each sample, ``lambda`` the mixing ratio
    that its coefficients say (NaN where both rows are one direction), ``first`` and ``second`` the coefficients themselves. The notes give
    the mean for inputs mixed within a class, where it is the squared cosine to the row, and across classes. Samples without a second class
    do not count. NaN where no sample has one, or all features are equal.
    """
    if not column:
        raise GeometryError("Expected the name of a column with the second class in 'column', got none. Name one.")
    X, i, j = data.X.astype(np.float64), data.y, data.column(column)
    W, _ = data.head
    if max(i.max(), j.max()) >= len(W):
        raise GeometryError(
            f"The head has {len(W)} rows, but there is a class {max(i.max(), j.max())} (counted from 0). One row per class."
        )
    size = np.abs(X).max()
    X = X - X.mean(axis=0) if centred else X
    lengths = np.einsum("ij,ij->i", X, X)
    mixed = (j >= 0) & (lengths > (1e-13 * size) ** 2 * data.d)
    if not mixed.any():
        why = "no sample has a second class" if not (j >= 0).any() else "all features are equal"
        return Outcome(float("nan"), notes={"why": why})
    rows = W - W.mean(axis=0)
    gram, scores = rows @ rows.T, X @ rows.T
    second = np.where(j >= 0, j, 0)
    every = np.arange(data.n)
    p, q = scores[every, i], scores[every, second]
    a, b, c = gram[i, i], gram[i, second], gram[second, second]
    determinant = a * c - b**2
    plane = determinant > PARALLEL * np.maximum(a * c, np.finfo(float).tiny)
    safe = np.where(plane, determinant, 1.0)
    alone = np.where(a >= c, np.divide(p**2, a, out=np.zeros(data.n), where=a > 0), np.divide(q**2, c, out=np.zeros(data.n), where=c > 0))
    inside = np.where(plane, (c * p**2 - 2 * b * p * q + a * q**2) / safe, alone)
    share = np.divide(inside, lengths, out=np.full(data.n, np.nan), where=mixed)
    first = np.where(plane & mixed, (c * p - b * q) / safe, np.nan)
    other = np.where(plane & mixed, (a * q - b * p) / safe, np.nan)
    both = first + other
    ratio = np.divide(first, both, out=np.full(data.n, np.nan), where=np.isfinite(both) & (both != 0))
    notes: dict[str, float] = {"samples": int(mixed.sum())}
    for name, some in (("within a class", mixed & (i == j)), ("across classes", mixed & (i != j))):
        if some.any():
            notes[name] = float(share[some].mean())
    return Outcome(
        float(np.clip(share[mixed].mean(), 0, 1)),
        details={"per_sample": share, "lambda": ratio, "first": first, "second": other},
        notes=notes,
    )
