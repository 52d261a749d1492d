"""Units that do not vary."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Float


@analysis(
    title="Dead dimensions",
    needs=("spectrum",),
    parameters={"tolerance": Float(1e-6, 1e-7, 0.5, "units whose standard deviation is at most this share of the largest are dead")},
    invariant_to=("translation", "scaling", "unit permutation"),
    better="lower",
    interval="none",
    cost="O(n d²) once for the covariance, O(d) after",
    unit="units",
    bounds=(0, None),
    formula="#{j : std_j ≤ tolerance · max std}",
    reference="count of units without variance; a dead ReLU (0 on all samples) is one case",
    oracle="numpy.ptp over the columns",
    truths="planted constant columns are counted; digits 3 of 64",
)
def dead_dimensions(data: Inputs, tolerance: float = 1e-6) -> Outcome:
    """How many units say the same for every sample.

    All d where all samples are equal. The details hold each unit's standard deviation and whether it is dead. A count over the samples
    at hand: it has no interval.
    """
    spectrum = data.spectrum
    deviations = np.sqrt(np.maximum(np.diag(spectrum.covariance), 0))
    dead = deviations <= tolerance * deviations.max() if spectrum.varies else np.ones(spectrum.d, bool)
    return Outcome(
        float(dead.sum()),
        details={"standard_deviation": deviations, "dead": dead},
        notes={"share": float(dead.mean())},
    )
