"""Diffusion spectral mutual information between features and labels."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.information.diffusion import (
    CAP,
    POWER,
    SIGMA,
    class_information,
    kernel_width,
    squared_distances,
)
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Int
from repgeom_core.linalg.canonical_order import canonical_order


@analysis(
    title="Diffusion spectral mutual information (DSMI)",
    needs=("features", "labels"),
    parameters={**SIGMA, "t": POWER, "repeats": Int(5, 1, 50, "random sets of samples that each class is compared with")},
    invariant_to=("rotation", "translation", "scaling"),
    better="higher",
    null="shuffled labels",
    interval="halves",
    cost="O(n² d + repeats · n³/K²)",
    cap=CAP,
    unit="bits",
    formula="Σ_b p(b) (DSE(A*_b) − DSE(A_b)), A_b the samples of class b, A*_b random samples of the same number",
    reference="Liao et al., 2024 (Diffusion Spectral Entropy), DSMI with the sub-sampling correction; σ is a multiple of the median "
    "distance of all samples unless fixed",
    oracle="the definition written out with scipy.linalg.eigh",
    truths="c groups of equal samples far apart, labelled so: log₂ c; shuffled labels 0; first 1000 digits on the scale 0 to 16, σ = 10: "
    ".1975, shuffled .0065 (±.01)",
)
def dsmi(data: Inputs, width: str, sigma: float, t: int, repeats: int) -> Outcome:
    """How much knowing the class narrows down where a sample is: the entropy of random samples less that of equally many of one class.

    The same σ serves all classes. Random sets of equal size are the reference, as the entropy grows with the number of samples. Slightly
    negative values are chance. Per class: its difference. A class of one sample, or one class for all, has 0.
    """
    order = canonical_order(data.X)  # the random sets are then the same samples, however the rows came
    y = data.y[order]
    squared = squared_distances(data.X[order])
    used = kernel_width(squared, width, sigma)
    value, differences = class_information(squared, y, used, t, repeats, data.rng)
    return Outcome(value, {"per_class": differences, "classes": np.unique(y)}, {"σ": used})
