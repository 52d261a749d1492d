"""Coherence of the classifier's rows: how close the closest two of their directions are."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.hypersphere.coherence_bounds import coherence_of
from repgeom_core.analyses.inputs import Inputs


@analysis(
    title="Coherence of classifier rows",
    needs=("head",),
    invariant_to=("rotation", "translation", "scaling"),
    better="lower",
    null="random head",
    interval="none",
    cost="O(K² d)",
    bounds=(0, 1),
    formula="max_{k<l} |w_k·w_l| / (‖w_k‖‖w_l‖); Welch bound √((K−d)/(d(K−1))) for K > d",
    reference="Welch 1974; Strohmer & Heath 2003; Shen, Sun & Wei, CVPR 2023 (Equiangular Basis Vectors); rows not centred",
    oracle="the off-diagonal of numpy.corrcoef-like products written plainly",
    truths="orthogonal rows 0; simplex ETF 1/(K−1); Welch(1000, 100) = .094916, random rows .473",
)
def head_coherence(data: Inputs) -> Outcome:
    """How much the two most similar rows of the classifier have in common: 0 at right angles, 1 when two share (or oppose) a direction.

    The rows are taken from the origin, as the logits see them. Not below the Welch bound where there are more classes than dimensions. The
    bounds, the mean of the absolute cosines, frame bounds and frame potential Σ cos² are in the notes; ``cosines`` up to 3000 rows. NaN for
    one row, or rows of zeros.
    """
    W, _ = data.head
    return coherence_of(W, np.arange(len(W)))
