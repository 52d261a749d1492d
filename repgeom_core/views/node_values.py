"""What the clusters of a tree can be coloured by: a number, or a class, for every node, and the scale of its colours."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from repgeom_core.figures.frame import number
from repgeom_core.figures.palette import Colours, encode_column
from repgeom_core.hierarchy.statistics import NodeStatistics, node_differences, node_means, node_nc1, share
from repgeom_core.views.payloads import Payload, pack_node_colours

if TYPE_CHECKING:
    from repgeom_core.hierarchy.tree import Tree

SHARE, NC1, AGREEMENT = "share of the selection", "NC1 of the cluster", "purity in tree B"
POINTS = "points"  # the unit of differences between percentages
LARGE = 200  # a ramp spans the values of clusters that hold at least this fraction of the samples: leaves would stretch it


@dataclass(frozen=True)
class NodeValues:
    """``values (2n - 1,)`` of all nodes, NaN where there is none; for a class its codes, and ``labels`` the classes themselves.

    ``said`` is what they are, in words; ``percent``: shares of 1, told in per cent; ``units``: told behind a value; ``signed``:
    differences, told with their sign; ``ramp`` and ``limits`` are what a colour scale of them spans.
    """

    name: str
    values: np.ndarray
    said: str
    percent: bool = False
    units: str = ""
    signed: bool = False
    labels: pd.Series | None = None
    ramp: str = "viridis"
    limits: tuple[float, float] | None = None

    @cached_property
    def colours(self) -> Colours:
        """Colour codes (2n - 1,) of all nodes, and what they mean."""
        column = pd.Series(self.values) if self.labels is None else self.labels
        return encode_column(column, title=self.name, ramp=self.ramp, units=self.units, limits=self.limits)

    def on_scale_of(self, other: NodeValues) -> NodeValues:
        """The same values on the colour scale of another tree's, where both are of one kind, so that their colours can be compared."""
        return replace(self, limits=other.limits) if self.name == other.name else self

    def packed(self) -> Payload:
        """Colours and values as the treemap in the browser takes them."""
        return pack_node_colours(self.colours, self.values, self.said, self.percent, self.signed)

    def tell(self, node: int) -> str:
        """The value of a node in words."""
        if self.labels is None:
            return self._number(float(self.values[node]))
        label = self.labels.iloc[node]
        return "no label" if pd.isna(label) else str(label)

    def sentence(self) -> str:
        """What the colours mean, from where to where."""
        ends = f"; from {self._number(self.colours.low)} to {self._number(self.colours.high)}" if self.labels is None else ""
        return f"Colour: {self.said}{ends}."

    @property
    def head(self) -> str:
        """The name with its units: of a column, or of a scale."""
        return f"{self.name} ({self.units})" if self.units else self.name

    def _number(self, value: float) -> str:
        if not np.isfinite(value):
            return number(value)
        if self.percent:
            return f"{value:.1%}"
        text = f"{round(value, 1) + 0.0:.1f}" if self.units == POINTS else number(value)  # + 0.0: no minus before a zero
        if self.signed:
            text = text.replace("-", "−", 1) if value < 0 else f"+{text}" if text.strip("0.") else text
        return f"{text} {self.units}".rstrip()


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
        if name == "id" or pd.api.types.is_bool_dtype(column) or not pd.api.types.is_numeric_dtype(column):
            continue
        means = node_means(tree, column.to_numpy(np.float64, na_value=np.nan))
        if not np.isfinite(means).any():
            continue
        found.append(_scaled(tree, f"mean {name}", means, f"mean of {name} over a cluster's samples"))
    return found


def selected_share(tree: Tree, mask: np.ndarray) -> NodeValues:
    """The share of each node's leaves in the selection ``mask (n,)``."""
    said = f"share of a cluster's samples that is selected ({int(mask.sum()):,} are)"
    return NodeValues(SHARE, share(tree, mask), said, percent=True, limits=(0.0, 1.0))


def agreement(tree: Tree, labels: np.ndarray, of: str) -> NodeValues:
    """The greatest share of each node's leaves in one cluster of another tree, of which ``labels (n,)`` say 0, 1, ... in words ``of``."""
    purity = NodeStatistics(tree, labels, None, int(labels.max(initial=0)) + 1).purity
    return NodeValues(
        AGREEMENT, purity, f"share of a cluster's samples in one and the same cluster of {of}", percent=True, limits=(0.0, 1.0)
    )


def change(tree: Tree, name: str, now: np.ndarray, then: np.ndarray, said: str, points: bool = False) -> NodeValues:
    """The mean of ``now - then (n,)`` over each node's leaves, of the samples where both are known, on a scale about 0. ``points``: of
    shares, in percentage points."""
    values = node_differences(tree, now, then) * (100 if points else 1)
    found = _scaled(tree, name, values, said, ramp="diverging")
    return replace(found, units=POINTS if points else "", signed=True)


def nc1(tree: Tree, nodes: np.ndarray, X: np.ndarray, y: np.ndarray) -> NodeValues:
    """NC1 of ``nodes`` alone: of all nodes it would take long, and mean little for the small ones. ``X (n, d)`` and ``y (n,)`` are of the
    leaves."""
    values = np.full(tree.nodes, np.nan)
    values[nodes] = node_nc1(X, y, tree, nodes)
    said = "NC1 of a visible cluster, tr(Σ_W Σ_B⁺) / K over its own samples and classes; grey where it has one class only"
    return NodeValues(NC1, values, said, ramp="cividis", limits=_range(values[np.isfinite(values)]))


def _range(known: np.ndarray) -> tuple[float, float]:
    return (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)


def _scaled(tree: Tree, name: str, values: np.ndarray, said: str, percent: bool = False, ramp: str = "viridis") -> NodeValues:
    values = np.asarray(values, np.float64)
    large = (tree.count >= max(2, tree.n // LARGE)) & np.isfinite(values)
    known = values[large if large.any() else np.isfinite(values)]
    low, high = _range(known)
    if ramp == "diverging":
        high = float(np.abs(known).max(initial=0)) or 1.0
        low = -high
    elif percent:
        low, high = min(np.floor(low * 20) / 20, 0.95), 1.0
    elif name in ("height", "entropy"):
        low, high = 0.0, high or 1.0
    return NodeValues(name, values, said, percent=percent, ramp=ramp, limits=(float(low), float(high)))
