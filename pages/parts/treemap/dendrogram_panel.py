"""The dendrogram of the visible clusters, and the slider that cuts it: the number of clusters seen from the other side."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.parts import chart, linked
from pages.parts.plain_text import plain
from pages.parts.treemap import box_colour, tree_code, tree_view
from pages.parts.treemap.tree_choice import Shown
from pages.parts.treemap.tree_view import View
from repgeom_core.figures.dendrogram import dendrogram
from repgeom_core.figures.frame import number
from repgeom_core.figures.text import plain as escaped
from repgeom_core.hierarchy.cut import cut_at, heights_of_cut

HEIGHT = 470
STEPS = 1000  # of the slider
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
        note=f"Heights are {plain(shown.tree.method)} heights.", hint=HINT,
    )  # fmt: skip


def _slider(shown: Shown, view: View) -> float | None:
    """The height of the cut line; moving it changes the number of clusters."""
    tree, key = shown.tree, "cut_height"
    most = min(tree_view.MOST, int(tree.count[view.root]))
    lowest, highest = heights_of_cut(tree, most, view.root)[0], float(tree.own_height[view.root])
    low, high = heights_of_cut(tree, view.k, view.root)
    line = (low + high) / 2
    if not lowest < highest:
        st.caption(f"All merges are at height {number(highest)}, so there is nothing to cut.")
        return None
    kept = st.session_state.get(key)
    if kept is None or not low <= kept < high:
        st.session_state[key] = kept = float(np.clip(line, lowest, highest))

    def moved() -> None:
        st.session_state["k"] = int(np.clip(len(cut_at(tree, float(st.session_state[key]), view.root)), tree_view.FEWEST, tree_view.MOST))
        tree_view.redraw()

    st.slider(
        "Cut at height", lowest, highest, step=(highest - lowest) / STEPS, key=key, on_change=moved, format="%.4g",
        help=f"{tree_view.FEWEST} to {tree_view.MOST} clusters; between {number(low)} and {number(high)} there are as many as now.",
    )  # fmt: skip
    return float(kept)


def _select(shown: Shown, node: int) -> None:
    linked.select_rows(shown.picked.bundle, shown.members(node), writer="dendrogram")
