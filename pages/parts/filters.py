"""Filters on every column of the sample table; what they keep is what the page shows."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from repgeom_core.selection.filters import Between, Condition, Contains, OneOf, distinct_values, filter_kind


def choose(samples: pd.DataFrame, key: str) -> dict[str, Condition]:
    """A popover with one widget for each column that the person adds; returns the conditions."""
    conditions: dict[str, Condition] = {}
    count = len(st.session_state.get(f"{key}_columns", []))
    with st.popover(f"Filters ({count})" if count else "Filters", icon=":material/filter_alt:"):
        columns = st.multiselect(
            "Filter by", [str(c) for c in samples.columns], key=f"{key}_columns", placeholder="add a column", persist_state="session"
        )
        for name in columns:
            condition = _condition(samples[name], name, f"{key}:{name}")
            if condition is not None:
                conditions[name] = condition
        if not columns:
            st.caption("Only samples that pass every filter are shown. The map keeps its shape: nothing is projected anew.")
    return conditions


def _condition(column: pd.Series, name: str, key: str) -> Condition | None:
    kind = filter_kind(column)
    if kind == "values":
        chosen = st.multiselect(name, distinct_values(column), key=key, placeholder="any value", persist_state="session")
        return OneOf(frozenset(chosen)) if chosen else None
    if kind == "text":
        text = st.text_input(f"{name} contains", key=key, persist_state="session")
        return Contains(text) if text else None
    values = column.dropna()
    if values.empty or values.min() == values.max():
        st.caption(f"Every value of this column is the same ({values.iloc[0] if len(values) else 'missing'}).")
        return None
    low, high = float(values.min()), float(values.max())
    whole = pd.api.types.is_integer_dtype(column)
    ends = (int(low), int(high)) if whole else (low, high)
    chosen_low, chosen_high = st.slider(
        name, min_value=ends[0], max_value=ends[1], value=ends, key=key, persist_state="session", format=None if whole else "%.4g"
    )
    # The full range is no filter: it would drop the missing values, which nobody asked for.
    return None if (chosen_low, chosen_high) == (low, high) else Between(chosen_low, chosen_high)
