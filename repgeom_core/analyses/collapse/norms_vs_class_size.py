"""Do larger classes have longer mean features?"""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.collapse.class_sizes import slope_against_sizes
from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs


@analysis(
    title="Norms of class means against class size",
    needs=("moments",),
    invariant_to=("rotation", "scaling"),
    better="none",
    null="shuffled labels",
    interval="groups",
    cost="O(n d²) once for the moments, O(K d) after",
    formula="least-squares slope of log ‖μ_k‖ on log n_k",
    reference="Xiao et al., FedLoGe, ICLR 2024 (norms against class size); means not centred, classes weighted alike",
    oracle="numpy.polyfit of the logarithms",
    truths="‖μ_k‖ = c n_kᵃ: slope a; −¼ in the unconstrained-features model without regularisation",
)
def norms_vs_class_size(data: Inputs) -> Outcome:
    """By which power of its number of samples the length of a class's mean feature grows; 0 when size does not matter.

    Means are taken from the origin, not centred. ``per_class`` are the norms, ``line_sizes`` and ``line_norms`` the ends of the fitted
    line, r² is in the notes. NaN where all classes have the same size, a mean is 0, or there is one class only.
    """
    moments = data.moments
    return slope_against_sizes(np.linalg.norm(moments.means, axis=1), moments.counts, moments.classes)
