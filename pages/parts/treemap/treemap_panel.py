"""The treemap: its controls in a row, what its canvas draws, and what a click on it does to page, selection and address."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd
import streamlit as st

from pages.parts import channel, chart, extra_columns, linked
from pages.parts.plain_text import plain
from pages.parts.treemap import address, box_colour, computed_colours, tree_code, tree_data, tree_view, treemap_component
from pages.parts.treemap.tree_choice import Shown, approximate
from pages.parts.treemap.tree_view import View
from pages.parts.treemap.treemap_component import TreemapEvent
from repgeom_core.figures.palette import encode_column
from repgeom_core.hierarchy.slots import LARGEST, SMALLEST
from repgeom_core.views import payloads
from repgeom_core.views.payloads import Payload

HEIGHT = 640
SAMPLE = "Sample"  # the panel that a click on a picture opens
NODES = "treemap_nodes_handle"  # session state: what the canvas draws its boxes' colours from
ORDERS: dict[str, Literal["even", "central", "errors"]] = {
    "evenly spaced": "even",
    "most central first": "central",
    "errors first": "errors",
}


@tree_view.view("treemap_controls")
def controls(shown: Shown) -> None:
    """How many clusters by which rule, their colour, their pictures. What the boxes' colours are made from is sent from here."""
    again = tree_view.redraw
    known = tree_data.knows_errors(shown)
    address.within("k", tree_view.FEWEST, tree_view.MOST, "clusters", f"{tree_view.DEFAULT} are shown")
    address.known("cut_mode", tree_view.MODES, "boxes split by", "they are split by height")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="treemap_controls_row"):
        st.slider(
            "Clusters visible", tree_view.FEWEST, tree_view.MOST, tree_view.DEFAULT, key="k", bind="query-params", width=180,
            on_change=again, help="So many boxes are shown. The cut line on the dendrogram is the same choice seen from the other side.",
        )  # fmt: skip
        st.segmented_control(
            "Split next", tree_view.MODES, default="height", key="cut_mode", bind="query-params", required=True, on_change=again,
            help="The box whose two halves are farthest apart (the ordinary cut of a dendrogram), level by level, or the largest box.",
        )  # fmt: skip
        box_colour.choose(shown)
        with st.popover("Pictures", icon=":material/grid_view:"):
            st.slider("Size of a picture (pixels)", SMALLEST, LARGEST, 28, key="thumb", persist_state="session", on_change=again)
            orders = [name for name, by in ORDERS.items() if by == "even" or (known if by == "errors" else shown.picked.layer)]
            if st.session_state.get("thumb_order") not in orders:
                st.session_state.pop("thumb_order", None)
            st.selectbox(
                "A box shows first", orders, key="thumb_order", persist_state="session", on_change=again,
                help="Where a box has more samples than room: evenly spaced along the dendrogram, nearest to its mean, or errors.",
            )  # fmt: skip
        with st.popover("Marks", icon=":material/highlight:"):
            for label, key, why in (
                ("Outline errors", "outline_errors", "" if known else "There are no predictions at this checkpoint."),
                ("Focus errors: dim the others", "focus_errors", "" if known else "There are no predictions at this checkpoint."),
                ("Highlight similar under the pointer", "similar", tree_data.no_neighbours(shown)),
            ):
                st.toggle(label, key=key, persist_state="session", on_change=again, disabled=bool(why), help=why or None)
        computed_colours.offer(shown)
    st.session_state[NODES] = channel.send(box_colour.current(shown).packed(), "treemap_nodes")


def show(shown: Shown, thumbnails: bool = True) -> None:
    """Sends what the treemap draws, once, and draws it. ``thumbnails``: nobody else on the page sends them."""
    bundle, picked = shown.picked.bundle, shown.picked
    key = (shown.key, *box_colour.stamp(shown))
    table = box_colour.table(shown)
    whole = np.array_equal(shown.rows, np.arange(bundle.n))
    canvas = st.container()  # first, so that its place does not depend on what is sent
    with st.container(key="treemap_channels"):
        sent: dict[str, Any] = {
            "tree": channel.send(_tree(shown, shown.key), "treemap_tree"),
            "rows": None if whole else channel.send(payloads.pack_rows(shown.rows, bundle.ids_digest), "treemap_rows"),
            "labels": channel.send(_labels(shown, key), "treemap_labels"),
            "columns": channel.send(_hover(table, (*key, *extra_columns.digests(bundle))), "treemap_columns"),
            "colours": channel.send(_cells(shown, key), "treemap_cells") if _has_labels(shown) else None,
            "errors": channel.send(payloads.pack_flags(tree_data.errors(shown)), "treemap_errors")
            if tree_data.knows_errors(shown)
            else None,
            "thumbnails": None,
            "sparks": None,
            "text": "text" if "text" in table else None,
        }
        if bundle.thumbnails is not None:
            sent["thumbnails"] = bundle.ids_digest
            if thumbnails:
                channel.send_thumbnails(bundle.thumbnails, bundle.ids_digest, "thumbnails", ahead=shown.rows)
        elif picked.layer and not sent["text"]:
            sent["sparks"] = channel.send(_sparks(shown, (shown.key, picked.layer, picked.checkpoint)), "treemap_sparks")
    with canvas:
        draw(shown, sent)


