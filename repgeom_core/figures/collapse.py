"""Pictures of class means: in a plane of their own, beside the classifier's rows, and against the size of their class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from repgeom_core.analyses.collapse.class_means import alignment
from repgeom_core.analyses.result import Result
from repgeom_core.figures.frame import BLUE, NEUTRAL, ORANGE, RING, STEADY, axis_title, class_names, drawing, legend, margin, number
from repgeom_core.figures.matrix import class_matrix, off_diagonal_range
from repgeom_core.figures.palette import categorical_palette, hex_colours, ink
from repgeom_core.figures.text import unmarked
from repgeom_core.linalg.class_moments import ClassMoments

PLANE = 270  # pixels, about, over which the plane of the means is drawn
TURNS = np.deg2rad([0, 30, -30, 60, -60, 90, -90, 130, -130, 180])  # of a name around its point
CROWD = 30  # classes above which marks are small and bear no names


def simplex_target(K: int) -> np.ndarray:
    """(K, K) cosines of a simplex equiangular tight frame: 1 on the diagonal, −1/(K−1) elsewhere."""
    return np.where(np.eye(K, dtype=bool), 1.0, -1.0 / max(K - 1, 1))


def cosine_matrix(cosines: Result, classes: Sequence[str], ringed: Sequence[tuple[int, int]] = ()) -> go.Figure:
    """The cosines that ``nc2_cosines`` found, without its diagonal; ``ringed`` pairs of class codes are outlined."""
    values = np.where(np.eye(len(cosines.details["cosines"]), dtype=bool), np.nan, cosines.details["cosines"])
    codes = cosines.details["classes"]
    return class_matrix(values, codes, classes, "Cosines of class means", "cosine", "diverging", _cosine_limits(values), ringed, bar=False)


def simplex_matrix(cosines: Result, classes: Sequence[str]) -> go.Figure:
    """What these cosines are in a simplex equiangular tight frame, in the same colours."""
    values, codes = cosines.details["cosines"], cosines.details["classes"]
    diagonal = np.eye(len(codes), dtype=bool)
    target = np.where(np.isnan(values) | diagonal, np.nan, simplex_target(len(codes)))
    limits = _cosine_limits(np.where(diagonal, np.nan, values))
    return class_matrix(target, codes, classes, "Target: simplex ETF", "cosine", "diverging", limits)


def _cosine_limits(values: np.ndarray) -> tuple[float, float]:
    """Around zero, and wide enough for a simplex."""
    low, high = off_diagonal_range(values)
    reach = max(abs(low), abs(high), 1.5 / max(len(values) - 1, 1))
    return -reach, reach


def class_measures(moments: ClassMoments, W: np.ndarray | None = None) -> dict[str, np.ndarray]:
    """Name -> values (K,) for bars: each class's spread, the length of its mean, and its cosine with its row of ``W (K', d)``."""
    measures = {"spread √v": np.sqrt(moments.variances), "norm ‖μ − μ_G‖": np.linalg.norm(moments.centred_means, axis=1)}
    if W is not None and moments.classes.max() < len(W):
        measures["alignment cos(w, μ)"] = alignment(W[moments.classes], moments.centred_means)
    return measures


def means_plane(
    moments: ClassMoments,
    classes: Sequence[str],
    W: np.ndarray | None = None,
    X: np.ndarray | None = None,
    y: np.ndarray | None = None,
    selected: Sequence[int] = (),
    height: int = 380,
) -> go.Figure:
    """Class means, the classifier's rows (scaled to the same mean length) and some samples in the principal plane of the means.

    Four classes are drawn in 3-D, which holds their simplex; else the plane, and the title says how much of the means' spread it holds.
    ``W (K', d)``: rows by class code; ``X (m, d)``, ``y (m,)``: samples to show. ``customdata`` is the class code.
    """
    M = moments.centred_means
    _, s, directions = np.linalg.svd(M, full_matrices=False)
    dimensions = 3 if moments.K == 4 and len(s) >= 3 else 2
    basis = np.zeros((dimensions, moments.d))
    basis[: min(dimensions, len(directions))] = directions[:dimensions]
    held = float((s[:dimensions] ** 2).sum() / (s**2).sum()) if s.any() else 0.0
    codes, K = moments.classes, moments.K
    colours = hex_colours(categorical_palette(int(codes.max()) + 1))
    mine = [colours[int(k)] for k in codes]
    names = class_names(classes, codes)
    kind = "scatter3d" if dimensions == 3 else "scatter"
    deep, many = dimensions == 3, K > CROWD
    steady = {} if deep else STEADY
    traces: list[dict[str, Any]] = []

    def add(points: np.ndarray, **options: Any) -> None:
        traces.append({"type": kind, "hoverinfo": "text", **dict(zip("xyz", points.T, strict=False)), **options})

    if X is not None and y is not None and len(X):
        add(
            (X - moments.global_mean) @ basis.T,
            mode="markers",
            name="samples",
            showlegend=False,
            marker={"size": 2.5 if deep else 4, "color": [colours[int(k)] for k in y], "opacity": 0.35},
            customdata=[[int(k)] for k in y],
            hovertext=class_names(classes, y),
            **({} if deep else {state: {"marker": {"opacity": 0.35}} for state in STEADY}),
        )
    if W is not None and codes.max() < len(W):
        rows = W[codes] - W[codes].mean(axis=0)
        length = np.linalg.norm(rows)
        rows = rows * (np.linalg.norm(M) / length if length > 0 else 1.0)
        lines = np.full((3 * K, dimensions), np.nan)
        lines[0::3], lines[1::3] = 0, rows @ basis.T
        line = {"color": NEUTRAL, "width": 0.6 if many else 1.4}
        add(lines, mode="lines", name="classifier rows", showlegend=False, line=line, hoverinfo="skip")
        size = 6 if deep else 7 if many else 11
        add(
            rows @ basis.T,
            mode="markers",
            name="classifier rows, ends",
            showlegend=False,
            marker={"symbol": "diamond-open", "size": size, "color": mine, "line": {"width": 1.3 if many else 2, "color": mine}},
            customdata=[[int(k)] for k in codes],
            hovertext=[f"classifier row of {name}" for name in names],
            **steady,
        )
    rings = [3 if int(k) in selected else 1 for k in codes]
    written = {"text": [_unescaped(name) for name in names], "textposition": "top center", "textfont": {"size": 12}}
    add(
        M @ basis.T,
        name="class means",
        showlegend=False,
        **({"mode": "markers+text", **written} if deep else {"mode": "markers"}),
        marker={
            "size": 7 if deep else 9 if many else 13,
            "color": mine,
            "line": {"width": 1 if deep else rings, "color": "#FFFFFF" if deep else [RING if ring == 3 else "#FFFFFF" for ring in rings]},
        },
        customdata=[[int(k)] for k in codes],
        hovertext=[
            f"{name}<br>{int(n):,} samples<br>length {number(float(m))}"
            for name, n, m in zip(names, moments.counts, np.linalg.norm(M, axis=1), strict=True)
        ],
        **steady,
    )
    where = "space" if deep else "plane"
    note = {
        "text": f"this {where} holds {held:.0%} of the means' spread", "showarrow": False, "xref": "paper", "yref": "paper", "x": 0, "y": 0,
        "xanchor": "left", "yanchor": "top", "font": {"size": 11, "color": NEUTRAL},
    }  # fmt: skip
    traces += _key([t["name"] for t in traces], kind)
    pills = [] if deep or many else _names_outside(M @ basis.T, names, mine, _span(traces))
    layout: dict[str, Any] = {"annotations": [note, *pills], "margin": margin(b=24), "legend": legend(height)}
    title = f"Class means in their {where}"
    if deep:
        bare = {"showticklabels": False, "title": {"text": ""}, "showbackground": False, "gridcolor": "rgba(128,138,150,0.25)"}
        scene = {"xaxis": bare, "yaxis": bare, "zaxis": bare, "aspectmode": "data"}
        return drawing(traces, title, height, scene=scene, **{**layout, "dragmode": "orbit"})
    axis = {"showticklabels": False, "showgrid": False}
    return drawing(traces, title, height, x=axis, y={**axis, "scaleanchor": "x"}, **layout)


def _key(names: Sequence[str], kind: str) -> list[dict[str, Any]]:
    """Entries of the legend without a point: the marks as they are, in the colour of no class."""
    marks: dict[str, dict[str, Any]] = {
        "samples": {"mode": "markers", "marker": {"size": 5, "color": NEUTRAL, "opacity": 0.6}},
        "classifier rows": {
            "mode": "lines+markers",
            "line": {"color": NEUTRAL, "width": 1.4},
            "marker": {"symbol": "diamond-open", "size": 8, "color": NEUTRAL},
        },
        "class means": {"mode": "markers", "marker": {"size": 12, "color": NEUTRAL, "line": {"width": 1, "color": "#FFFFFF"}}},
    }
    place = dict.fromkeys("xyz" if kind == "scatter3d" else "xy", [None])
    return [{"type": kind, "name": name, "hoverinfo": "skip", **place, **mark} for name, mark in marks.items() if name in names]


def _span(traces: Sequence[dict[str, Any]]) -> float:
    """Over what these traces extend along the longer axis."""
    ends = [np.concatenate([np.asarray(trace[axis], float) for trace in traces]) for axis in "xy"]
    return max(float(np.nanmax(values) - np.nanmin(values)) for values in ends)


def _names_outside(points: np.ndarray, names: Sequence[str], colours: Sequence[str], span: float) -> list[dict[str, Any]]:
    """Each name on the colour of its class, beyond its point as seen from the middle, where there are neither lines nor many samples;
    turned aside where another name or point is. The plane is drawn over ``span``."""
    away = np.arctan2(points[:, 1], points[:, 0])
    pixels = points * PLANE / max(span, 1e-12)
    sizes = np.array([[6.5 * len(unmarked(name)) + 6, 17.0] for name in names])
    taken = [(place, np.array([12.0, 12.0])) for place in pixels]
    shifts = np.zeros_like(pixels)
    for k in np.argsort(-np.linalg.norm(points, axis=1), kind="stable"):
        tried = []
        for turn in TURNS:
            ray = np.array([np.cos(away[k] + turn), np.sin(away[k] + turn)])
            shift = ray * (sizes[k] / 2 + 11)
            overlap = [np.prod(np.clip((sizes[k] + size) / 2 - abs(pixels[k] + shift - place), 0, None)) for place, size in taken]
            tried.append((float(sum(overlap)), shift))
            if not tried[-1][0]:
                break
        shifts[k] = min(tried, key=lambda one: one[0])[1]
        taken.append((pixels[k] + shifts[k], sizes[k]))
    return [
        {
            "x": x, "y": y, "text": f"<b>{name}</b>", "showarrow": False, "xshift": float(u), "yshift": float(v),
            "bgcolor": colour, "borderpad": 1.5, "opacity": 0.92,
            "font": {"size": 11, "color": ink([int(colour[i : i + 2], 16) for i in (1, 3, 5)])},
        }
        for (x, y), (u, v), name, colour in zip(points, shifts, names, colours, strict=True)
    ]  # fmt: skip


def _unescaped(name: str) -> str:
    """3-D text is painted, not parsed: entities would show as they are written."""
    return name.replace("&lt;", "‹").replace("&gt;", "›").replace("&amp;", "&")


def norms_by_size(
    moments: ClassMoments, classes: Sequence[str], W: np.ndarray | None = None, selected: Sequence[int] = (), height: int = 300
) -> go.Figure:
    """‖μ_k − μ_G‖ and ‖w_k‖ against the class size n_k, each divided by its geometric mean, with the law of the free-features model.

    With squared loss, no bias and vanishing weight decay the minimum has ‖h_k‖ ∝ n_k^(−¼) and ‖w_k‖ ∝ n_k^(+¼).
    """
    codes, counts = moments.classes, moments.counts
    names = np.array(class_names(classes, codes))
    sizes = np.geomspace(counts.min() * 0.9, counts.max() * 1.1, 40)
    centre = np.exp(np.log(counts).mean())
    kinds = [("class means", np.linalg.norm(moments.centred_means, axis=1), -0.25, BLUE, "circle")]
    if W is not None and codes.max() < len(W):
        kinds.append(("classifier rows", np.linalg.norm(W[codes], axis=1), 0.25, ORANGE, "diamond"))
    traces: list[dict[str, Any]] = []
    for name, lengths, power, colour, symbol in kinds:
        known = lengths > 0
        if not known.any():
            continue
        scale = np.exp(np.log(lengths[known]).mean())
        ringed = [2.5 if int(k) in selected else 0 for k in codes[known]]
        traces.append(
            {
                "type": "scatter", "x": sizes, "y": (sizes / centre) ** power, "mode": "lines", "hoverinfo": "skip", "showlegend": False,
                "line": {"color": colour, "width": 1.3, "dash": "dot"}, "name": f"{name}: n^{'+' if power > 0 else '−'}¼",
            }
        )  # fmt: skip
        traces.append(
            {
                "type": "scatter",
                "x": counts[known],
                "y": lengths[known] / scale,
                "mode": "markers",
                "name": name,
                "marker": {
                    "color": colour,
                    "symbol": symbol,
                    "size": 6 if len(codes) > CROWD else 9,
                    "line": {"width": ringed, "color": RING},
                },
                "customdata": [[int(k)] for k in codes[known]],
                "hovertext": [
                    f"{label}<br>{int(n):,} samples<br>length {number(float(v))}"
                    for label, n, v in zip(names[known], counts[known], lengths[known], strict=True)
                ],
                "hoverinfo": "text",
                **STEADY,
            }
        )
    x = {"title": axis_title("samples in the class"), "type": "log" if counts.max() > 5 * counts.min() else "linear", "showgrid": False}
    return drawing(traces, "Length against class size", height, x=x, y={"title": axis_title("length / geometric mean")})
