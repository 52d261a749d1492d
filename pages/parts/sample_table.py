"""The table of samples: all columns, sortable; rows that are clicked become the selection."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.parts import linked
from pages.parts.plain_text import counted
from pages.parts.sidebar import Picked

WRITER = "table"


def show(picked: Picked, rows: np.ndarray) -> None:
    """The selected samples among ``rows``; all of them where nothing is selected.

    While the table itself is the last writer it keeps the rows it had, so that a click does not take the other rows away.
    """
    bundle = picked.bundle
    history = linked.history(bundle)
    if history.writer != WRITER:
        st.session_state["table_rows"] = None
    kept = st.session_state.get("table_rows")
    if kept is not None:
        shown = kept
    else:
        selected = history.current.mask[rows]
        shown = rows[selected] if selected.any() else rows
    table = bundle.samples(picked.checkpoint).iloc[shown]
    what = "all samples shown" if len(shown) == len(rows) else "selected samples"
    st.caption(f"{counted(len(shown), 'row')}: {what}. Sort by a column's head; tick rows to select them.")
    key = f"table_{linked.version(bundle) if history.writer != WRITER else st.session_state.get('table_version', 0)}"
    st.session_state["table_version"] = key.removeprefix("table_")

    def ticked() -> None:
        positions = st.session_state[key]["selection"]["rows"]
        st.session_state["table_rows"] = shown
        linked.select_rows(bundle, shown[positions], WRITER)

    st.dataframe(table, key=key, on_select=ticked, selection_mode="multi-row", hide_index=True, height=420, lazy=len(table) > 20_000)
