"""The card of an analysis: what it means, its value with interval and null, the formula, its parameters, figure, code and CSV.

Everything on it comes from the declaration; nothing here knows any analysis by name.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from pages.parts import chart, code, extra_columns, trouble
from pages.parts.measures import on_demand
from pages.parts.measures.scope import Scope
from pages.parts.plain_text import plain
from repgeom_core.analyses import Result
from repgeom_core.analyses.contract import Analysis
from repgeom_core.analyses.parameters import Choice, Column, Flag, Float, Int, Parameter
from repgeom_core.analyses.registry import families
from repgeom_core.analyses.run import cached, label_columns, unavailable
from repgeom_core.analyses.series import SUMS, light, series
from repgeom_core.figures import figure_of
from repgeom_core.figures.frame import number
from repgeom_core.figures.spectrum import poor_fit

NAMED = {"R2": "R²"}  # notes whose names are no words
CARDS = "drawn_cards"  # session state: key -> label and whether it is open


def family(scope: Scope, name: str, title: str) -> None:
    """A closed card for every analysis of a family; its value stands on the card where it is quick to have."""
    declared = families().get(name, [])
    if not declared:
        return
    st.subheader(title, anchor=False)
    values, under_way = _values(scope, declared), on_demand.under_way(scope)
    with st.container(gap="xsmall"):
        for analysis in declared:
            why = unavailable(scope.bundle, analysis.name, scope.layer, scope.checkpoint, scope.split, scope.rows)
            _card(scope, analysis, values.get(analysis.name), why, analysis.name in under_way)


def _values(scope: Scope, declared: list[Analysis]) -> dict[str, float]:
    """Of what one pass serves at once, of the rest where it has been computed before."""
    names = [a.name for a in declared if a.needs <= SUMS]
    known: dict[str, float] = {}
    if names:
        row = series(scope.bundle, names, [scope.layer], [scope.checkpoint], scope.split, scope.rows)
        known = dict(zip(row.columns, row.to_numpy()[0].tolist(), strict=True))
    for analysis in declared:
        if analysis.name in known:
            continue
        place = (scope.bundle, analysis.name, scope.layer, scope.checkpoint, scope.split, scope.rows)
        found = cached(*place, interval=False, null=False) or cached(*place)
        if found is not None:
            known[analysis.name] = found.value
    return known


def _card(scope: Scope, declared: Analysis, value: float | None, why: str | None, under_way: bool) -> None:
    key = f"card_{declared.name}"
    title = plain(declared.title)
    if why is not None:
        label = f":gray[{title} · {plain(why)}]"
    elif under_way:
        label = f"{title} :blue[· being computed]"
    elif value is None:
        label = f"{title} :gray[· computed when asked]"
    elif np.isfinite(value):
        label = f"{title} · **{number(value)}**"
    else:
        label = f"{title} :gray[· undefined here]"
    drawn = st.session_state.setdefault(CARDS, {})
    before, opened = drawn.get(key, (label, False))
    if before != label:
        st.session_state[key] = opened  # to Streamlit it is another card, which would be closed
    elif under_way and key not in drawn:
        st.session_state[key] = True  # in a new session, who looks for what is computed finds it open
    card = st.expander(label, key=key, on_change="rerun")
    drawn[key] = (label, card.open)
    if card.open:
        with card, trouble.shown():
            inside(scope, declared, why)


@st.fragment
def inside(scope: Scope, declared: Analysis, why: str | None) -> None:
    """What an open card shows."""
    st.markdown(plain(declared.summary, longest=1000))
    if why is not None:
        st.caption(f"Not available here: it {plain(why)}, and {_where(scope)} has none.")
        _about(declared, None)
        return
    left, right = st.columns([2, 3], gap="large")
    with left:
        parameters = widgets(scope, declared)
    result, uncertain = _result(scope, declared, parameters, left)
    if result is None:
        return
    with left:
        _number(declared, result)
        _about(declared, result)
    with right:
        name = f"card_{declared.name}"
        text = code.of_analysis(scope, declared.name, parameters, uncertain)
        figure = figure_of(result, scope.bundle.classes)
        chart.show(figure, f"{name}_figure", text, note=_made(result))
        extra_columns.offer_details(scope, result)


def _where(scope: Scope) -> str:
    return f"layer {plain(scope.layer)} at {plain(scope.checkpoint)}"


def _result(scope: Scope, declared: Analysis, parameters: dict[str, Any], place: Any) -> tuple[Result | None, bool]:
    """At once where it is quick; else from the cache, or behind a button and by a job. And whether with interval and null."""
    with place:
        at_once = declared.needs <= SUMS and light(scope.n, scope.d)
        uncertain = at_once
        if not at_once and (declared.interval != "none" or declared.null is not None):
            uncertain = st.toggle(
                "With interval and null", key=f"{declared.name}_uncertain", help="Repeats the computation up to some 200 times."
            )
        cap = f" Above {declared.cap:,} samples, a stratified sample of them is taken." if declared.cap else ""
        why = f"Takes a while ({plain(declared.cost)}), so it is computed when you ask for it.{cap}"
        wanted = on_demand.Wanted(declared.name, parameters, uncertain, at_once)
        found = on_demand.results(scope, [wanted], f"{declared.name}_compute", why)
    return (found[0] if found else None), uncertain


def widgets(scope: Scope, declared: Analysis) -> dict[str, Any]:
    """A widget for each declared parameter, within its bounds."""
    return {name: _widget(scope, f"{declared.name}_{name}", name, parameter) for name, parameter in declared.parameters.items()}


def _widget(scope: Scope, key: str, name: str, parameter: Parameter) -> Any:
    label, help = name.replace("_", " "), parameter.help or None
    if isinstance(parameter, Int):
        if parameter.high - parameter.low <= 200:
            return st.slider(label, parameter.low, parameter.high, parameter.default, key=key, help=help)
        return int(st.number_input(label, parameter.low, parameter.high, parameter.default, key=key, help=help))
    if isinstance(parameter, Float):
        low, high, default = float(parameter.low), float(parameter.high), float(parameter.default)  # a declaration may say 1 for 1.0
        step = float(10.0 ** np.floor(np.log10(max(abs(default), 1e-6))) / 2)
        return float(st.number_input(label, low, high, default, step=step, format="%g", key=key, help=help))
    if isinstance(parameter, Choice):
        return st.selectbox(label, parameter.options, index=parameter.options.index(parameter.default), key=key, help=help)
    if isinstance(parameter, Flag):
        return st.toggle(label, parameter.default, key=key, help=help)
    assert isinstance(parameter, Column)
    return st.selectbox(
        label, ["", *label_columns(scope.bundle.samples(scope.checkpoint))], format_func=lambda c: c or "none", key=key, help=help
    )


def _number(declared: Analysis, result: Result) -> None:
    if not np.isfinite(result.value):
        st.markdown(f"**Undefined here**: {plain(result.notes.get('why', 'no finite value'))}")
        return
    unit = f" {plain(declared.unit)}" if declared.unit else ""
    lines = [f"### {number(result.value)}{unit}"]
    if result.interval is not None:
        lines.append(f"95 % interval {number(result.interval[0])} to {number(result.interval[1])}")
    if result.null is not None:
        lines.append(f"null ({plain(result.null.name)}) {number(result.null.mean)} ± {number(result.null.sd)}")
    if doubt := poor_fit(result):
        lines.append(f":gray[{doubt}]")
    st.markdown("  \n".join(lines))


def _about(declared: Analysis, result: Result | None) -> None:
    if "\\" in declared.formula:
        st.latex(declared.formula)
    else:
        st.markdown(f"`{declared.formula.replace('`', chr(39))}`")
    if result is not None:
        sizes = {"K": result.meta.get("K"), "n": result.meta.get("n"), "d": result.meta.get("d"), **result.meta.get("parameters", {})}
        filled = [f"{name} = {_shown(value)}" for name, value in sizes.items() if value not in (None, "")]
        st.caption(f"= **{plain(number(result.value))}** with " + ", ".join(plain(part) for part in filled))
        if found := facts(result):
            st.caption(plain(" · ".join(found), longest=600))
    with st.popover("Convention and source", type="tertiary", icon=":material/menu_book:"):
        st.markdown(plain(declared.explanation, longest=4000))
        st.caption(plain(declared.reference, longest=600))
        if declared.invariant_to:
            st.caption("Unchanged by: " + plain(", ".join(sorted(declared.invariant_to))))


def facts(result: Result) -> list[str]:
    """The result's notes, each as "name: value"."""
    return [f"{NAMED.get(name, name.replace('_', ' '))}: {_shown(value)}" for name, value in result.notes.items() if name != "why"]


def _shown(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(_shown, value))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return f"{value:,}" if isinstance(value, int) else number(value)


def _made(result: Result) -> str:
    """How the numbers were made, in a line."""
    meta = result.meta
    parts = [f"n = {meta['n']:,}", f"seed {meta['seed']}"]
    if meta.get("cap"):
        parts.append(f"a stratified sample of {meta['given']:,}")
    if meta.get("unlabelled left out"):
        parts.append(f"{meta['unlabelled left out']:,} without label left out")
    parts += [f"interval: {meta['interval']}", f"null: {meta['null']}"]
    return plain(" · ".join(parts), longest=400)
