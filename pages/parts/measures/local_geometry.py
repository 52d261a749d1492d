"""Dimension against scale, and the local dimension of every sample: by class, and as a colour of the map."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.parts import chart, code, extra_columns
from pages.parts.measures import on_demand
from pages.parts.measures.scope import Scope
from pages.parts.plain_text import plain
from repgeom_core.analyses import Result, find
from repgeom_core.analyses.registry import analyses
from repgeom_core.analyses.run import unavailable
from repgeom_core.figures.spectrum import by_class, scale_curve

SCALE, LOCAL = "gride", "local_dimension"


def show(scope: Scope) -> None:
    if SCALE not in analyses() or LOCAL not in analyses():
        return
    st.subheader("Intrinsic dimension", anchor=False)
    for name in (SCALE, LOCAL):
        if (why := unavailable(scope.bundle, name, scope.layer, scope.checkpoint, scope.split, scope.rows)) is not None:
            st.caption(f"{plain(find(name).title)} {plain(why)}.")
            return
    why = (
        f"It rests on the nearest neighbours of {scope.n:,} samples in {scope.d:,} dimensions, "
        "which takes a while and is computed when you ask for it."
    )
    found = on_demand.results(scope, [on_demand.Wanted(SCALE), on_demand.Wanted(LOCAL)], "dimension_compute", why)
    if found is None:
        return
    left, right = st.columns(2, gap="large")
    with left:
        _scales(scope, found[0])
    with right:
        _locally(scope, found[1])


def _scales(scope: Scope, result: Result) -> None:
    curve = next((n for n in result.details if n in ("dimension", "dimensions", "curve")), None)
    scale = next((n for n in result.details if n in ("k", "scale", "scales")), None)
    if curve is None or scale is None:
        st.caption(plain(str(result.notes.get("why", "There is no curve."))))
        return
    words = ("Dimension against scale", "k: ratio of the distances to neighbours 2k and k")
    figure = scale_curve(result.details[scale], {"Gride": result.details[curve]}, *words)
    drawn = f"scale_curve(result.details[{scale!r}], {{'Gride': result.details[{curve!r}]}}, *{words!r})"
    text = code.of_figure(scope, SCALE, {}, "from repgeom_core.figures.spectrum import scale_curve", f"{drawn}.show()")
    note = "A plateau is a dimension one can trust; a fall towards large scales is curvature or a boundary, a rise at small ones noise."
    chart.show(figure, "scale_curve", text, note=note)


def _locally(scope: Scope, result: Result) -> None:
    values = extra_columns.per_sample(scope, result)
    if not values:
        st.caption("Local dimension was found on a sample of these samples only, so it is no column of all of them.")
        return
    detail, local = next(iter(values.items()))
    labels, classes, title = scope.labels, scope.bundle.classes, "Local dimension by class"
    samples = "rows" if scope.rows is not None else f"bundle.rows({scope.split!r})"
    drawn = f"by_class(result.details[{detail!r}], bundle.y[{samples}], bundle.classes, {title!r}, 'local dimension')"
    imports = "from repgeom_core.figures.spectrum import by_class"
    if not (labels >= 0).any():
        labels, classes, title = np.zeros(scope.n, int), ("all samples",), "Local dimension"
        imports = f"import numpy as np\n{imports}"
        drawn = f"by_class(result.details[{detail!r}], np.zeros({scope.n}, int), {classes!r}, {title!r}, 'local dimension')"
    figure = by_class(local, labels, classes, title, "local dimension")
    text = code.of_figure(scope, LOCAL, {}, imports, f"{drawn}.show()")
    chart.show(figure, "local_dimension", text, note=plain(find(LOCAL).summary, longest=300))
    extra_columns.offer(scope, f"local dimension · {scope.layer} · {scope.checkpoint}", scope.shown, local)
