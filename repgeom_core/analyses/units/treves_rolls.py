"""Treves-Rolls sparseness of activations."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Choice
from repgeom_core.analyses.units.vectors import absolute_and_squared


@analysis(
    title="Treves-Rolls sparseness",
    needs=("features",),
    parameters={"of": Choice("population", ("population", "lifetime"), "over the units of each sample, or over the samples of each unit")},
    invariant_to=("unit permutation", "scaling"),
    interval="rows",
    cost="O(n d)",
    bounds=(0, 1),
    formula="(mean |a|)² / mean a², over the units of a sample or the samples of a unit, then averaged; Vinje-Gallant (1 − TR)/(1 − 1/U)",
    reference="Treves & Rolls 1991; Vinje & Gallant 2000; small means sparse; population by default, magnitudes in place of rates",
    oracle="the formula row by row; its expectation for exponential rates",
    truths="one of U units active 1/U, all alike 1, exponential rates 1/2",
)
def treves_rolls(data: Inputs, of: str) -> Outcome:
    """The share of units (or samples) that an activity profile amounts to: 1 when all are equally strong, near 0 when very few are.

    ``population`` is the mean over samples, each over its units; ``lifetime`` the mean over units, each over the samples. The notes have
    the Vinje-Gallant form, which runs the other way from 0 to 1. Samples (or units) of zeros are NaN and left out. NaN where none is left.
    """
    absolute, squared, size = absolute_and_squared(data, of)
    each = np.divide((absolute / size) ** 2, squared / size, out=np.full(len(squared), np.nan), where=squared > 0)
    if np.isnan(each).all():
        return Outcome(float("nan"), notes={"why": "all activations are zero"})
    value = min(float(np.nanmean(each)), 1.0)
    notes = {"sparseness": of, "Vinje-Gallant": (1 - value) / (1 - 1 / size) if size > 1 else None}
    return Outcome(value, {"per_sample" if of == "population" else "of_units": each}, notes)
