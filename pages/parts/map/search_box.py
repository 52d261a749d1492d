"""Search by id, label or any text column: what is found becomes the selection."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.parts import linked
from pages.parts.sidebar import Picked
from repgeom_core.selection.search import search, searchable_columns

ANYWHERE = "anywhere"


def show(picked: Picked) -> None:
    samples = picked.bundle.samples(picked.checkpoint)
    columns = [ANYWHERE, *searchable_columns(samples)]

    def typed() -> None:
        text, column = st.session_state["search"], st.session_state.get("search_in", ANYWHERE)
        if not text.strip():
            return
        found = search(samples, text, None if column not in samples else column)
        inside = np.zeros(len(found), bool)
        inside[picked.rows] = True
        found &= inside
        if not found.any():
            st.toast("Nothing found. The search looks for the text as it is, in upper or lower case, in the samples of this split.")
            return
        if found.sum() == 1:
            st.session_state[linked.focus_key(picked.bundle)] = int(np.flatnonzero(found)[0])
        linked.select(picked.bundle, found, writer="search")

    st.text_input("Search", key="search", placeholder="id, label or text", on_change=typed, width=190, icon=":material/search:")
    st.selectbox("in", columns, key="search_in", width=120, on_change=typed)
