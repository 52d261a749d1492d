"""The glance row: a few numbers with their interval and null as small marks, and where they went since the checkpoint before."""

from __future__ import annotations

import html
from collections.abc import Sequence

import numpy as np
import streamlit as st

from pages.parts.measures.scope import Scope
from repgeom_core.analyses import Result, analyze, find
from repgeom_core.analyses.contract import Analysis
from repgeom_core.analyses.registry import analyses
from repgeom_core.analyses.run import unavailable
from repgeom_core.analyses.series import light, series
from repgeom_core.errors import RepGeomError
from repgeom_core.figures.frame import number
from repgeom_core.figures.marks import strip
from repgeom_core.figures.spectrum import poor_fit

SPLIT_COLOURS = ("#2F7CC4", "#E08A1E", "#1E9E77", "#B565A7")

SINCE = "Arrows: change since the checkpoint before, green towards better."
MARKS = "Dot: value. Coloured bar: 95 % interval. Grey: null ± 2 sd."


def known(names: Sequence[str]) -> list[str]:
    """Those of ``names`` that are analyses here."""
    return [name for name in names if name in analyses()]


def show(scope: Scope, names: Sequence[str]) -> None:
    """A tile for each analysis; where the sidebar shows all splits, train and test (or what they are called) side by side."""
    scopes = [scope]
    if scope.split == "all" and scope.rows is None and 1 < len(scope.bundle.splits) <= len(SPLIT_COLOURS):
        scopes = [scope.over(split) for split in scope.bundle.splits]
    uncertain = light(scope.n, scope.d)
    place = (scope.bundle, scope.layer, scope.checkpoint, scope.split, scope.rows)
    some = any(unavailable(place[0], name, *place[1:]) is None for name in names)
    with st.container(key="glance", gap="xsmall"):
        tiles = st.columns(len(names), gap="small")
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            words = st.empty()
            if some and not uncertain:
                help = f"Repeats each computation up to 200 times over {scope.n:,} samples."
                uncertain = st.toggle("Intervals and nulls", key="glance_uncertain", help=help)
            since = SINCE if scope.bundle.checkpoints[0].name != scope.checkpoint else ""
            if some:
                words.caption(f"{MARKS if uncertain else ''} {since}")
        with st.spinner("Values with interval and null" if uncertain else "Values"):
            for tile, name in zip(tiles, names, strict=True):
                with tile:
                    st.html(_tile(find(name), scopes, uncertain))


def _tile(declared: Analysis, scopes: list[Scope], uncertain: bool) -> str:
    arrow = {"lower": "lower is better", "higher": "higher is better", "none": ""}[declared.better]
    name, _, rest = declared.title.replace(" (", ": ").rstrip(")").partition(": ")
    sub = html.escape(rest)
    head = f'<div class="rg-tile-title">{html.escape(name)}</div><div class="rg-tile-sub" title="{sub}">{sub or "&nbsp;"}</div>'
    first = scopes[0]
    why = unavailable(first.bundle, declared.name, first.layer, first.checkpoint, first.split, first.rows)
    if why is not None:
        return f'<div class="rg-tile rg-grey">{head}<div class="rg-why">{html.escape(why)}</div></div>'
    results, rows = [], []
    for scope in scopes:
        try:
            place = (scope.bundle, declared.name, scope.layer, scope.checkpoint, scope.split, scope.rows)
            results.append(analyze(*place, interval=uncertain, null=uncertain))
        except RepGeomError as error:
            return f'<div class="rg-tile rg-grey">{head}<div class="rg-why">{html.escape(str(error))}</div></div>'
    marks = strip(results, declared.bounds, SPLIT_COLOURS)
    for scope, result, mark, colour in zip(scopes, results, marks, SPLIT_COLOURS, strict=False):
        label = scope.split if len(scopes) > 1 else ("selection" if scope.rows is not None else scope.split)
        told, doubt = html.escape(_told(result)), html.escape(poor_fit(result))
        words = f'<span class="rg-poor">{doubt}</span>' if doubt else ""
        rows.append(
            f'<div class="rg-row"><span class="rg-split" style="color:{colour}">{html.escape(label)}</span>'
            f'<span class="rg-value{" rg-doubt" if doubt else ""}" title="{told}">{_value(result)}</span>'
            f"{words or _change(declared, scope, result)}</div>"
            f'<div class="rg-strip" title="{told}">{mark if uncertain else ""}</div>'
        )
    return f'<div class="rg-tile">{head}{"".join(rows)}<div class="rg-foot">{arrow}</div></div>'


def _value(result: Result) -> str:
    if np.isfinite(result.value):
        return number(result.value)
    return f'<span class="rg-why">undefined: {html.escape(str(result.notes.get("why", "no finite value")))}</span>'


def _told(result: Result) -> str:
    """Everything that the marks show, in words, for the tooltip."""
    parts = [f"{result.name}: {number(result.value)}", f"n = {result.meta.get('n'):,}"]
    if result.interval is not None:
        parts.append(f"95 % from {number(result.interval[0])} to {number(result.interval[1])} ({result.meta.get('interval')})")
    if result.null is not None:
        parts.append(f"null ({result.null.name}): {number(result.null.mean)} ± {number(result.null.sd)}")
    return "; ".join(parts)


def _change(declared: Analysis, scope: Scope, result: Result) -> str:
    """An arrow since the checkpoint before, green towards better."""
    names = [c.name for c in scope.bundle.checkpoints if scope.layer in c.layers]
    place = names.index(scope.checkpoint)
    if place == 0 or not np.isfinite(result.value):
        return ""
    before = float(series(scope.bundle, [declared.name], [scope.layer], [names[place - 1]], scope.split, scope.rows).to_numpy()[0, 0])
    if not np.isfinite(before):
        return ""
    change = result.value - before
    share = abs(change) / abs(before) if before else np.inf
    size = f"{share:.1%}" if share < 0.1 else f"{share:.0%}" if share < 10 else number(abs(change))
    mood = "same" if share < 0.0005 or declared.better == "none" else "good" if (change < 0) == (declared.better == "lower") else "bad"
    sign = "▬" if share < 0.0005 else "▲" if change > 0 else "▼"
    since = html.escape(f"was {number(before)} at {names[place - 1]}")
    return f'<span class="rg-change rg-{mood}" title="{since}">{sign}&nbsp;{size}</span>'
