"""Are units more active for larger classes?"""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.collapse.class_sizes import slope_against_sizes
from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs

MOST_LISTED = 1e6  # numbers in the matrix class by unit


@analysis(
    title="Mean activation against class size",
    needs=("features", "labels"),
    invariant_to=("unit permutation", "scaling"),
    null="shuffled labels",
    interval="rows",
    cost="O(n d)",
    formula="least-squares slope of log a_k on log n_k,  a_k = mean over j and over i in k of |x_ij|",
    reference="Xiao et al., FedLoGe, ICLR 2024 (mean |x_j| of each class against class size); features as they are, classes weighted alike",
    oracle="pandas: group means of |X|, and numpy.polyfit of the logarithms",
    truths="classes of size n_k with all |x_ij| = c n_kᵃ: slope a",
)
def mean_activation_vs_class_size(data: Inputs) -> Outcome:
    """By which power of its number of samples the mean size of a class's activations grows; 0 where size does not matter.

    Signs do not cancel, as they do in the norm of the class mean: a class whose samples point in many directions still counts.
    ``per_class`` are the means over samples and units, ``mean_abs`` the matrix class by unit (up to a million numbers), ``line_sizes`` and
    ``line_norms`` the ends of the fitted line; r² is in the notes. NaN where all classes have the same size, a class has only zeros, or
    there is one class only.
    """
    y = data.y
    classes, code, counts = np.unique(y, return_inverse=True, return_counts=True)
    sums = np.zeros((len(classes), data.d))
    for where, block in data.chunks():
        order = np.argsort(code[where], kind="stable")
        present, first = np.unique(code[where][order], return_index=True)
        sums[present] += np.add.reduceat(np.abs(block[order].astype(np.float64)), first, axis=0)
    means = sums / counts[:, None]
    found = slope_against_sizes(means.mean(axis=1), counts.astype(np.float64), classes)
    listed = {"mean_abs": means} if means.size <= MOST_LISTED else {}
    return Outcome(found.value, {**found.details, **listed}, found.notes)
