"""The gallery of the selected samples, a page at a time."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.parts import linked
from pages.parts.samples import gallery
from pages.parts.sidebar import Picked

A_PAGE = 96
ORDERS = {
    "in order": None,
    "errors first": ("correct", True),
    "highest loss": ("loss", False),
    "least confident": ("confidence", True),
    "most confident": ("confidence", False),
}


def show(picked: Picked, rows: np.ndarray, ways: str = "") -> None:
    """Those of ``rows`` that are selected; ``ways`` of this page to select some, in words."""
    bundle = picked.bundle
    samples = bundle.samples(picked.checkpoint)
    selected = linked.history(bundle).current.mask[rows]
    if not selected.any():
        bars = " click a bar or a square of the confusion matrix," if "label" in samples else ""
        ways = ways or f"draw a lasso on the map,{bars} or search"
        st.info(f"Select samples to see them here: {ways}.", icon=":material/gesture_select:")
        return
    chosen = rows[selected]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        orders = [name for name, by in ORDERS.items() if by is None or by[0] in samples]
        order = st.selectbox("Order", orders, key="gallery_order", width=180, persist_state="session")
        size = st.slider("Size", 32, 160, 72, 8, key="gallery_size", width=160, persist_state="session")
        pages = -(-len(chosen) // A_PAGE)
        page = (
            st.number_input(f"Page of {pages:,}", 1, pages, 1, key=f"gallery_page_{linked.version(bundle)}", width=140) if pages > 1 else 1
        )
    by = ORDERS[order]
    if by is not None:
        values = samples[by[0]].iloc[chosen]
        chosen = chosen[values.reset_index(drop=True).sort_values(ascending=by[1], kind="stable", na_position="last").index.to_numpy()]
    here = chosen[(page - 1) * A_PAGE : page * A_PAGE]
    first = (page - 1) * A_PAGE
    note = "; orange frames are wrong predictions" if "correct" in samples else ""
    st.caption(f"{first + 1:,} to {first + len(here):,} of {len(chosen):,} selected samples{note}. A click shows a sample's neighbours.")
    gallery.show("wall", bundle, samples, here, lambda row: linked.set_focus(bundle, row), focus=linked.focus(bundle), size=size)
