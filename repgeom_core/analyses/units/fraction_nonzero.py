"""Activation sparsity: the share of activations that are not zero."""

from __future__ import annotations

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.units.firing import THRESHOLD, firing


@analysis(
    title="Activation sparsity",
    needs=("features",),
    parameters={"threshold": THRESHOLD},
    invariant_to=("unit permutation", "unit scaling"),
    null=None,
    interval="rows",
    cost="O(n d)",
    bounds=(0, 1),
    formula="#{(i, j): |a_ij| > τ} / (n d)",
    reference="Li et al., ICLR 2023 (The Lazy Neuron Phenomenon): share of non-zero entries after the activation; |a| > τ, τ = 0",
    oracle="numpy.count_nonzero",
    truths="ReLU of N(−b, 1): 1 − Φ(b), .15866 at b = 1; all-positive features 1",
)
def fraction_nonzero(data: Inputs, threshold: float) -> Outcome:
    """How much of the layer is at work at a time: the share of activations that are not zero, 1 where the layer is dense.

    Meant for layers after a ReLU. After a GELU or a normalisation nothing is exactly zero: raise the ``threshold`` above which |a| counts
    as firing (with it the value depends on scale). Per sample: the share of its units that fire; per unit: the share of
    samples it fires at.
    """
    frequency, per_sample = firing(data, threshold)
    return Outcome(float(frequency.mean()), {"per_sample": per_sample, "firing_frequency": frequency}, {"threshold": threshold})
