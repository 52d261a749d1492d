"""Filters on every column of the sample table; what they keep is what the page shows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from pages.parts.plain_text import plain
from repgeom_core.selection.filters import Between, Condition, Contains, OneOf, distinct_values, filter_kind

EXACT = 2**53  # beyond it a browser cannot tell whole numbers apart


def choose(samples: pd.DataFrame, key: str) -> dict[str, Condition]:
    """A popover with one widget for each column that the person adds; returns the conditions."""
    conditions: dict[str, Condition] = {}
    with st.popover("Filters", icon=":material/filter_alt:"):  # with a count in its name it would close at the first filter
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
    kind, label = filter_kind(column), plain(name, 60)
    if kind == "values":
        chosen = st.multiselect(label, distinct_values(column), key=key, placeholder="any value", persist_state="session")
        return OneOf(frozenset(chosen)) if chosen else None
    if kind == "text":
        text = st.text_input(f"{label} contains", key=key, persist_state="session")
        return Contains(text) if text else None
    return _range(column, label, key)


def _range(column: pd.Series, label: str, key: str) -> Between | None:
    """What was chosen is kept beside the slider: at another checkpoint its ends are others, and a new slider has forgotten."""
    kept = f"{key}_kept"
    low, high = st.session_state.get(kept, (None, None))  # None: not limited at this end, so missing values stay
    numbers = column.to_numpy(dtype=float, na_value=np.nan)
    numbers = numbers[np.isfinite(numbers)]
    if not len(numbers) or numbers.min() == numbers.max():
        st.caption(f"{label}: every value is the same ({plain(f'{numbers[0]:g}') if len(numbers) else 'missing'}).")
    else:
        first, last = float(numbers.min()), float(numbers.max())
        whole = pd.api.types.is_integer_dtype(column) and max(-first, last) < EXACT
        ends = (int(first), int(last)) if whole else (first, last)

        def shown(limit: float | None, end: float) -> float:
            return end if limit is None else min(max(limit, ends[0]), ends[1])

        def chosen() -> None:
            ours = st.session_state[key]
            st.session_state[kept] = tuple(None if one == end else one for one, end in zip(ours, ends, strict=True))

        st.slider(
            label,
            min_value=ends[0],
            max_value=ends[1],
            value=(shown(low, ends[0]), shown(high, ends[1])),
            step=1 if whole else (last - first) / 1000,
            key=key,
            on_change=chosen,
            format=None if whole else "%.4g",
        )
    if low is None and high is None:
        return None
    return Between(-np.inf if low is None else low, np.inf if high is None else high)
