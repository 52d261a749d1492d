"""Always-on units: those that fire at every sample."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.units.firing import THRESHOLD, firing


@analysis(
    title="Always-on units",
    needs=("features",),
    parameters={"threshold": THRESHOLD},
    invariant_to=("unit permutation", "unit scaling"),
    interval="halves",
    cost="O(n d)",
    bounds=(0, 1),
    formula="#{j: |a_ij| > τ for all i} / d",
    reference="Li et al., ICLR 2023 (The Lazy Neuron Phenomenon), firing frequency; always on: frequency 1 on these samples",
    oracle="numpy.all over samples",
    truths="a layer with m of d positive columns and the others mixed: m/d",
)
def always_on_units(data: Inputs, threshold: float) -> Outcome:
    """The share of units that fire at every sample: after a ReLU these act as linear units, and select nothing.

    1 in layers without zeros; there raise the ``threshold``. ``firing_frequency`` is the share of samples at which each unit fires,
    ``units`` the numbers of those always on. Fewer samples make more units look so.
    """
    frequency, _ = firing(data, threshold)
    on = np.flatnonzero(frequency == 1)
    return Outcome(len(on) / data.d, {"firing_frequency": frequency, "units": on}, {"always on": len(on), "threshold": threshold})
