"""Dead units: those that never fire."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.units.firing import THRESHOLD, firing


@analysis(
    title="Dead units",
    needs=("features",),
    parameters={"threshold": THRESHOLD},
    invariant_to=("unit permutation", "unit scaling"),
    better="lower",
    interval="halves",
    cost="O(n d)",
    bounds=(0, 1),
    formula="#{j: |a_ij| ≤ τ for all i} / d",
    reference="Li et al., ICLR 2023 (The Lazy Neuron Phenomenon), firing frequency; dead: frequency 0 on these samples",
    oracle="numpy.any over samples",
    truths="a layer with m of d columns at zero: m/d; always-on layers 0",
)
def dead_units(data: Inputs, threshold: float) -> Outcome:
    """The share of units that are silent at every sample: capacity that the network does not use on these data.

    Fewer samples make more units look dead. ``firing_frequency`` is the share of samples at which each unit fires, ``units`` the numbers of
    the dead ones. A unit that is constant but not zero is not dead here (see always-on units). Raise the ``threshold`` for layers without
    exact zeros, such as after a GELU.
    """
    frequency, _ = firing(data, threshold)
    dead = np.flatnonzero(frequency == 0)
    return Outcome(len(dead) / data.d, {"firing_frequency": frequency, "units": dead}, {"dead": len(dead), "threshold": threshold})
