"""The Map page: a map of one layer at one checkpoint, and everything that is linked to it."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.parts import extra_columns, frame, linked, no_bundle, sidebar
from pages.parts.map import class_panel, filters, map_panel, neighbour_panel, projection, search_box
from pages.parts.samples import sample_table, sample_wall
from pages.parts.sidebar import Picked
from repgeom_core.projections import Projection
from repgeom_core.selection.filters import matching

VIEWS = ["Gallery", "Table", "Neighbours"]


def show(picked: Picked) -> None:
    samples = extra_columns.joined(picked.bundle, picked.bundle.samples(picked.checkpoint))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        method = projection.choose_method()
        colour = map_panel.choose_colour(samples)
        search_box.show(picked)
        conditions = filters.choose(samples, key=f"filters_{picked.bundle.ids_digest[:8]}")
        style = map_panel.choose_style()
    rows = picked.rows
    if conditions:
        rows = rows[matching(samples, conditions)[rows]]
        st.caption(f"Filters show {len(rows):,} of {len(picked.rows):,} samples.")
        if not len(rows):
            st.info("No sample passes all filters. Loosen or remove one.", icon=":material/filter_alt_off:")
            return
    placed = projection.get(picked, method)
    with st.container(key="map_and_charts"):
        left, right = st.columns([3, 2], gap="medium")
        with left:
            map_panel.show(picked, rows, placed, colour, style)
        with right:
            class_panel.show(picked, rows)
    below(picked, rows, placed)


@linked.view("below")
def below(picked: Picked, rows: np.ndarray, placed: Projection) -> None:
    view = st.segmented_control(
        "View", VIEWS, default=VIEWS[0], key="view", label_visibility="collapsed", bind="query-params", required=True
    )
    if view == "Gallery":
        sample_wall.show(picked, rows)
    elif view == "Table":
        sample_table.show(picked, rows)
    else:
        neighbour_panel.show(picked, placed)


frame.required()
picked = sidebar.current()
if picked is None:
    no_bundle.show("Map")
elif not picked.layer:
    no_bundle.features("Map")
else:
    show(picked)
