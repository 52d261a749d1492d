"""A table of ranks: each under its own name, with the one sentence that says what it counts."""

from __future__ import annotations

import html

import numpy as np
import pandas as pd
import streamlit as st

from pages.parts import chart, code
from pages.parts.measures.scope import Scope
from repgeom_core.analyses import analyze, find
from repgeom_core.analyses.series import one_pass, series
from repgeom_core.figures.frame import number


def show(scope: Scope, family: str, ranks: tuple[str, ...]) -> None:
    """The analyses called ``ranks``, each with a bar against d."""
    offered = one_pass(family)
    names = [name for name in ranks if name in offered]
    if not names:
        return
    values = series(scope.bundle, offered, [scope.layer], [scope.checkpoint], scope.split, scope.rows).iloc[0]
    rows = []
    for name in names:
        declared, value = find(name), float(values[name])
        shown = number(value) if np.isfinite(value) else f'<span class="rg-why">{html.escape(_why(scope, name))}</span>'
        share = min(value / scope.d, 1.0) if np.isfinite(value) else None
        bar = "" if share is None else f'<span class="rg-bar" style="width:{share:.1%}" title="{share:.1%} of {scope.d} dimensions"></span>'
        rows.append(
            f'<tr><td class="rg-name">{html.escape(declared.title)}{bar}</td><td class="rg-number">{shown}</td>'
            f"<td>{html.escape(declared.summary)}</td></tr>"
        )
    head = "<tr><th>measure</th><th style='text-align:right'>value</th><th>what it says</th></tr>"
    st.html(f'<table class="rg-table">{head}{"".join(rows)}</table>')
    table = pd.DataFrame({"measure": names, "value": [float(values[n]) for n in names], "definition": [find(n).summary for n in names]})
    with st.container(horizontal=True, gap="xsmall", key=f"tools_{family}_table"):
        st.caption(f"Bars: share of the {scope.d:,} dimensions. Intervals and nulls are on the cards below.", width="stretch")
        start = code.opening(scope, "from repgeom_core.analyses.series import series")
        samples = "rows=rows" if scope.rows is not None else f"split={scope.split!r}"
        text = f"{start}\nprint(series(bundle, {names!r}, [{scope.layer!r}], [{scope.checkpoint!r}], {samples}).T)\n"
        chart.tools(f"{family}_table", text, lambda: table.to_csv(index=False).encode())


def _why(scope: Scope, name: str) -> str:
    result = analyze(scope.bundle, name, scope.layer, scope.checkpoint, scope.split, scope.rows, interval=False, null=False)
    return f"undefined: {result.notes.get('why', 'no finite value')}"
