"""How much of the labels lies along the strongest directions of the features."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Int


@analysis(
    title="Target power in the strongest directions",
    needs=("moments", "spectrum"),
    parameters={"k": Int(10, 1, 100_000, "how many of the strongest directions, for the value")},
    invariant_to=("rotation", "scaling"),
    better="higher",
    null="shuffled labels",
    interval="groups",
    cost="O(n d²) once for the moments, O(d³ + K d²) after",
    bounds=(0, 1),
    formula="Σ_{j≤k} ‖u_jᵀ Y‖² / ‖Y‖_F²,  X Xᵀ = Σ_j s_j² u_j u_jᵀ, Y one-hot labels about their mean",
    reference="target power in the eigenbasis of the Gram matrix (Advani, Saxe & Sompolinsky, Neural Networks 2020; Cagnetti et al., ICML "
    "2023), here of the linear kernel X Xᵀ, features not centred; u_jᵀ Y = v_jᵀ XᵀY / s_j, so that no n × n matrix is formed",
    oracle="left singular vectors of X by numpy.linalg.svd against one-hot labels",
    truths="labels in the r-th direction only: 0 before it, 1 from it on; all directions: R² of least squares without intercept; shuffled "
    "labels (k − Σ_{j≤k} (u_jᵀ1)²/n) / (n−1) on average; digits .485577 for k = 10",
)
def target_power(data: Inputs, k: int) -> Outcome:
    """How much of what tells the classes apart lies along the strongest directions of the features, which are the first to be learned.

    The share of the labels' variance in each direction is in the details (``power``, with its running sum ``cumulative``); what all
    directions hold is in the notes: the rest no linear map reaches. Directions are those of the features as they are, so the mean is one of
    them. Equal eigenvalues share their power arbitrarily: read the sum beyond them. ``k`` above the rank counts all. NaN with one class or
    where all features are zero.
    """
    moments, spectrum = data.moments, data.spectrum
    shares = moments.counts / moments.n
    if moments.K < 2:
        return Outcome(float("nan"), notes={"why": "there is one class only"})
    values, vectors = np.linalg.eigh(spectrum.covariance + np.outer(spectrum.mean, spectrum.mean))
    values, vectors = values[::-1], vectors[:, ::-1]
    rank = int((values > max(values[0], 0) * data.d * np.finfo(np.float64).eps).sum())
    if not rank:
        return Outcome(float("nan"), notes={"why": "all features are zero"})
    # XᵀY / n: each class's part of the mean feature, about the mean.
    covariances = shares[:, None] * (moments.means - moments.sample_mean)
    power = ((covariances @ vectors[:, :rank]) ** 2).sum(axis=0) / values[:rank] / (1 - (shares**2).sum())
    cumulative = np.minimum(np.cumsum(power), 1.0)
    within = min(k, rank)
    constant = (spectrum.mean @ vectors[:, :within]) ** 2 / values[:within]  # the part of u_j that is the same for all samples
    return Outcome(
        float(cumulative[within - 1]),
        details={"direction": np.arange(1, rank + 1), "power": power, "cumulative": cumulative, "eigenvalues": values[:rank]},
        notes={
            "all directions": float(cumulative[-1]),
            "directions for half of that": int(np.searchsorted(cumulative, cumulative[-1] / 2) + 1),
            "of shuffled labels": float(within - constant.sum()) / max(moments.n - 1, 1),
            "centring": "none",
        },
    )
