"""The supervised contrastive loss of features as they are, beside its value at a simplex."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Float

AT_ONCE = 2**19  # similarities held at once


@analysis(
    title="Supervised contrastive loss",
    needs=("features", "labels"),
    parameters={"temperature": Float(0.1, 0.01, 10.0, "divides the cosines")},
    invariant_to=("rotation", "scaling"),
    better="lower",
    null="shuffled labels",
    interval="halves",
    cost="O(n² d)",
    cap=3000,
    bounds=(0, None),
    formula="mean_i −1/|P(i)| Σ_{p∈P(i)} log( exp(z_i·z_p/t) / Σ_{a≠i} exp(z_i·z_a/t) ), z = x/‖x‖",
    reference="Khosla et al., Supervised Contrastive Learning, NeurIPS 2020, L_out; features not centred, all samples are one batch",
    oracle="the double sum written out, and torch.logsumexp",
    truths="collapsed ETF, m per class: log((m−1) + (K−1) m exp(−(1 + 1/(K−1))/t)) = 1.94606 (K=10, m=8, t=0.1)",
)
def supcon_loss(data: Inputs, temperature: float) -> Outcome:
    """How badly samples recognise those of their own class among all others by direction; the loss that contrastive training lowers.

    It grows with the logarithm of the number of samples, so compare only equal numbers; the notes have its value where classes of these
    sizes are collapsed to a simplex, which is its minimum for classes of equal size. Samples alone in their class have no positive and no
    term, but do count among the others. ``per_sample`` in the details is each sample's loss (NaN: alone), ``per_class`` the mean by class.
    NaN where a sample is 0 and has no direction, or no class has two samples.
    """
    X, y = data.X.astype(np.float64), data.y
    lengths = np.linalg.norm(X, axis=1, keepdims=True)
    if not lengths.all():
        return Outcome(float("nan"), notes={"why": f"{int((lengths == 0).sum())} samples are 0 and have no direction"})
    Z = X / lengths
    classes, code, counts = np.unique(y, return_inverse=True, return_counts=True)
    positives = counts[code] - 1
    some = positives > 0
    if not some.any():
        return Outcome(float("nan"), notes={"why": "no class has two samples"})
    sums = np.zeros((len(classes), data.d))
    np.add.at(sums, code, Z)
    own = (Z**2).sum(axis=1)
    with_positives = ((Z * sums[code]).sum(axis=1) - own) / temperature
    loss = np.full(data.n, np.nan)
    loss[some] = _log_sum_of_others(Z, temperature)[some] - with_positives[some] / positives[some]
    by_class = np.array([loss[code == k].mean() for k in range(len(classes))])
    notes = {"at a simplex": _at_a_simplex(counts, temperature), "samples without a positive": int((~some).sum())}
    value = float(loss[some].mean())
    notes["above a simplex"] = value - notes["at a simplex"]
    return Outcome(value, {"per_sample": loss, "per_class": by_class, "classes": classes}, notes)


def _log_sum_of_others(Z: np.ndarray, temperature: float) -> np.ndarray:
    """log Σ_{a≠i} exp(z_i·z_a/t) (n,)."""
    found = np.empty(len(Z))
    step = max(1, AT_ONCE // len(Z))
    for start in range(0, len(Z), step):
        rows = np.arange(start, min(start + step, len(Z)))
        # Cosines are at most 1: less 1 none overflows, and at least e^(−2/t) is left.
        terms = (Z[rows] / temperature) @ Z.T
        terms -= 1 / temperature
        np.exp(terms, out=terms)
        terms[rows - start, rows] = 0
        found[rows] = 1 / temperature + np.log(terms.sum(axis=1))
    return found


def _at_a_simplex(counts: np.ndarray, temperature: float) -> float:
    """The loss where every class of these sizes is one vertex of a simplex."""
    K, n = len(counts), counts.sum()
    gap = np.exp(-(1 + 1 / (K - 1)) / temperature) if K > 1 else 0.0
    some = counts > 1
    loss = np.log((counts[some] - 1) + (n - counts[some]) * gap)
    return float((counts[some] * loss).sum() / counts[some].sum())
