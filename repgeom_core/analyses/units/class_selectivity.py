"""How much a unit prefers one class to all others."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs


@analysis(
    title="Class selectivity of units",
    needs=("features", "labels"),
    invariant_to=("unit permutation", "unit scaling"),
    null="shuffled labels",
    interval="rows",
    cost="O(n d)",
    bounds=(0, 1),
    formula="(m_max − m_rest) / (m_max + m_rest), m the mean |a| of a unit in each class, m_rest the mean of m over the other classes; "
    "mean over units",
    reference="Morcos et al., ICLR 2018 (class selectivity index), on magnitudes, so that units with negative values have one too; every "
    "class counts alike in m_rest",
    oracle="pandas: group means of |X|",
    truths="units that fire for one class each: 1; units alike for all classes: 0; c times as strong for one class: (c − 1)/(c + 1)",
)
def class_selectivity(data: Inputs) -> Outcome:
    """How much stronger a unit is on average for its favourite class than for the others: 1 where it is silent for all others.

    The value is the mean over units that are not dead; ``of_units`` has each unit's (NaN: dead), ``preferred`` its class. Few samples make
    units look selective by chance: read it beside its null. A random network is selective too. NaN for one class or where no unit fires.
    """
    y = data.y
    classes, code, counts = np.unique(y, return_inverse=True, return_counts=True)
    if len(classes) < 2:
        return Outcome(float("nan"), notes={"why": "one class"})
    sums = np.zeros((len(classes), data.d))
    for where, block in data.chunks():
        order = np.argsort(code[where], kind="stable")
        present, first = np.unique(code[where][order], return_index=True)
        sums[present] += np.add.reduceat(np.abs(block[order].astype(np.float64)), first, axis=0)
    means = sums / counts[:, None]
    most = means.max(axis=0)
    rest = (means.sum(axis=0) - most) / (len(classes) - 1)
    alive = most > 0
    each = np.divide(most - rest, most + rest, out=np.full(data.d, np.nan), where=alive)
    details = {"of_units": each, "preferred": classes[means.argmax(axis=0)]}
    if not alive.any():
        return Outcome(float("nan"), details, {"why": "all activations are zero"})
    return Outcome(float(np.clip(np.nanmean(each), 0, 1)), details, {"dead units": int((~alive).sum())})
