"""The classes of the current cluster as a table; a click on a number selects exactly the samples behind it."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from pages.parts import chart, linked, no_bundle
from pages.parts.plain_text import counted, plain
from pages.parts.treemap import box_colour, tree_code, tree_view
from pages.parts.treemap.tree_choice import Shown
from repgeom_core.hierarchy.class_table import RATES, cell_rows, class_table

HEIGHT = 430
KEY, INTERVAL = "class_table", " 95 %"
SAID, CLICKS = "class_table_said", "class_table_clicks"  # session state: what the last click selected; how many there were
BEHIND = {  # column -> what its click selects, in words
    "class": "of class {}",
    "actual": "of class {}",
    "predicted": "predicted as {}",
    "recall": "of class {}, predicted as such",
    "precision": "predicted as {}, and right",
    "false_negative_rate": "of class {}, predicted as another",
    "false_discovery_rate": "predicted as {}, but of another class",
}
HEADS = {
    "class": ("class", "A click on any number selects exactly the samples behind it."),
    "actual": ("actual", "Samples of this class"),
    "predicted": ("predicted", "Samples that are predicted as this class"),
    "recall": ("recall", "Share of the class's samples that are predicted as such: TP / (TP + FN)"),
    "precision": ("precision", "Share of the samples predicted as this class that are right: TP / (TP + FP)"),
    "false_negative_rate": ("FN rate", "False-negative rate: share of the class's samples that are predicted as another, FN / (TP + FN)"),
    "false_discovery_rate": (
        "FD rate",
        "False-discovery rate: share of the samples predicted as this class that are of another, FP / (TP + FP)",
    ),
}


@tree_view.view("class_table_panel")
def show(shown: Shown) -> None:
    bundle, view = shown.picked.bundle, tree_view.current(shown)
    rows = shown.members(view.root)
    y = bundle.y[rows]
    if not (y >= 0).any():
        no_bundle.labels("there are no classes to count")
        return
    found = _found(shown, view.root, (shown.key, view.root, *box_colour.stamp(shown)))
    typed = st.text_input("Find a class", key="class_search", placeholder="find a class", label_visibility="collapsed").strip().lower()
    if typed:
        found = found[found["class"].str.lower().str.contains(typed, regex=False)]
        if found.empty:
            st.caption("No class of this cluster is called so.")
            return
    key = f"{KEY}_{st.session_state.get(CLICKS, 0)}"
    picked = partial(_picked, shown, found, rows, key)
    table = drawn(found)
    st.dataframe(
        table, key=key, on_select=picked, selection_mode="single-cell", hide_index=True, height=min(HEIGHT, 38 + 35 * len(table)),
        column_config={name: _column(name) for name in table.columns},
    )  # fmt: skip
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="top", key=f"tools_{KEY}"):
        where = "the whole tree" if view.root == shown.tree.root else "this cluster"
        how = "count as predicted only" if "recall" in found else "are left out"
        without = f"; {int((y < 0).sum()):,} samples without label {how}" if (y < 0).any() else ""
        words = f"{counted(len(found), 'class')} among {len(rows):,} samples of {where}{without}. Wilson intervals stand to the right."
        if "recall" not in found:
            words += " There are no predictions at this checkpoint, so only counts are known."
        st.caption(
            f"{plain(words, 400)} :gray[{plain(st.session_state.get(SAID, 'Click a number to select its samples.'), 300)}]", width="stretch"
        )
        chart.tools(KEY, tree_code.of_class_table(shown, view), partial(_csv, found))


@st.cache_resource(max_entries=16, show_spinner=False)
def _found(_shown: Shown, _root: int, key: tuple[object, ...]) -> pd.DataFrame:
    bundle = _shown.picked.bundle
    return class_table(bundle.y, bundle.predicted(_shown.picked.checkpoint), bundle.classes, _shown.members(_root))


def _picked(shown: Shown, found: pd.DataFrame, rows: np.ndarray, key: str) -> None:
    cells = st.session_state[key]["selection"]["cells"]
    if not cells:
        return
    place, column = cells[0]
    column = column.removesuffix(INTERVAL)
    bundle, code = shown.picked.bundle, int(found["code"].iloc[place])
    chosen = cell_rows(bundle.y, bundle.predicted(shown.picked.checkpoint), bundle.classes, code, column, rows)
    st.session_state[CLICKS] = st.session_state.get(CLICKS, 0) + 1  # a fresh table: the same cell can be clicked again
    st.session_state[SAID] = f"Selected: the {len(chosen):,} samples {BEHIND[column].format(bundle.classes[code])}."
    linked.select_rows(bundle, chosen, writer="class table")


def drawn(found: pd.DataFrame) -> pd.DataFrame:
    """Rates in per cent, and behind them all their intervals: what is read first fits beside the treemap."""
    table = found[[name for name in ("class", "actual", "predicted") if name in found]].copy()
    rates = [name for name in RATES if name in found]
    for name in rates:
        table[name] = 100 * found[name]
    for name in rates:
        ends = zip(found[f"{name}_low"], found[f"{name}_high"], strict=True)
        table[f"{name}{INTERVAL}"] = [f"{low:.1%} – {high:.1%}" if np.isfinite(low) else "" for low, high in ends]
    return table


def _column(name: str) -> Any:
    label, help = HEADS[name.removesuffix(INTERVAL)]
    if name.endswith(INTERVAL):
        return st.column_config.TextColumn(f"{label} 95 %", help=f"Wilson interval of {label}", width=124)
    if name == "class":
        return st.column_config.TextColumn(label, help=help, width=86, pinned=True)
    if name in ("actual", "predicted"):
        return st.column_config.NumberColumn(label, help=help, format="localized", width=62)
    return st.column_config.NumberColumn(label, help=help, format="%.1f %%", width=66)


def _csv(found: pd.DataFrame) -> bytes:
    return found.to_csv(index=False).encode()
