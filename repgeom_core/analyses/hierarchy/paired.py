"""What measures of a tree share: its method as a parameter, and distances beside the heights at which pairs meet."""

from __future__ import annotations

from typing import Any

import numpy as np

from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Choice
from repgeom_core.hierarchy.cophenetic import Pairs, cophenetic_distances, pair_distances, pairs_of
from repgeom_core.hierarchy.linkages.methods import METHODS

METHOD = Choice("ward", tuple(METHODS), "linkage that makes the tree")
CAP = 10_000  # samples; the tree of more is that of a stratified subsample


def paired(data: Inputs, method: str) -> tuple[Pairs, np.ndarray, np.ndarray]:
    """Pairs of samples, their Euclidean distances (m,) and the heights (m,) at which they meet in the tree."""

    def measured() -> tuple[Pairs, np.ndarray]:
        pairs = pairs_of(data.n, data.seed)
        return pairs, pair_distances(data.X, pairs)

    pairs, distances = data.of_features("pairs of samples", measured)
    return pairs, distances, cophenetic_distances(data.tree(method), pairs.i, pairs.j)


def pair_notes(pairs: Pairs) -> dict[str, Any]:
    return {"pairs": len(pairs.i)} | ({} if pairs.complete else {"drawn at random out of": pairs.total})
