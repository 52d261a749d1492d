"""The Treemap page: samples nested by likeness as a zoomable treemap, linked with map, dendrogram, class table and details."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.parts import extra_columns, frame, linked, no_bundle, sidebar
from pages.parts.map import map_panel, projection
from pages.parts.map.map_panel import Style
from pages.parts.measures import analysis_card
from pages.parts.measures.scope import Scope
from pages.parts.samples import sample_table, sample_wall
from pages.parts.sidebar import Picked
from pages.parts.treemap import (
    address,
    class_table_panel,
    dendrogram_panel,
    sample_details,
    tree_choice,
    tree_exports,
    tree_view,
    treemap_panel,
    two_trees_panel,
)
from pages.parts.treemap.tree_choice import Shown

SENTENCE = (
    "Samples that the layer holds to be alike are merged, pair by pair, into one tree. Each box is a cluster of it: a click zooms in, "
    "Escape goes back."
)
MAP, DENDROGRAM, CLASSES, SAMPLE, TWO = PANELS = ["Map", "Dendrogram", "Classes", treemap_panel.SAMPLE, "Two trees"]
BELOW = ["Gallery", "Table"]


def show(picked: Picked) -> None:
    tree_view.begin_run()
    choices = st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="treemap_choices")
    with choices:
        st.title("Treemap", anchor=False, width="content")
        wanted = tree_choice.choose(picked)
    st.caption(SENTENCE)
    if wanted is None:
        return
    shown = tree_choice.get(picked, wanted)
    if shown is None:
        return
    tree_view.settle(shown)
    treemap_panel.controls(shown)
    with choices:
        tree_exports.show(shown)  # after the controls: they hold what an address asks for, which the exported page begins with
    with st.container(key="treemap_and_panel"):
        left, right = st.columns([3, 2], gap="medium")
        with right:
            address.known("panel", PANELS, "the panel", f"{MAP} is open")
            panel = st.segmented_control(
                "Beside the treemap", PANELS, default=MAP, key="panel", label_visibility="collapsed", bind="query-params", required=True
            )
        with left:
            treemap_panel.show(shown, thumbnails=panel != MAP or not picked.layer)
        with right:
            beside(shown, str(panel))
    below(picked, shown.rows)
    if picked.layer:
        where = Scope(picked.bundle, picked.checkpoint, picked.layer, picked.split)
        analysis_card.family(where, "hierarchy", "All measures of hierarchy")


def beside(shown: Shown, panel: str) -> None:
    if panel == DENDROGRAM:
        dendrogram_panel.show(shown)
    elif panel == CLASSES:
        class_table_panel.show(shown)
    elif panel == SAMPLE:
        sample_details.show(shown)
    elif panel == TWO:
        two_trees_panel.show(shown)
    elif shown.picked.layer:
        map_of(shown)
    else:
        st.info("This bundle has a tree but no features, so there is no map of it.", icon=":material/scatter_plot:")


def map_of(shown: Shown) -> None:
    picked = shown.picked
    samples = extra_columns.joined(picked.bundle, picked.bundle.samples(picked.checkpoint))
    colour = map_panel.choose_colour(samples)
    placed = projection.get(picked, projection.Wanted("pca"))
    map_panel.show(picked, np.intersect1d(picked.rows, shown.rows), placed, colour, Style(None, None))


@linked.view("treemap_below")
def below(picked: Picked, rows: np.ndarray) -> None:
    view = st.segmented_control("View", BELOW, default=BELOW[0], key="treemap_below", label_visibility="collapsed", required=True)
    if view == "Gallery":
        sample_wall.show(picked, rows, "Shift-click a box, draw a lasso on the map, or click a number of the class table")
    else:
        sample_table.show(picked, np.sort(rows))


frame.required()
picked = sidebar.current()
if picked is None:
    no_bundle.show("Treemap")
else:
    show(picked)
