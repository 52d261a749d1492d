"""The merges above the visible clusters as a dendrogram: leaves are the boxes of the treemap, in its order and its colours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from repgeom_core.figures.frame import NEUTRAL, RING, STEADY, axis_title, drawing, fills, log_axis, margin, number
from repgeom_core.figures.text import plain
from repgeom_core.hierarchy.cut import merges_above
from repgeom_core.hierarchy.cut_line import MOST, cut_line

if TYPE_CHECKING:
    from repgeom_core.figures.palette import Colours
    from repgeom_core.hierarchy.tree import Tree

SMALLEST, LARGEST = 7.0, 26.0  # diameters in pixels of the smallest and the largest cluster
ROOM = 0.06  # of the axis, above the root and below the lowest clusters
NAMED = 24  # clusters up to which their sizes stand below them


def dendrogram(
    tree: Tree,
    nodes: np.ndarray,
    root: int,
    colours: Colours | None = None,
    cut: float | None = None,
    shares: np.ndarray | None = None,
    told: Mapping[int, str] | None = None,
    title: str = "Dendrogram of the visible clusters",
    height: int = 420,
) -> go.Figure:
    """``nodes (k,)``: the visible clusters under ``root`` in dendrogram order, as :func:`repgeom_core.hierarchy.cut.cut` gives them.

    Each cluster is a disc at the height of its own merge, its area after its count; a bracket joins two children at the height at which
    they merge, so that a dashed line at height ``cut`` crosses as many branches as there are clusters. The axis is the one that the line
    moves along (:func:`repgeom_core.hierarchy.cut_line.cut_line`), whatever is visible; what merges below it stands on its floor.
    ``colours``: of all nodes
    ``(2n - 1,)``, ``shares (k,)``: the selected share of each cluster, drawn as a ring where it is not 0, ``told``: lines that hovering
    adds to a node. ``customdata`` of discs and brackets is the node.
    """
    nodes = np.asarray(nodes, np.int64)
    place = {int(node): float(x) for x, node in enumerate(nodes)}
    inner = merges_above(tree, nodes, root)
    for node in inner:
        left, right = tree.children(node) or (node, node)
        place[node] = (place[left] + place[right]) / 2
    told = told or {}
    fill = fills(colours, nodes)
    counts = tree.count[nodes]
    size = np.clip(LARGEST * np.sqrt(counts / max(int(counts.max()), 1)), SMALLEST, LARGEST)
    if len(nodes) > NAMED:
        size = np.clip(size * np.sqrt(NAMED / len(nodes)), SMALLEST, LARGEST)
    chosen = np.zeros(len(nodes)) if shares is None else np.asarray(shares, float)
    line = cut_line(tree, root, max(MOST, len(nodes)))
    split = tree.own_height[inner]
    floor = min(line.low, float(split[split > 0].min(initial=line.top)))
    at = {node: max(float(tree.own_height[node]), floor) for node in place}
    traces = [
        _brackets(tree, inner, place, at),
        _discs("merge", inner, tree, place, at, [NEUTRAL] * len(inner), np.full(len(inner), 6.0), told),
        _discs("cluster", nodes.tolist(), tree, place, at, fill, size, told, np.where(chosen > 0, 1.0 + 2.0 * chosen, 0.0)),
    ]
    named = len(nodes) <= NAMED
    x: dict[str, Any] = {
        "range": [-0.7, len(nodes) - 0.3], "showgrid": False, "tickvals": list(range(len(nodes))) if named else [],
        "ticktext": [f"{c:,}" for c in counts] if named else [],
        "title": axis_title("samples in each cluster, in the treemap's order" if named else f"{len(nodes)} clusters, as in the treemap"),
    }  # fmt: skip
    shapes = [] if cut is None else [_line(cut)]
    unit = f"height ({tree.method.replace('_', ' ')})"
    if line.log:
        low, high = np.log10(floor), np.log10(line.top)
        y = {**log_axis(np.array([floor, line.top])), "title": axis_title(f"{unit}, log scale")}
    else:
        low, high = floor, line.top
        y = {"title": axis_title(unit), "nticks": 6}
    room = ROOM * (high - low) or 1.0
    y["range"] = [low - room, high + room]
    title = plain(title, 120) + ("" if cut is None else f", cut at {number(cut)}")
    return drawing(traces, title, height, x, y, showlegend=False, shapes=shapes, margin=margin(t=34))


def _brackets(tree: Tree, inner: Sequence[int], place: Mapping[int, float], at: Mapping[int, float]) -> dict[str, Any]:
    x: list[float | None] = []
    y: list[float | None] = []
    for node in inner:
        left, right = tree.children(node) or (node, node)
        x += [place[left], place[left], place[right], place[right], None]
        y += [at[left], at[node], at[node], at[right], None]
    line = {"color": NEUTRAL, "width": 1.3}
    return {"type": "scatter", "x": x, "y": y, "mode": "lines", "line": line, "hoverinfo": "skip", "name": "brackets"}


def _discs(
    name: str,
    nodes: Sequence[int],
    tree: Tree,
    place: Mapping[int, float],
    at: Mapping[int, float],
    fill: Sequence[str],
    size: np.ndarray,
    told: Mapping[int, str],
    rings: np.ndarray | None = None,
) -> dict[str, Any]:
    ring = np.zeros(len(nodes)) if rings is None else rings
    return {
        "type": "scatter", "mode": "markers", "name": name, "x": [place[node] for node in nodes],
        "y": [at[node] for node in nodes],
        "marker": {"color": list(fill), "size": size, "opacity": 1, "line": {"color": RING, "width": ring}},
        "customdata": [[int(node)] for node in nodes], "cliponaxis": False, "hoverinfo": "text",
        "hovertext": [f"{_said(tree, node)}{told.get(node, '')}" for node in nodes],
        **STEADY,
    }  # fmt: skip


def _said(tree: Tree, node: int) -> str:
    count = int(tree.count[node])
    return "1 sample" if count == 1 else f"{count:,} samples, merged at height {number(float(tree.own_height[node]))}"


def _line(cut: float) -> dict[str, Any]:
    line = {"color": RING, "width": 1.6, "dash": "dash"}
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": cut, "y1": cut, "line": line}
