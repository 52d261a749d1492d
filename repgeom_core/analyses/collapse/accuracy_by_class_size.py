"""Are predictions better for large classes than for small ones?"""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import INVARIANCES, Outcome, analysis
from repgeom_core.analyses.inputs import Inputs


@analysis(
    title="Accuracy by class size: head minus tail",
    needs=("labels", "predictions"),
    invariant_to=tuple(INVARIANCES),  # it does not look at features
    better="none",
    interval="none",
    cost="O(n)",
    bounds=(-1, 1),
    formula="mean accuracy of the largest third of classes − that of the smallest third",
    reference="head / mid / tail accuracy of long-tailed recognition (Liu et al., CVPR 2019), here thirds of the classes by size",
    oracle="sklearn.metrics.recall_score by class",
    truths="1 where only the largest third is right; 0 where all classes are equally well predicted",
)
def accuracy_by_class_size(data: Inputs) -> Outcome:
    """By how much the classes with most samples are predicted better than those with fewest; 0 where size does not matter.

    Classes are sorted by the number of samples looked at; head and tail are a third of them each (rounded down), the middle the rest, and
    within each every class counts alike. All three accuracies are in the notes, ``per_class`` in the details is that of each class. NaN
    with fewer than three classes, or where head and tail classes have the same size.
    """
    classes, code, counts = np.unique(data.y, return_inverse=True, return_counts=True)
    accuracy = np.bincount(code, data.predictions == data.y) / counts
    details = {"per_class": accuracy, "classes": classes, "class_sizes": counts}
    third = len(classes) // 3
    by_size = np.argsort(counts, kind="stable")
    if not third or counts[by_size[third - 1]] == counts[by_size[-third]]:
        why = "head and tail classes have the same size" if third else "fewer than three classes"
        return Outcome(float("nan"), details, {"why": why})
    tail, middle, head = (float(accuracy[part].mean()) for part in np.split(by_size, [third, len(classes) - third]))
    return Outcome(head - tail, details, {"head": head, "middle": middle, "tail": tail, "classes in head and tail": third})
