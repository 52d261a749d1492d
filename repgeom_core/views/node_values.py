"""What the clusters of a tree can be coloured by: a number, or a class, for every node."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from repgeom_core.hierarchy.statistics import NodeStatistics, node_means

if TYPE_CHECKING:
    from repgeom_core.hierarchy.tree import Tree

LARGE = 200  # a ramp spans the values of clusters that hold at least this fraction of the samples: leaves would stretch it


@dataclass(frozen=True)
class NodeValues:
    """``values (2n - 1,)`` of all nodes, NaN where there is none; for a class its codes, and ``labels`` the classes themselves.

    ``said`` is what they are, in words; ``percent``: shares of 1; ``ramp`` and ``limits`` are what a colour scale of them spans.
    """

    name: str
    values: np.ndarray
    said: str
    percent: bool = False
    labels: pd.Series | None = None
    ramp: str = "viridis"
    limits: tuple[float, float] | None = None


def node_values(
    tree: Tree, samples: pd.DataFrame, y: np.ndarray, predictions: np.ndarray | None, classes: tuple[str, ...]
) -> list[NodeValues]:
    """All that is known of the nodes of a tree over ``samples``, whose row i is leaf i: *accuracy* where there are predictions, *purity*,
    *entropy* and *majority class* where there are labels, *height*, and *mean* of each numeric column.

    ``y (n,)`` and ``predictions (n,)`` are codes over ``classes``, -1: none.
    """
    statistics = NodeStatistics(tree, y, predictions, len(classes))
    found = []
    if predictions is not None and np.isfinite(statistics.accuracy).any():
        found.append(_scaled(tree, "accuracy", statistics.accuracy, "share of right predictions in a cluster", percent=True))
    if (y >= 0).any():
        found.append(_scaled(tree, "purity", statistics.purity, "share of a cluster's most frequent class", percent=True))
        found.append(_scaled(tree, "entropy", statistics.entropy, "entropy of the classes in a cluster, in nats", ramp="cividis"))
        codes = np.asarray(statistics.majority, np.int64)
        of_class = pd.Series(pd.Categorical.from_codes(codes.tolist(), categories=pd.Index(classes)))
        values = np.where(codes < 0, np.nan, codes)
        found.append(NodeValues("majority class", values, "most frequent class of a cluster", labels=of_class))
    found.append(_scaled(tree, "height", tree.own_height, "height at which a cluster's own two halves merge"))
    for name in samples.columns:
        column = samples[name]
        if name == "id" or pd.api.types.is_bool_dtype(column) or not pd.api.types.is_numeric_dtype(column) or not column.notna().any():
            continue
        means = node_means(tree, column.to_numpy(np.float64, na_value=np.nan))
        found.append(_scaled(tree, f"mean {name}", means, f"mean of {name} over a cluster's samples"))
    return found


def _scaled(tree: Tree, name: str, values: np.ndarray, said: str, percent: bool = False, ramp: str = "viridis") -> NodeValues:
    values = np.asarray(values, np.float64)
    large = (tree.count >= max(2, tree.n // LARGE)) & np.isfinite(values)
    known = values[large if large.any() else np.isfinite(values)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    if percent:
        low, high = min(np.floor(low * 20) / 20, 0.95), 1.0
    elif name in ("height", "entropy"):
        low, high = 0.0, high or 1.0
    return NodeValues(name, values, said, percent, ramp=ramp, limits=(float(low), float(high)))
