"""Classes on the Collapse page: the class-by-class matrix beside its target, the means in their plane, bars per class, sizes."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.parts import chart, code, no_bundle
from pages.parts.measures.scope import Scope
from pages.parts.plain_text import plain
from repgeom_core.analyses import Result, analyze, find
from repgeom_core.analyses.evaluate import stratified_rows
from repgeom_core.analyses.registry import families
from repgeom_core.analyses.run import unavailable
from repgeom_core.analyses.series import SUMS
from repgeom_core.figures.class_bars import class_bars
from repgeom_core.figures.collapse import class_measures, cosine_matrix, means_plane, norms_by_size, simplex_matrix
from repgeom_core.figures.frame import number
from repgeom_core.figures.matrix import detail_matrix

SHOWN = 1500  # samples drawn in the plane of the means
TALLEST = 380  # pixels of the sizes beside the bars
COSINES = "nc2_cosines"


def show(scope: Scope) -> None:
    data = scope.inputs().labelled()
    moments = data.for_analysis(frozenset({"moments"})).moments
    if moments.K < 2:
        no_bundle.classes("class means have no geometry")
        return
    head = data._W
    selected = scope.selected_classes()
    with_head, picked = "" if head is None else ", W=data.head[0]", code.chosen("selected", selected)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("Classes", anchor=False)
        found, name = _choose_matrix(scope)
    with st.container(key="class_charts"):  # the style sheet places them: three and two in a row, or two, two and one
        matrix, target, plane, bars, sizes = st.columns(5, gap="medium")
    if name is not None:
        _matrices(scope, name, found[name], matrix, target, selected)
    with plane:
        some = data.take(stratified_rows(data, min(SHOWN, data.n)))
        figure = means_plane(moments, scope.bundle.classes, head, some.X, some.y, selected)
        text = code.of_inputs(
            scope,
            "from repgeom_core.analyses.evaluate import stratified_rows\nfrom repgeom_core.figures.collapse import means_plane",
            "data = data.labelled()",
            f"some = data.take(stratified_rows(data, {min(SHOWN, data.n)}))",
            f"means_plane(data.moments, bundle.classes{with_head}, X=some.X, y=some.y{picked}).show()",
        )
        classifier = ", and its classifier row points the same way" if any(t.name == "classifier rows" for t in figure.data) else ""
        note = f"Collapse: each class's samples shrink onto its mean{classifier}."
        chart.show(figure, "means_plane", text, None if moments.K == 4 else _class_click(scope, "class means"), note)
    with bars:
        figure = class_bars(class_measures(moments, head), moments.classes, scope.bundle.classes, "Class by class", selected)
        text = code.of_inputs(
            scope,
            "from repgeom_core.figures.class_bars import class_bars\nfrom repgeom_core.figures.collapse import class_measures",
            "m = data.labelled().moments",
            f"class_bars(class_measures(m{with_head}), m.classes, bundle.classes, 'Class by class'{picked}).show()",
        )
        chart.show(figure, "class_bars", text, _class_click(scope, "class bars"), hint="Click a bar to select the class.")
    with sizes:
        height = min(figure.layout.height, TALLEST)
        figure = norms_by_size(moments, scope.bundle.classes, head, selected, height)
        text = code.of_inputs(
            scope,
            "from repgeom_core.figures.collapse import norms_by_size",
            f"norms_by_size(data.labelled().moments, bundle.classes{with_head}{picked}, height={height}).show()",
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
    codes = result.details["classes"]
    rings = [(a, b) for a in selected for b in selected if a != b] if len(selected) == 2 else []
    ringed, classes = code.chosen("ringed", rings), scope.bundle.classes

    def clicked(pair: list[Any]) -> None:
        scope.select_classes([int(pair[0]), int(pair[1])], "class matrix")

    hint = "Click to select both classes."
    if name != COSINES:
        detail, title, unit = matrix_of(result), find(name).title, find(name).unit
        assert detail is not None
        with left:
            text = code.of_figure(
                scope,
                name,
                {},
                "from repgeom_core.figures.matrix import detail_matrix",
                f"detail_matrix(result, {detail!r}, bundle.classes, {title!r}{ringed}, unit={unit!r}).show()",
            )
            figure = detail_matrix(result, detail, classes, title, ringed=rings, unit=unit)
            chart.show(figure, "class_matrix_chart", text, clicked, hint=hint)
        with right:
            st.caption(plain(find(name).summary, longest=600))
        return
    with left:
        imports = "from repgeom_core.figures.collapse import cosine_matrix"
        text = code.of_figure(scope, name, {}, imports, f"cosine_matrix(result, bundle.classes{ringed}).show()")
        chart.show(cosine_matrix(result, classes, rings), "class_matrix_chart", text, clicked, hint=hint)
    with right:
        imports = "from repgeom_core.figures.collapse import simplex_matrix"
        text = code.of_figure(scope, name, {}, imports, "simplex_matrix(result, bundle.classes).show()")
        note = f"Every two means at −1/(K−1) = {number(-1 / (len(codes) - 1))}."
        chart.show(simplex_matrix(result, classes), "target_matrix", text, note=note)


def matrix_of(result: Result) -> str | None:
    """The name of the class-by-class matrix among a result's details."""
    K = len(result.details.get("classes", ()))
    return next((name for name, a in result.details.items() if K > 1 and a.shape == (K, K)), None)


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
