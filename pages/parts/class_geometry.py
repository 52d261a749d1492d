"""Classes on the Collapse page: the class-by-class matrix beside its target, the means in their plane, bars per class, sizes."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from pages.parts import chart, code, no_bundle
from pages.parts.plain_text import plain
from pages.parts.scope import Scope
from repgeom_core.analyses import Result, analyze, find
from repgeom_core.analyses.evaluate import stratified_rows
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.registry import families
from repgeom_core.analyses.run import unavailable
from repgeom_core.analyses.series import SUMS
from repgeom_core.figures.class_bars import class_bars
from repgeom_core.figures.collapse import class_measures, means_plane, norms_by_size, simplex_target
from repgeom_core.figures.matrix import class_matrix, off_diagonal_range

SHOWN = 1500  # samples drawn in the plane of the means
COSINES = "nc2_cosines"


def show(scope: Scope) -> None:
    data = scope.inputs().labelled()
    moments = data.for_analysis(frozenset({"moments"})).moments
    if moments.K < 2:
        no_bundle.classes("class means have no geometry")
        return
    head = data._W
    rows_of = "" if head is None else ", data.head[0]"
    selected = scope.selected_classes()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("Classes", anchor=False)
        found, name = _choose_matrix(scope)
    with st.container(key="three_classes"):
        matrix, target, plane = st.columns([1.03, 1.12, 1.15], gap="medium")
        bars, sizes = st.columns([2.15, 1], gap="medium")
    if name is not None:
        _matrices(scope, name, found[name], matrix, target, selected)
    with plane:
        figure = means_plane(moments, scope.bundle.classes, head, *_some(data), selected=selected)
        text = code.of_inputs(
            scope,
            "from repgeom_core.figures.collapse import means_plane",
            f"means_plane(data.labelled().moments, bundle.classes{rows_of}).show()",
        )
        note = "Collapse: each class's samples shrink onto its mean, and its classifier row points the same way."
        chart.show(figure, "means_plane", text, None if moments.K == 4 else _class_click(scope, "class means"), note)
    with bars:
        figure = class_bars(class_measures(moments, head), moments.classes, scope.bundle.classes, "Class by class", selected)
        text = code.of_inputs(
            scope,
            "from repgeom_core.figures.class_bars import class_bars\nfrom repgeom_core.figures.collapse import class_measures",
            "m = data.labelled().moments",
            f"class_bars(class_measures(m{rows_of}), m.classes, bundle.classes, 'Class by class').show()",
        )
        chart.show(figure, "class_bars", text, _class_click(scope, "class bars"), hint="Click a bar to select the class.")
    with sizes:
        figure = norms_by_size(moments, scope.bundle.classes, head, selected, figure.layout.height)
        text = code.of_inputs(
            scope,
            "from repgeom_core.figures.collapse import norms_by_size",
            f"norms_by_size(data.labelled().moments, bundle.classes{rows_of}).show()",
        )
        note = "Dotted: the free-features model with squared loss, no bias and vanishing weight decay."
        chart.show(figure, "norms_by_size", text, _class_click(scope, "class sizes"), note)


def _choose_matrix(scope: Scope) -> tuple[dict[str, Result], str | None]:
    """The matrices class by class that the family's quick analyses have; the cosines of class means first."""
    found = {name: result for name, result in _quick_results(scope) if matrix_of(result) is not None}
    names = sorted(found, key=lambda name: name != COSINES)
    if len(names) < 2:
        return found, names[0] if names else None
    name = st.selectbox(
        "Matrix", names, format_func=lambda n: find(n).title, key="class_matrix", label_visibility="collapsed", width=330
    )  # fmt: skip
    return found, name


def _matrices(scope: Scope, name: str, result: Result, left: Any, right: Any, selected: list[int]) -> None:
    """A matrix class by class; the simplex beside cosines."""
    values = matrix_of(result)
    assert values is not None
    codes = result.details["classes"]
    rings = [(a, b) for a in selected for b in selected if a != b] if len(selected) == 2 else []
    limits, ramp = off_diagonal_range(values), "viridis"
    if name == COSINES:
        values = np.where(np.eye(len(codes), dtype=bool), np.nan, values)  # 1 by definition
        reach = max(abs(limits[0]), abs(limits[1]), 1.5 / max(len(codes) - 1, 1))
        limits, ramp = (-reach, reach), "diverging"

    def clicked(pair: list[Any]) -> None:
        scope.select_classes([int(pair[0]), int(pair[1])], "class matrix")

    with left:
        title, what = ("Cosines of class means", "cosine") if name == COSINES else (find(name).title, "")
        figure = class_matrix(values, codes, scope.bundle.classes, title, what, ramp, limits, rings, bar=name != COSINES)
        chart.show(
            figure, "class_matrix_chart", code.of_analysis(scope, name, uncertain=False), clicked, hint="Click to select both classes."
        )
    with right:
        if name != COSINES:
            st.caption(plain(find(name).summary, longest=600))
            return
        target = np.where(np.isnan(values), np.nan, simplex_target(len(codes)))
        figure = class_matrix(target, codes, scope.bundle.classes, "Target: simplex ETF", "cosine", ramp, limits)
        text = "\n".join(
            (
                "import numpy as np",
                "from repgeom_core.figures.collapse import simplex_target",
                "from repgeom_core.figures.matrix import class_matrix",
                "",
                f"K = {len(codes)}",
                f"class_matrix(simplex_target(K), np.arange(K), {list(scope.bundle.classes)!r}, 'Simplex ETF', 'cosine').show()",
            )
        )
        chart.show(figure, "target_matrix", text, note=f"Every two means at −1/(K−1) = {-1 / (len(codes) - 1):.3f}.")


def matrix_of(result: Result) -> np.ndarray | None:
    """The class-by-class matrix among a result's details."""
    K = len(result.details.get("classes", ()))
    return next((a for a in result.details.values() if K > 1 and a.shape == (K, K)), None)


def _quick_results(scope: Scope) -> list[tuple[str, Result]]:
    found = []
    for declared in families()["collapse"]:
        place = (scope.bundle, declared.name, scope.layer, scope.checkpoint, scope.split, scope.rows)
        if declared.needs <= SUMS and unavailable(*place) is None:
            found.append((declared.name, analyze(*place, interval=False, null=False)))
    return found


def _class_click(scope: Scope, writer: str) -> Any:
    def clicked(code: list[Any]) -> None:
        scope.select_classes([int(code[0])], writer)

    return clicked


def _some(data: Inputs) -> tuple[np.ndarray, np.ndarray]:
    """Features (m, d) and codes (m,) of at most 1500 samples, each class in its share."""
    rows = np.arange(data.n) if data.n <= SHOWN else stratified_rows(data, SHOWN)
    some = data.take(rows)
    return some.X, some.y
