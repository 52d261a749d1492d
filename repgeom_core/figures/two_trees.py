"""Two trees over the same samples: their agreement at every cut, both cuts facing each other, and the clusters that break apart.

A click on a cluster or band carries ``customdata`` [a, b]: places of clusters in the cuts of A and B, −1 for any, as
:meth:`repgeom_core.hierarchy.compare.Flow.members` takes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from repgeom_core.figures.frame import BAND, BLUE, NEUTRAL, ORANGE, PALE, RING, STEADY, axis_title, drawing, margin, number
from repgeom_core.figures.palette import categorical_palette, hex_colours
from repgeom_core.figures.text import plain
from repgeom_core.hierarchy.compare import PART
from repgeom_core.hierarchy.cut import merges_above

if TYPE_CHECKING:
    import pandas as pd

    from repgeom_core.hierarchy.compare import Agreement, Comparison, Flow
    from repgeom_core.hierarchy.tree import Tree

MOST_BANDS = 600
MOST_ROWS = 25
NAMED = 24  # clusters up to which their names stand beside them
EDGE, BAR = 0.2, 0.018  # where a dendrogram ends, and how wide the clusters' bars are, as shares of the width
ROOM = 0.25  # of the height, between clusters
BLEND = np.linspace(0, 1, 13)
SMOOTH = BLEND**2 * (3 - 2 * BLEND)


def agreement(found: Agreement, k: int | None = None, title: str = "Agreement of the cuts", height: int = 320) -> go.Figure:
    """The adjusted Rand index by number of clusters, with its interval and the band of leaves in random order; ``k`` is marked.

    ``customdata`` of a point is its number of clusters.
    """
    x = found.k.tolist()
    picked = [count == k for count in x]
    traces = [
        _band(x, found.null_mean - 2 * found.null_sd, found.null_mean + 2 * found.null_sd, BAND, "leaves in random order, ± 2 sd"),
        _band(x, found.low, found.high, "rgba(47,124,196,0.22)", "95 % interval over samples"),
        {
            "type": "scatter", "x": x, "y": found.value, "mode": "lines+markers", "name": "adjusted Rand index",
            "line": {"color": BLUE, "width": 1.8},
            "marker": {"size": [11 if here else 4 for here in picked], "color": [RING if here else BLUE for here in picked]},
            "customdata": [[count] for count in x], "hoverinfo": "text", "cliponaxis": False,
            "hovertext": [
                f"{c} clusters: {number(v)}" + (f"<br>{number(low)} to {number(high)}" if np.isfinite(low) else "")
                for c, v, low, high in zip(x, found.value, found.low, found.high, strict=True)
            ],
            **STEADY,
        },
    ]  # fmt: skip
    lowest = float(min(np.fmin.reduce(found.low, initial=0), (found.null_mean - 2 * found.null_sd).min(initial=0)))
    return drawing(
        traces,
        title,
        height,
        {"title": axis_title("clusters in each tree"), "range": [min(x, default=2) - 1, max(x, default=2) + 1]},
        {"range": [lowest - 0.02, 1.02]},
        margin=margin(t=64),
    )


def _band(x: list[int], low: np.ndarray, high: np.ndarray, colour: str, name: str) -> dict[str, Any]:
    around = {"x": x + x[::-1], "y": np.concatenate([high, low[::-1]]), "fill": "toself", "fillcolor": colour}
    return {"type": "scatter", "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "name": name, **around}


def tangled(
    tree_a: Tree,
    tree_b: Tree,
    found: Comparison,
    names: Sequence[str] = ("A", "B"),
    told_a: Sequence[str] = (),
    told_b: Sequence[str] = (),
    selected: np.ndarray | None = None,
    height: int = 560,
) -> go.Figure:
    """Both cuts facing each other, joined by a band for the samples that a cluster of A and one of B share.

    ``told_a``, ``told_b`` (k,): a line about each cluster, in dendrogram order (a name, its majority class). Clusters with samples in
    ``selected (n,)`` have a ring, the wider the larger their share. The 600 largest bands are drawn; where there are more, the title says
    which share of the samples they carry.
    """
    flow, tangle = found.flow, found.tanglegram
    colours = hex_colours(categorical_palette(len(flow.nodes_a)))
    side_a, side_b = _placed(flow.table.sum(axis=1), tangle.order_a), _placed(flow.table.sum(axis=0), tangle.order_b)
    bands, drawn = _bands(flow, side_a, side_b, tangle.order_a, tangle.order_b, colours, told_a, told_b)
    inside = np.zeros(len(flow.labels_a), bool) if selected is None else selected
    traces = [
        *bands,
        _brackets(tree_a, flow.nodes_a, side_a, mirrored=False),
        _brackets(tree_b, flow.nodes_b, side_b, mirrored=True),
        _bars(side_a, flow.labels_a, inside, colours, told_a, names[0], mirrored=False),
        _bars(side_b, flow.labels_b, inside, [NEUTRAL] * len(flow.nodes_b), told_b, names[1], mirrored=True),
        *(_words(side, told, mirrored) for side, told, mirrored in ((side_a, told_a, False), (side_b, told_b, True)) if len(told)),
    ]
    n = len(flow.labels_a)
    pairs = max(n * (n - 1) / 2, 1)
    title = f"{tangle.after / pairs:.1%} of pairs cross ({tangle.before / pairs:.1%} before untangling)"
    if drawn < n:
        title += f"; bands of {drawn / n:.1%} of the samples"
    hidden = {"visible": False, "fixedrange": True}
    heads = [_head(names[0], 0, "left"), _head(names[1], 1, "right")]
    return drawing(
        traces, title, height, {**hidden, "range": [-0.01, 1.01]}, {**hidden, "range": [1.01, -0.01]}, showlegend=False,
        barmode="overlay", annotations=heads, margin=margin(t=54),
    )  # fmt: skip


def _placed(sizes: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Where each cluster begins and ends ``(k, 2)``, from 0 at the top to 1."""
    gap = ROOM / max(len(sizes), 2)
    heights = sizes[order] / sizes.sum() * (1 - gap * (len(sizes) - 1))
    ends = np.cumsum(heights + gap) - gap
    found = np.empty((len(sizes), 2))
    found[order] = np.stack([ends - heights, ends], axis=1)
    return found