@tree_view.view("treemap")
def draw(shown: Shown, sent: dict[str, Any]) -> None:
    tree_view.write_address(shown)
    bundle, tree, view = shown.picked.bundle, shown.tree, tree_view.current(shown)
    order = ORDERS[st.session_state.get("thumb_order") or "evenly spaced"]
    if (order == "errors" and sent["errors"] is None) or (order == "central" and not shown.picked.layer):
        order = "even"
    similar = bool(st.session_state.get("similar")) and not tree_data.no_neighbours(shown)
    canvas = st.container()  # first, so that its place does not depend on what is sent, nor on whether somebody waits
    near = tree_data.nearest_or_job(shown) if similar else None
    with st.container(key="treemap_channels_by_choice"):
        place = (shown.key, shown.picked.layer, shown.picked.checkpoint)
        neighbours = None if near is None else channel.send(_neighbours(near, place), "treemap_neighbours")
        ranks = channel.send(payloads.pack_ranks(tree_data.from_centre(shown, view)), "treemap_ranks") if order == "central" else None
    focus = linked.focus(bundle)

    def selected(event: TreemapEvent) -> None:
        mask = np.zeros(bundle.n, bool)
        mask[shown.rows[event.mask]] = True
        if event.tool in ("click", "clear"):
            st.session_state[linked.focus_key(bundle)] = _row(shown, event.focus)
        linked.select(bundle, mask, writer=f"treemap, {event.tool}")

    def focused(leaf: int | None) -> None:
        if leaf is None or st.session_state.get("panel") == SAMPLE:
            linked.set_focus(bundle, _row(shown, leaf))
        st.session_state[linked.focus_key(bundle)] = _row(shown, leaf)
        st.session_state["panel"] = SAMPLE
        st.rerun("app")  # the panel is chosen outside of the linked views

    def zoomed(node: int) -> None:
        tree_view.go_to(shown, node)

    with canvas:
        treemap_component.treemap_view(
            "treemap_view",
            n=tree.n,
            ids_digest=shown.key,
            universe=bundle.ids_digest,
            nodes=st.session_state[NODES],
            neighbours=neighbours,
            ranks=ranks,
            selection=linked.history(bundle).current.mask[shown.rows],
            hidden=_hidden(shown),
            focus=None if focus is None or shown.leaf_of[focus] < 0 else int(shown.leaf_of[focus]),
            root=view.root,
            k=view.k,
            mode=view.mode,
            order=order,
            thumb=int(st.session_state.get("thumb", 28)),
            outline_errors=bool(st.session_state.get("outline_errors")) and sent["errors"] is not None,
            focus_errors=bool(st.session_state.get("focus_errors")) and sent["errors"] is not None,
            similar=near is not None,
            title=shown.of,
            height=HEIGHT,
            on_selection=selected,
            on_focus=focused,
            on_zoom=zoomed,
            **sent,
        )
    _about(shown, view)


def second(first: Shown, shown: Shown) -> None:
    """Another tree over the same samples, whole, in as many boxes as the ``first``; the selection is shared."""
    bundle, tree, view = shown.picked.bundle, shown.tree, tree_view.current(first)
    key = (shown.key, *box_colour.stamp(shown))
    colour = box_colour.current(shown).on_scale_of(box_colour.current(first))

    def selected(event: TreemapEvent) -> None:
        mask = np.zeros(bundle.n, bool)
        mask[shown.rows[event.mask]] = True
        linked.select(bundle, mask, writer=f"treemap B, {event.tool}")

    treemap_component.treemap_view(
        "treemap_b",
        n=tree.n,
        ids_digest=shown.key,
        universe=bundle.ids_digest,
        tree=channel.send(_tree(shown, shown.key), "treemap_b_tree"),
        rows=channel.send(payloads.pack_rows(shown.rows, bundle.ids_digest), "treemap_b_rows"),
        labels=channel.send(_labels(shown, key), "treemap_b_labels"),
        colours=channel.send(_cells(shown, key), "treemap_b_cells") if _has_labels(shown) else None,  # so that boxes are named as A's are
        nodes=channel.send(colour.packed(), "treemap_b_nodes"),
        thumbnails=bundle.ids_digest if bundle.thumbnails is not None else None,
        selection=linked.history(bundle).current.mask[shown.rows],
        root=tree.root,
        k=view.k,
        mode=view.mode,
        thumb=int(st.session_state.get("thumb", 28)),
        title=f"B: {shown.of}",
        height=440,
        on_selection=selected,
    )
    st.caption(f"{plain(shown.said)}. {plain(colour.sentence(), 400)}")


