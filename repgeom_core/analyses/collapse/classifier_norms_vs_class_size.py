"""Do larger classes have longer classifier rows?"""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.collapse.class_means import classifier_rows
from repgeom_core.analyses.collapse.class_sizes import slope_against_sizes
from repgeom_core.analyses.contract import INVARIANCES, Outcome, analysis
from repgeom_core.analyses.inputs import Inputs


@analysis(
    title="Norms of classifier rows against class size",
    needs=("moments", "head"),
    invariant_to=tuple(INVARIANCES),  # features only give the class sizes
    better="none",
    interval="groups",
    cost="O(n d²) once for the moments, O(K d) after",
    formula="least-squares slope of log ‖w_k‖ on log n_k",
    reference="Xiao et al., FedLoGe, ICLR 2024 (norms against class size); W not centred, classes weighted alike",
    oracle="numpy.polyfit of the logarithms",
    truths="‖w_k‖ = c n_kᵃ: slope a; ¼ in the unconstrained-features model without regularisation",
)
def classifier_norms_vs_class_size(data: Inputs) -> Outcome:
    """By which power of its number of samples the length of a class's classifier row grows; 0 when size does not matter.

    A long row draws decisions to its class, so a positive slope means a classifier biased to large classes. Sizes are those of the samples
    looked at. ``per_class`` are the norms, ``line_sizes`` and ``line_norms`` the ends of the fitted line, r² is in the notes. NaN where all
    classes have the same size, a row is 0, or there is one class only.
    """
    moments, (W, _) = data.moments, data.head
    return slope_against_sizes(np.linalg.norm(classifier_rows(moments, W), axis=1), moments.counts, moments.classes)
