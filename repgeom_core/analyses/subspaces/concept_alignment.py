"""Do two columns of labels use the same directions (a hierarchy) or independent ones (fairness)?"""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Choice, Column
from repgeom_core.analyses.subspaces.class_subspaces import class_rows
from repgeom_core.errors import GeometryError

RANK_CUT = 1e-6  # singular values of the centred prototypes below this share of the largest are rounding


@analysis(
    title="Alignment of two label columns",
    needs=("features", "labels", "columns"),
    parameters={
        "column": Column(help="the other labels, such as coarse classes or a protected attribute"),
        "divide_by": Choice(
            "smaller dimension",
            ("smaller dimension", "both dimensions"),
            "what ‖QᵀP‖² is divided by: the smaller dimension makes nested subspaces 1; both, as in the paper's code, is the mean "
            "squared entry of QᵀP and makes them one over the larger dimension",
        ),
    },
    invariant_to=("rotation", "translation", "scaling"),
    null="shuffled labels",
    interval="rows",
    cost="O(n d + K² d)",
    bounds=(0, 1),
    formula="‖QᵀP‖_F² / min(dim Q, dim P), Q and P orthonormal bases of the differences between the prototypes of the two columns",
    reference="Tucker & Shah, ICML 2022 (Concept Subspace Networks): squared cosines between orthonormal bases of prototype differences; "
    "their public code (mycal-tucker/csn, proto_model.py) takes the mean entry, ‖QᵀP‖_F² / (dim Q · dim P). Ours: class means as "
    "prototypes, and by default divided by the smaller dimension alone",
    oracle="scipy.linalg.orth and subspace_angles: mean cos²θ",
    truths="coarse classes of the same labels (a hierarchy) 1; attributes on orthogonal axes 0; random prototypes of r_a and "
    "r_b dimensions max(r_a, r_b)·(1/d + 1/n)",
)
def concept_alignment(data: Inputs, column: str, divide_by: str) -> Outcome:
    """Whether two labellings use the same directions: 1 where one is a coarsening of the other, 0 where they are independent.

    Each column's prototypes are the means of its values; their differences span its concept subspace, of at most K − 1 dimensions. The
    alignment is the mean squared cosine of the principal angles between the two; both normalisations are in the notes. Samples without a
    value in the other column do not count for it. NaN where one of them has a single value, or prototypes that coincide.
    """
    if not column:
        raise GeometryError("Expected the name of a column with other labels in 'column', got none. Name one.")
    X, y, other = data.X, data.y, data.column(column)
    here, there = _differences(X, y), _differences(X[other >= 0], other[other >= 0])
    smaller = min(here.shape[1], there.shape[1])
    notes = {"dimensions of the labels": here.shape[1], f"dimensions of {column}": there.shape[1]}
    if smaller == 0:
        return Outcome(float("nan"), notes=notes | {"why": "prototypes that differ are needed for at least two values of each column"})
    cosines = np.clip(np.linalg.svd(here.T @ there, compute_uv=False), 0, 1)
    larger = max(here.shape[1], there.shape[1])
    found = {"smaller dimension": float((cosines**2).sum() / smaller)}
    found["both dimensions"] = found["smaller dimension"] / larger
    return Outcome(
        found[divide_by],
        details={"angles": np.degrees(np.arccos(cosines))},
        notes={
            **notes,
            **{f"divided by {name}": value for name, value in found.items()},
            "of random prototypes": min(1.0, larger * (1 / data.d + 1 / data.n)) / (1 if divide_by == "smaller dimension" else larger),
        },
    )


def _differences(X: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """``(d, r)`` orthonormal basis of the span of differences between the means of ``X (n, d)`` by code."""
    means = np.array([X[rows].mean(axis=0, dtype=np.float64) for _, rows in class_rows(codes)]).reshape(-1, X.shape[1])
    if len(means) < 2:
        return np.zeros((X.shape[1], 0))
    _, s, directions = np.linalg.svd(means - means.mean(axis=0), full_matrices=False)
    # Against the size of the features too: means that coincide differ by rounding.
    kept = s > RANK_CUT * max(s[0], 1e-6 * float(np.abs(means).max()))
    return np.asarray(directions[kept].T)
