"""Hoyer sparsity of activations."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Choice
from repgeom_core.analyses.units.vectors import absolute_and_squared


@analysis(
    title="Hoyer sparsity",
    needs=("features",),
    parameters={"of": Choice("population", ("population", "lifetime"), "over the units of each sample, or over the samples of each unit")},
    invariant_to=("unit permutation", "scaling"),
    interval="rows",
    cost="O(n d)",
    bounds=(0, 1),
    formula="(√U − ‖a‖₁/‖a‖₂) / (√U − 1), mean over samples (U = d) or over units (U = n)",
    reference="Hoyer, JMLR 2004, eq. in section 3.1; population sparseness by default",
    oracle="the formula row by row with numpy.linalg.norm",
    truths="one active unit 1, all units alike 0",
)
def hoyer(data: Inputs, of: str) -> Outcome:
    """How concentrated activity is on few units: 1 when a single unit carries a sample, 0 when all are equally strong.

    ``population`` is the mean over samples, each over its units; ``lifetime`` the mean over units, each over the samples. Signs do not
    matter. Samples (or units) of zeros are NaN and left out of the mean. NaN where none is left, or with a single unit (or sample).
    """
    absolute, squared, size = absolute_and_squared(data, of)
    if size < 2:
        return Outcome(float("nan"), notes={"why": f"a single {'unit' if of == 'population' else 'sample'}"})
    ratio = np.divide(absolute, np.sqrt(squared), out=np.full(len(squared), np.nan), where=squared > 0)
    each = np.clip((np.sqrt(size) - ratio) / (np.sqrt(size) - 1), 0, 1)
    if np.isnan(each).all():
        return Outcome(float("nan"), notes={"why": "all activations are zero"})
    return Outcome(float(np.nanmean(each)), {"per_sample" if of == "population" else "of_units": each}, {"sparseness": of})