def _row(shown: Shown, leaf: int | None) -> int | None:
    return None if leaf is None else int(shown.rows[leaf])


def _hidden(shown: Shown) -> np.ndarray:
    """Samples of the tree that the split or the class filter leaves out: they are dimmed."""
    hidden = np.ones(shown.picked.bundle.n, bool)
    hidden[shown.picked.rows] = False
    if shown.masked is not None:
        hidden |= shown.picked.bundle.y != shown.masked
    return hidden[shown.rows]


def _about(shown: Shown, view: View) -> None:
    tree, nodes = shown.tree, tree_view.clusters(shown, view)
    of = f"{tree.count[view.root]:,} of {tree.n:,} samples" if view.root != tree.root else f"{tree.n:,} samples"
    clusters = (
        f"{len(nodes):,} clusters" if len(nodes) == view.k else f"{len(nodes):,} clusters of the {view.k:,} asked for (there are no more)"
    )
    parts = [shown.said, f"{clusters} of {of}", box_colour.right(shown, view.root), approximate(tree)]
    if tree.meta.get("raised"):
        parts.append(f"{tree.meta['raised']:,} merges lay below a child and are drawn at its height")
    chosen = linked.history(shown.picked.bundle).current.mask[shown.rows]
    if chosen.any():
        parts.append(f"{int(chosen.sum()):,} selected")
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="top", key="tools_treemap"):
        words = plain(" · ".join(part for part in parts if part), 600)
        colour = box_colour.current(shown)
        st.caption(f"{words}. {plain(colour.sentence(), 400)}", width="stretch")
        table = _clusters(shown, nodes)
        code = tree_code.of_treemap(shown, view, box_colour.again(shown))
        chart.tools("treemap", code, lambda: tree_data.with_medoids(shown, table).to_csv(index=False).encode())


def _clusters(shown: Shown, nodes: np.ndarray) -> pd.DataFrame:
    """The visible clusters, one a row."""
    tree, colour, found = shown.tree, box_colour.current(shown), box_colour.statistics(shown)
    chosen = linked.history(shown.picked.bundle).current.mask[shown.rows]
    classes = np.array([*shown.picked.bundle.classes, ""], object)  # without labels the majority is -1
    table = {
        "node": nodes, "samples": tree.count[nodes], "height": tree.own_height[nodes], "selected": tree.sums(chosen)[nodes],
        "accuracy": found.accuracy[nodes], "purity": found.purity[nodes], "entropy": found.entropy[nodes],
        "majority": classes[found.majority[nodes]], f"colour: {colour.head}": colour.values[nodes],
    }  # fmt: skip
    return pd.DataFrame(table)


def _has_labels(shown: Shown) -> bool:
    return bool((shown.picked.bundle.y[shown.rows] >= 0).any())


@st.cache_resource(max_entries=8, show_spinner=False)
def _tree(_shown: Shown, key: str) -> Payload:
    return payloads.pack_tree(_shown.tree)


@st.cache_resource(max_entries=8, show_spinner=False)
def _labels(_shown: Shown, key: tuple[str, ...]) -> Payload:
    found = box_colour.statistics(_shown)
    known = tree_data.knows_errors(_shown)
    errors = _shown.tree.sums(tree_data.errors(_shown)) if known else None
    return payloads.pack_node_labels(found.majority, _shown.picked.bundle.classes, found.accuracy if known else None, errors)


@st.cache_resource(max_entries=8, show_spinner=False)
def _hover(_table: pd.DataFrame, key: tuple[str, ...]) -> Payload:
    return payloads.pack_columns(_table)


@st.cache_resource(max_entries=8, show_spinner=False)
def _cells(_shown: Shown, key: tuple[str, ...]) -> Payload:
    return payloads.pack_colours(encode_column(box_colour.table(_shown)["label"]))


@st.cache_resource(max_entries=4, show_spinner=False)
def _neighbours(_found: np.ndarray, key: tuple[str, ...]) -> Payload:
    return payloads.pack_neighbours(_found)


@st.cache_resource(max_entries=4, show_spinner=False)
def _sparks(_shown: Shown, key: tuple[str, ...]) -> Payload:
    return payloads.pack_sparks(_shown.picked.bundle.features(_shown.picked.layer, _shown.picked.checkpoint).take(_shown.rows))