def _bands(
    flow: Flow,
    side_a: np.ndarray,
    side_b: np.ndarray,
    order_a: np.ndarray,
    order_b: np.ndarray,
    colours: Sequence[str],
    told_a: Sequence[str],
    told_b: Sequence[str],
) -> tuple[list[dict[str, Any]], int]:
    """A trace of bands for each cluster of A, one of what a click on a band hits, and how many samples the bands carry."""
    table = flow.table
    scale_a, scale_b = np.diff(side_a, axis=1)[:, 0] / table.sum(axis=1), np.diff(side_b, axis=1)[:, 0] / table.sum(axis=0)
    # Bands leave a cluster in the order in which they arrive at the other side.
    before_a, before_b = np.empty(table.shape), np.empty(table.shape)
    before_a[:, order_b] = np.cumsum(table[:, order_b], axis=1) - table[:, order_b]
    before_b[order_a] = np.cumsum(table[order_a], axis=0) - table[order_a]
    a, b = np.nonzero(table)
    largest = np.sort(np.argsort(-table[a, b], kind="stable")[:MOST_BANDS])
    a, b = a[largest], b[largest]
    start, end = side_a[a, 0] + before_a[a, b] * scale_a[a], side_b[b, 0] + before_b[a, b] * scale_b[b]
    wide_a, wide_b = table[a, b] * scale_a[a], table[a, b] * scale_b[b]
    left, right = EDGE + BAR, 1 - EDGE - BAR
    along = left + (right - left) * BLEND
    upper = start[:, None] + (end - start)[:, None] * SMOOTH
    lower = (start + wide_a)[:, None] + (end + wide_b - start - wide_a)[:, None] * SMOOTH
    outline = np.concatenate([upper, lower[:, ::-1], np.full((len(a), 1), np.nan)], axis=1)
    around = np.concatenate([along, along[::-1], [np.nan]])
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter", "mode": "lines", "x": np.tile(around, int((a == c).sum())), "y": outline[a == c].ravel(), "fill": "toself",
            "fillcolor": _faint(colours[c]), "line": {"width": 0}, "hoverinfo": "skip", "name": f"from cluster {c + 1}",
        }
        for c in np.unique(a)
    ]  # fmt: skip
    middle = (upper + lower)[:, len(BLEND) // 2] / 2
    share_a, share_b = table[a, b] / table.sum(axis=1)[a], table[a, b] / table.sum(axis=0)[b]
    traces.append(
        {
            "type": "scatter", "mode": "markers", "name": "bands", "x": np.full(len(a), (left + right) / 2), "y": middle,
            "marker": {"size": np.clip(400 * (wide_a + wide_b) / 2, 6, 40), "color": NEUTRAL, "opacity": 0},
            "customdata": [[int(i), int(j)] for i, j in zip(a, b, strict=True)], "hoverinfo": "text",
            "hovertext": [
                f"{table[i, j]:,} samples<br>{p:.0%} of {_name(told_a, i)}<br>{q:.0%} of {_name(told_b, j)}"
                for i, j, p, q in zip(a, b, share_a, share_b, strict=True)
            ],
            "selected": {"marker": {"opacity": 0}}, "unselected": {"marker": {"opacity": 0}},
        }
    )  # fmt: skip
    return traces, int(table[a, b].sum())


def _brackets(tree: Tree, nodes: np.ndarray, side: np.ndarray, mirrored: bool) -> dict[str, Any]:
    """The merges above the clusters, each at its height: the root at the outer edge, the cut where the bars begin."""
    y = {int(node): float(middle) for node, middle in zip(nodes, side.mean(axis=1), strict=True)}
    above = merges_above(tree, nodes)
    top, floor = float(tree.own_height[tree.root]), float(tree.own_height[nodes].max())
    span = top - floor or 1.0
    x = {node: EDGE * (top - max(float(tree.own_height[node]), floor)) / span * 0.92 for node in above}
    across: list[float | None] = []
    down: list[float | None] = []
    for node in above:
        left, right = tree.children(node) or (node, node)
        y[node] = (y[left] + y[right]) / 2
        across += [x.get(left, EDGE), x[node], x[node], x.get(right, EDGE), None]
        down += [y[left], y[left], y[right], y[right], None]
    across = [None if v is None else 1 - v for v in across] if mirrored else across
    line = {"color": NEUTRAL, "width": 1.2}
    return {"type": "scatter", "mode": "lines", "x": across, "y": down, "line": line, "hoverinfo": "skip", "name": "merges"}


def _bars(
    side: np.ndarray, labels: np.ndarray, inside: np.ndarray, colours: Sequence[str], told: Sequence[str], name: str, mirrored: bool
) -> dict[str, Any]:
    k = len(side)
    counts, chosen = np.bincount(labels, minlength=k), np.bincount(labels[inside], minlength=k)
    where = 1 - EDGE - BAR / 2 if mirrored else EDGE + BAR / 2
    rings = np.where(chosen > 0, 0.8 + 2.2 * chosen / np.maximum(counts, 1), 0)
    picked = "<br>{:,} of them selected" if inside.any() else ""
    return {
        "type": "bar", "x": [where] * k, "width": [BAR] * k, "base": side[:, 0], "y": side[:, 1] - side[:, 0], "name": plain(name),
        "marker": {"color": list(colours), "line": {"color": RING, "width": rings}},
        "customdata": [[-1, c] if mirrored else [c, -1] for c in range(k)], "hoverinfo": "text",
        "hovertext": [
            f"{_name(told, c)} of {plain(name)}<br>{counts[c]:,} samples{picked.format(chosen[c])}" for c in range(k)
        ],
        **STEADY,
    }  # fmt: skip


def _words(side: np.ndarray, told: Sequence[str], mirrored: bool) -> dict[str, Any]:
    """What the clusters are, on the bands beside them, where there is room."""
    few = len(side) <= NAMED
    edge = EDGE + BAR + 0.006
    return {
        "type": "scatter", "mode": "text", "x": [1 - edge if mirrored else edge] * len(side), "y": side.mean(axis=1),
        "text": [plain(word, 14) if few else "" for word in told], "textposition": "middle left" if mirrored else "middle right",
        "textfont": {"size": 11}, "hoverinfo": "skip", "name": "names",
    }  # fmt: skip


def broken(table: pd.DataFrame, flow: Flow, told_a: Sequence[str] = (), told_b: Sequence[str] = (), most: int = MOST_ROWS) -> go.Figure:
    """The clusters of A, the most broken first, each divided into the clusters of B that its samples go to.

    ``table`` is that of :func:`repgeom_core.hierarchy.compare.broken_clusters`; of more than ``most`` clusters the first are drawn, and the
    title says so.
    """
    shown = table.head(most)
    title = "Where the clusters of A go in B, the most broken first"
    if len(table) > len(shown):
        title += f" ({len(shown)} of {len(table)})"
    clusters = shown["cluster"].to_numpy()
    counts = flow.table[clusters]
    parts = np.argsort(-counts, axis=1, kind="stable")  # of each row's cluster, the largest first
    share = np.take_along_axis(counts, parts, axis=1) / counts.sum(axis=1, keepdims=True)
    start = np.cumsum(share, axis=1) - share
    largest = np.arange(share.shape[1]) == 0
    traces = [
        _parts(flow, clusters, parts, share, start, largest & (share > 0), "its largest part", BLUE, told_a, told_b),
        _parts(flow, clusters, parts, share, start, ~largest & (share >= PART), f"others of {PART:.0%} or more", ORANGE, told_a, told_b),
        _parts(flow, clusters, parts, share, start, ~largest & (share > 0) & (share < PART), "smaller ones", PALE, told_a, told_b),
    ]
    names = [f"{_name(told_a, c)} · {size:,}" for c, size in zip(clusters, shown["size"], strict=True)]
    height = max(180, 96 + 21 * len(shown))
    y = {"tickvals": list(range(len(shown))), "ticktext": names, "range": [len(shown) - 0.4, -0.6], "showgrid": False}
    x = {"tickformat": ".0%", "range": [0, 1], "title": axis_title("share of the cluster")}
    return drawing(traces, title, height, x, y, barmode="overlay", bargap=0.25, margin=margin(t=62))


def _parts(
    flow: Flow, clusters: np.ndarray, parts: np.ndarray, share: np.ndarray, start: np.ndarray, kept: np.ndarray, name: str, colour: str,
    told_a: Sequence[str], told_b: Sequence[str],
) -> dict[str, Any]:  # fmt: skip
    row, place = np.nonzero(kept)
    a, b, size = clusters[row], parts[row, place], share[row, place]
    return {
        "type": "bar", "orientation": "h", "name": name, "y": row, "x": size, "base": start[row, place],
        "marker": {"color": colour, "line": {"color": "rgba(255,255,255,0.7)", "width": 1}},
        "customdata": [[int(i), int(j)] for i, j in zip(a, b, strict=True)], "hoverinfo": "text",
        "hovertext": [
            f"{flow.table[i, j]:,} samples, {part:.0%} of {_name(told_a, i)} of A<br>in {_name(told_b, j)} of B"
            for i, j, part in zip(a, b, size, strict=True)
        ],
        **STEADY,
    }  # fmt: skip


def _name(told: Sequence[str], cluster: Any) -> str:
    return plain(told[cluster], 24) if len(told) else f"cluster {cluster + 1}"


def _head(name: str, x: float, side: str) -> dict[str, Any]:
    place = {"xref": "paper", "yref": "paper", "x": x, "y": 1, "xanchor": side, "yanchor": "bottom"}
    return {"text": f"<b>{plain(name, 40)}</b>", "showarrow": False, "font": {"size": 12}, **place}


def _faint(colour: str) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.42)"
