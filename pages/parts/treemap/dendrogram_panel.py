"""The dendrogram of the visible clusters, and the slider that cuts it: the number of clusters seen from the other side."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.parts import chart, linked
from pages.parts.treemap import box_colour, tree_code, tree_view
from pages.parts.treemap.tree_choice import Shown
from pages.parts.treemap.tree_view import View
from repgeom_core.figures.dendrogram import dendrogram
from repgeom_core.figures.frame import number
from repgeom_core.figures.text import plain as escaped
from repgeom_core.hierarchy.cut import cut_at
from repgeom_core.hierarchy.cut_line import cut_line

HEIGHT = 470
NOTE = "What merges below the axis stands on its floor."
HINT = "Click a cluster, or a merge for all below it, to select its samples; a ring shows the selected share."


@tree_view.view("dendrogram_panel")
def show(shown: Shown) -> None:
    view = tree_view.current(shown)
    nodes = tree_view.clusters(shown, view)
    line = _slider(shown, view) if view.mode == "height" and len(nodes) > 1 else None
    if view.mode != "height":
        st.caption("These clusters are split by breadth or by count, so no one height cuts them out. Choose *by height* for a cut line.")
    colour = box_colour.current(shown)
    tree, history = shown.tree, linked.history(shown.picked.bundle)
    chosen = history.current.mask[shown.rows]
    shares = (tree.sums(chosen) / tree.count)[nodes] if history.current.count else None
    told = {int(node): f"<br>{escaped(colour.name)} {escaped(colour.tell(int(node)))}" for node in nodes}
    title = f"{len(nodes)} clusters of {tree.count[view.root]:,} samples"
    figure = dendrogram(tree, nodes, view.root, colour.colours, line, shares, told, title, HEIGHT)
    chart.show(
        figure, "dendrogram", tree_code.of_dendrogram(shown, view, box_colour.again(shown)), lambda point: _select(shown, int(point[0])),
        note=NOTE, hint=HINT,
    )  # fmt: skip


def _slider(shown: Shown, view: View) -> float | None:
    """The height of the cut line; moving it, along the axis as it is drawn, changes the number of clusters."""
    tree, key = shown.tree, "cut_height"
    line = cut_line(tree, view.root, tree_view.MOST)
    within, choices = line.between(view.k), line.choices()
    if within is None and not choices:
        st.caption(f"All merges are at height {number(line.top)}, so there is nothing to cut.")
        return None
    if choices == [view.k]:  # no line gives another number
        return line.stop(view.k)
    stops = line.stops()
    kept = st.session_state.get(key)
    if kept not in stops or within is None or not within[0] <= kept < within[1]:
        height = line.stop(view.k)
        if height is None:  # of the merges at the height where there would be a line
            split = float(line.heights[min(view.k, len(line.heights)) - 1])
            height = min(stops, key=lambda stop: abs(stop - split))
            st.caption(f"Several merges are at height {number(split)}: no line gives exactly {view.k:,} clusters.")
        st.session_state[key] = kept = height

    def moved() -> None:
        st.session_state["k"] = int(np.clip(len(cut_at(tree, float(st.session_state[key]), view.root)), tree_view.FEWEST, tree_view.MOST))
        tree_view.redraw()

    told = f"Between {number(within[0])} and {number(within[1])} there are as many clusters as now." if within else ""
    st.select_slider(
        "Cut at height", stops, key=key, on_change=moved, format_func=_written,
        help=f"{choices[0]:,} to {choices[-1]:,} clusters; the slider moves along the dendrogram's axis. {told}",
    )  # fmt: skip
    return float(kept)


def _written(height: float) -> str:
    """In full: options of a slider are told apart by what is written."""
    return f"{height:.12g}"


def _select(shown: Shown, node: int) -> None:
    linked.select_rows(shown.picked.bundle, shown.members(node), writer="dendrogram")
