"""The table of samples: all columns, sortable; rows that are clicked become the selection."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from pages.parts import linked
from pages.parts.plain_text import counted
from pages.parts.sidebar import Picked

WRITER = "table"
KEPT = "table_kept"
A_PAGE = 10_000
ORDER = "order of the data"


@dataclass(frozen=True)
class Kept:
    """What the table showed when rows of it were ticked: the samples of the page then, the rows, and the table's key."""

    place: tuple[str, int]
    rows: np.ndarray
    key: str


def show(picked: Picked, rows: np.ndarray) -> None:
    """The selected samples among ``rows``; all of them where nothing is selected.

    While the table itself is the last writer it keeps the rows it had, so that a click does not take the other rows away.
    """
    bundle = picked.bundle
    history = linked.history(bundle)
    place = (bundle.ids_digest, hash(rows.tobytes()))
    kept: Kept | None = st.session_state.get(KEPT)
    if kept is not None and history.writer == WRITER and kept.place == place:
        whole, key = kept.rows, kept.key
    else:
        selected = history.current.mask[rows]
        whole = rows[selected] if selected.any() else rows
        key = f"table_{bundle.ids_digest[:8]}_{linked.version(bundle)}"
    samples = bundle.samples(picked.checkpoint)
    what = "all samples shown" if len(whole) == len(rows) else "selected samples"
    shown, note = whole, "Sort by a column's head; tick rows to select them."
    if len(whole) > A_PAGE:
        shown, note = _page(samples, whole, key)
    st.caption(f"{counted(len(shown), 'row')}: {what}. {note}")

    def ticked() -> None:
        positions = st.session_state[key]["selection"]["rows"]
        st.session_state[KEPT] = Kept(place, whole, key)
        linked.select_rows(bundle, shown[positions], WRITER)

    st.dataframe(samples.iloc[shown], key=key, on_select=ticked, selection_mode="multi-row", hide_index=True, height=420)


def _page(samples: pd.DataFrame, shown: np.ndarray, key: str) -> tuple[np.ndarray, str]:
    """Large tables come a page at a time, sorted as a whole before they are cut."""
    pages = -(-len(shown) // A_PAGE)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        by = st.selectbox("Sort by", [ORDER, *map(str, samples.columns)], key="table_sort", width=200, persist_state="session")
        falling = st.toggle("largest first", key="table_falling", persist_state="session", disabled=by == ORDER)
        page = st.number_input(f"Page of {pages:,}", 1, pages, 1, key=f"{key}_page", width=140)
    if by != ORDER:
        values = samples[by].iloc[shown].reset_index(drop=True)
        shown = shown[values.sort_values(ascending=not falling, kind="stable", na_position="last").index.to_numpy()]
    note = f"Page {page:,} of {pages:,}; {len(shown):,} rows in all. Tick rows to select them."
    return shown[(page - 1) * A_PAGE : page * A_PAGE], note
