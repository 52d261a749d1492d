"""Top-k truncation before the head: how the network itself fares with only the strongest activations."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Float
from repgeom_core.analyses.units.truncation import counts_of_units, truncated


@analysis(
    title="Top-k truncation: the network's accuracy",
    needs=("features", "labels", "head"),
    parameters={"kept": Float(0.1, 0.001, 1, "share of the units that each sample keeps, for the value")},
    invariant_to=("unit permutation",),
    better="higher",
    null="shuffled labels",
    interval="rows",
    cost="O(n d (log d + K log d))",
    cap=50_000,
    bounds=(0, 1),
    formula="share of samples with argmax_k (w_k·a + b_k) their class, a cut to its k largest |a|",
    reference="Li et al., ICLR 2023 (The Lazy Neuron Phenomenon), top-k thresholding before the last layer, without further training",
    oracle="a loop over samples written plainly",
    truths="all units kept: the accuracy of the head",
)
def topk_head_accuracy(data: Inputs, kept: float) -> Outcome:
    """How well the network still classifies when all but the strongest activations of each sample are set to zero before the head.

    The curve runs over k = 1, 2, 4, ... to all units, with the share of samples whose decision is that with all units beside. ``kept`` is
    the share of units for the value (at least one). Ties of the k-th largest magnitude stay, and the first of equal logits wins.
    """
    X, y = data.X, data.y
    W, b = data.head
    wanted = max(1, round(kept * data.d))
    counts = np.array([wanted]) if data.value_only else np.unique(np.append(counts_of_units(data.d), wanted))
    full = (X.astype(np.float64) @ W.T + b).argmax(axis=1)
    decided = np.array([(A @ W.T + b).argmax(axis=1) for A in truncated(X, counts)])
    accuracy, unchanged = (decided == y).mean(axis=1), (decided == full).mean(axis=1)
    return Outcome(
        float(accuracy[int(np.searchsorted(counts, wanted))]),
        details={"units_kept": counts, "accuracy": accuracy, "unchanged": unchanged},
        notes={"k": wanted, "accuracy with all units": float(accuracy[-1])},
    )
