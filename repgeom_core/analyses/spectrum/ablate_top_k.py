"""Accuracy of a linear probe with only, or without, the strongest directions."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Choice, Float, Int

ROWS = 2048  # read at once


@analysis(
    title="Probe accuracy without (or on) the top directions",
    needs=("features", "labels", "spectrum"),
    parameters={
        "k": Int(10, 1, 100_000, "principal directions kept or removed"),
        "mode": Choice("keep", ("keep", "remove"), "what is done with them"),
        "ridge": Float(1e-3, 1e-8, 100.0, "penalty of the probe in units of the mean eigenvalue"),
    },
    invariant_to=("rotation", "translation", "scaling"),
    better="higher",
    null="shuffled labels",
    interval="halves",
    cost="O(n d (d + K)) for all k at once",
    unit="share of samples",
    bounds=(0, 1),
    formula="accuracy of argmax ŷ,  ŷ = leave-one-out ridge regression of one-hot labels on the kept principal scores",
    reference="truncation of principal directions before a linear probe; probe: ridge on one-hot labels with a bias, each sample predicted "
    "by the fit without it (exact, by the hat matrix), then the bias set to the class shares; directions from all samples",
    oracle="sklearn.linear_model.Ridge on the projected features, fitted anew without each sample",
    truths="labels in the r-th direction only: chance on fewer than r directions, 1 from r on, and the reverse when removed",
)
def ablate_top_k(data: Inputs, k: int = 10, mode: str = "keep", ridge: float = 1e-3) -> Outcome:
    """How well a linear probe tells the classes from only the k strongest directions, or from what is left without them.

    The probe is ridge regression on one-hot labels, the same at every k. On principal scores its normal equations are diagonal, so one
    pass gives the whole curve: ``keep`` and ``remove`` over ``k`` in the details (without any direction all go to the largest class).
    High accuracy with the top removed says that weak directions carry the labels. Random halves have fewer samples for the probe: the
    interval says how much the value varies. NaN with one class or where all samples are equal.
    """
    y, spectrum = data.y, data.spectrum
    classes, codes = np.unique(y, return_inverse=True)
    rank = int((spectrum.eigenvalues > 0).sum())
    if len(classes) < 2 or not rank:
        return Outcome(float("nan"), notes={"why": "there is one class only" if len(classes) < 2 else "all samples are equal"})
    eigenvalues, directions = spectrum.eigenvalues[:rank], spectrum.directions[:, :rank]
    penalised = data.n * (eigenvalues + ridge * eigenvalues.sum() / data.d)
    cuts = sorted({0, rank, min(k, rank), *(2**i for i in range(rank.bit_length()))})

    products = np.zeros((rank, len(classes)))
    for where, block in data.chunks(ROWS):
        scores = (block.astype(np.float64) - spectrum.mean) @ directions
        order = np.argsort(codes[where], kind="stable")
        present, first = np.unique(codes[where][order], return_index=True)
        products[:, present] += np.add.reduceat(scores[order], first, axis=0).T
    weights = products / penalised[:, None]
    shares = np.bincount(codes) / data.n
    right = np.zeros((2, len(cuts)))
    for where, block in data.chunks(ROWS):
        scores = (block.astype(np.float64) - spectrum.mean) @ directions
        spans = [slice(0, 0), *(slice(start, end) for start, end in zip(cuts[:-1], cuts[1:], strict=True)), slice(0, 0)]
        fitted = np.stack([scores[:, span] @ weights[span] for span in spans])
        leverage = np.stack([(scores[:, span] ** 2 / penalised[span]).sum(axis=1) for span in spans])
        for side, step in enumerate((1, -1)):  # sums from the strongest direction on, and from the weakest
            sums = np.cumsum(fitted[::step], axis=0), np.cumsum(leverage[::step], axis=0)
            hits = [_hits(f, h, codes[where], shares, data.n) for f, h in zip(*sums, strict=True)]
            right[side] += hits[:-1] if step == 1 else hits[-2::-1]
    keep, remove = right / data.n
    place = cuts.index(min(k, rank))
    return Outcome(
        float((keep if mode == "keep" else remove)[place]),
        details={"k": np.array(cuts), "keep": keep, "remove": remove},
        notes={"rank": rank, "all_directions": float(keep[-1]), "largest_class": float(shares.max())},
    )


def _hits(fitted: np.ndarray, leverage: np.ndarray, codes: np.ndarray, shares: np.ndarray, n: int) -> int:
    """How many samples the fit without each of them would name right.

    With f_i = w·z_i, h_i its leverage and c = 1/n for the bias, the fit without sample i is (ȳ + f_i − (c + h_i) y_i) / (1 − c − h_i). Its
    bias, the shares without that sample, would speak against the sample's own class: it is replaced by the shares of all, ȳ.
    """
    c = 1 / n
    targets = np.eye(len(shares))[codes] - shares
    without = ((1 - c) * fitted - leverage[:, None] * targets) / ((1 - c - leverage) * (1 - c))[:, None] + shares
    return int((without.argmax(axis=1) == codes).sum())
