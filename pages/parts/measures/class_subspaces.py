"""Class subspaces: angles class by class, accuracy against dimension, coding rates, one pair opened, clusterings beside labels."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from pages.parts import chart, code, linked, no_bundle
from pages.parts.measures import analysis_card, on_demand
from pages.parts.measures.scope import Scope
from pages.parts.plain_text import plain
from pages.parts.samples import gallery
from repgeom_core.analyses import Result, find
from repgeom_core.analyses.registry import analyses
from repgeom_core.analyses.run import unavailable
from repgeom_core.analyses.series import quick
from repgeom_core.analyses.subspaces.pair_residuals import pair_residuals
from repgeom_core.figures.frame import class_names
from repgeom_core.figures.matrix import detail_matrix
from repgeom_core.figures.subspaces import (
    accuracy_by_dimension,
    coding_rates,
    pair_angles_bars,
    partition_beside_labels,
    residual_plane,
)

# What is drawn class by class: the words, the analysis and its detail.
MATRICES = {
    "Mean angle": ("principal_angles", "mean_angle"),
    "Smallest angle": ("principal_angles", "smallest_angle"),
    "Affinity": ("subspace_affinity", "affinity"),
    "Grassmann distance": ("grassmann_distance", "distance"),
}
PARTITIONS = ("k_subspaces", "ssc_omp", "ensc")
PAIR = "subspace_pair"
RANK = "Directions kept for each class: the leading ones of its samples."
HEIGHT = 380
OUTSIDE = 0.5  # share of a sample's length outside a subspace, from which on it does not lie in it
SHARED = 24  # samples shown of those that both subspaces of a pair hold


def show(scope: Scope) -> None:
    lacking = unavailable(scope.bundle, "principal_angles", scope.layer, scope.checkpoint, scope.split, scope.rows)
    if lacking is not None:
        no_bundle.labels("no class has a subspace")
        return
    if len(np.setdiff1d(scope.labels, [-1])) < 2:
        no_bundle.classes("there are no angles between subspaces")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.subheader("Class subspaces", anchor=False)
        name = st.segmented_control(
            "Class by class", list(MATRICES), default="Mean angle", key="subspace_matrix", required=True, label_visibility="collapsed"
        )
        centred = st.toggle("Centred", key="subspace_centred", help=find("principal_angles").parameters["centred"].help)
        rank = st.number_input("Dimension", 1, min(50, scope.d), min(5, scope.d), key="subspace_rank", width=130, help=RANK)
    parameters = {"rank": int(rank), "centred": bool(centred)}
    # All of them are linear in the samples, so that what holds for one holds for all.
    at_once = quick(find("principal_angles"), scope.n, scope.d)
    wanted = [on_demand.Wanted("principal_angles", parameters, at_once=at_once)]
    wanted += [on_demand.Wanted(name, at_once=at_once) for name in ("subspace_classifier", "mcr2")]
    why = f"Subspaces of {scope.n:,} samples in {scope.d:,} dimensions take a while and are computed when you ask for them."
    found = on_demand.results(scope, wanted, "subspaces_compute", why)
    if found is None:
        return
    angles, by_subspace, rates = found
    with st.container(key="three_subspaces"):
        left, middle, right = st.columns([1.05, 1, 0.95], gap="medium")
    with left:
        _matrix(scope, str(name), parameters, at_once)
    with middle:
        if "accuracy" in by_subspace.details:
            note = "High at few dimensions: classes own small subspaces. In the sample it rises whatever the data."
            imports = "from repgeom_core.figures.subspaces import accuracy_by_dimension"
            text = code.of_figure(scope, "subspace_classifier", {}, imports, f"accuracy_by_dimension(result, {HEIGHT}).show()")
            chart.show(accuracy_by_dimension(by_subspace, HEIGHT), "accuracy_by_dimension", text, note=note)
    with right:
        _rates(scope, rates)
    _pair(scope, parameters, angles)
    _partitions(scope)


def _matrix(scope: Scope, label: str, parameters: dict[str, Any], at_once: bool) -> None:
    name, detail = MATRICES[label]
    parameters = {key: value for key, value in parameters.items() if key in find(name).parameters}
    why = f"{plain(find(name).title)} of {scope.n:,} samples takes a while and is computed when you ask for it."
    found = on_demand.results(scope, [on_demand.Wanted(name, parameters, at_once=at_once)], f"{name}_matrix_compute", why)
    if found is None:
        return
    result = found[0]
    pair = st.session_state.get(PAIR)
    rings = [] if pair is None else [tuple(pair), tuple(reversed(pair))]
    unit = find(name).unit
    figure = detail_matrix(result, detail, scope.bundle.classes, label, label.lower(), rings, unit)
    drawn = f"detail_matrix(result, {detail!r}, bundle.classes, {label!r}, {label.lower()!r}{code.chosen('ringed', rings)}, unit={unit!r})"
    text = code.of_figure(scope, name, parameters, "from repgeom_core.figures.matrix import detail_matrix", f"{drawn}.show()")

    def clicked(point: list[Any]) -> None:
        st.session_state[PAIR] = [int(point[0]), int(point[1])]
        scope.select_classes(st.session_state[PAIR], "subspace angles")

    hint = "Click to open the pair and select its samples."
    chart.show(figure, "subspace_matrix_chart", text, clicked, hint=hint)


def _rates(scope: Scope, result: Result) -> None:
    if "per_class" not in result.details:
        st.caption(plain(result.notes.get("why", "There is no coding rate.")))
        return
    selected = scope.selected_classes()
    figure = coding_rates(result, scope.bundle.classes, selected, HEIGHT)
    imports = "from repgeom_core.figures.subspaces import coding_rates"
    picked = code.chosen("selected", selected)
    text = code.of_figure(scope, "mcr2", {}, imports, f"coding_rates(result, bundle.classes{picked}, height={HEIGHT}).show()")

    def clicked(point: list[Any]) -> None:
        scope.select_classes([int(point[0])], "coding rates")

    note = "How much room a class takes: a compact class has a low rate. ΔR is what knowing the class saves."
    chart.show(figure, "coding_rates", text, clicked, note=note)


def _pair(scope: Scope, parameters: dict[str, Any], angles: Result) -> None:
    pair = st.session_state.get(PAIR)
    codes = angles.details["classes"].tolist()
    if pair is None or pair[0] == pair[1] or any(k not in codes for k in pair):
        return
    a, b = pair
    names = class_names(scope.bundle.classes, np.array(pair))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(f"The pair {plain(scope.bundle.classes[a])} and {plain(scope.bundle.classes[b])}", anchor=False)
        if st.button(":material/close:", key="close_pair", type="tertiary", help="Close the pair"):
            del st.session_state[PAIR]
            st.rerun(scope="fragment")
    left, right = st.columns([1, 1.3], gap="large")
    with left:
        if "angles" in angles.details:
            between = angles.details["angles"][codes.index(a), codes.index(b)]
            figure = pair_angles_bars(between, (names[0], names[1]))
            drawn = f"pair_angles_bars(result.details['angles'][{codes.index(a)}, {codes.index(b)}], {(names[0], names[1])!r})"
            imports = "from repgeom_core.figures.subspaces import pair_angles_bars"
            text = code.of_figure(scope, "principal_angles", parameters, imports, f"{drawn}.show()")
            chart.show(figure, "pair_angles", text, note="Directions below 90° are shared in part; at 0° they are the same.")
        else:
            st.caption("There are too many classes for all angles of all pairs to be kept.")
    rows = scope.shown
    wanted = rows[np.isin(scope.bundle.y[rows], pair)]
    X = scope.bundle.features(scope.layer, scope.checkpoint).take(wanted)
    here, residuals = pair_residuals(np.asarray(X), scope.bundle.y[wanted], a, b, **parameters)
    wanted = wanted[here]
    with right:
        mask = linked.history(scope.bundle).current.mask
        figure = residual_plane(residuals, scope.bundle.y[wanted] == a, wanted, (names[0], names[1]), _few(mask[wanted]))
        text = code.of_inputs(
            scope,
            "import numpy as np\nfrom repgeom_core.analyses.subspaces.pair_residuals import pair_residuals\n"
            "from repgeom_core.figures.subspaces import residual_plane",
            f"pair = data.take(np.flatnonzero(np.isin(data.y, [{a}, {b}])))",
            f"here, residuals = pair_residuals(pair.X, pair.y, {a}, {b}, rank={parameters['rank']}, centred={parameters['centred']})",
            f"first, nothing = pair.y[here] == {a}, np.zeros(len(residuals), bool)",
            f"residual_plane(residuals, first, np.arange(len(residuals)), {(names[0], names[1])!r}, nothing).show()",
        )

        def clicked(point: list[Any]) -> None:
            linked.select_rows(scope.bundle, np.array([int(point[0])]), "residuals of a pair")

        note = "A sample on the wrong side of the diagonal is described better by the other class's subspace."
        chart.show(figure, "pair_residuals", text, clicked, note, "Click selects the sample.")
    _in_both(scope, wanted, residuals)


def _in_both(scope: Scope, rows: np.ndarray, residuals: np.ndarray) -> None:
    """The samples of the pair that lie in both subspaces, less than half of their length outside either; else those that come nearest."""
    outside = residuals.max(axis=1)
    inside = int((outside < OUTSIDE).sum())
    if not len(outside):
        return
    first = np.argsort(outside, kind="stable")[: min(SHARED, inside or len(outside))]
    if inside:
        said = f"In both: {inside:,} of {len(outside):,} samples, less than half outside either subspace"
        said += f", the {SHARED} nearest to both." if inside > SHARED else "."
    else:
        said = f"None of the {len(outside):,} samples lies in both subspaces, with less than half outside either. These come nearest."
    st.caption(f"{said} Below each is the larger share outside. Click selects one.")
    samples = scope.bundle.samples(scope.checkpoint)
    labels = samples["label"].astype(object).iloc[rows[first]]
    captions = [f"{share:.0%} · {label}" for share, label in zip(outside[first], labels, strict=True)]

    def clicked(row: int) -> None:
        linked.select_rows(scope.bundle, np.array([row]), "samples in both subspaces")

    gallery.show("pair_shared", scope.bundle, samples, rows[first], clicked, captions, size=64)


def _few(mask: np.ndarray) -> np.ndarray:
    """Selected samples are ringed only where they are not the whole pair."""
    return mask if not mask.all() else np.zeros_like(mask)


def _partitions(scope: Scope) -> None:
    offered = [name for name in PARTITIONS if name in analyses()]
    if not offered:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.subheader("Subspace clustering beside labels", anchor=False)
        name = st.segmented_control(
            "Engine",
            offered,
            default=offered[0],
            format_func=lambda n: find(n).title,
            key="partition",
            required=True,
            label_visibility="collapsed",
        )
    why = f"{plain(find(str(name)).summary, longest=400)} Takes a while ({plain(find(str(name)).cost)})."
    found = on_demand.results(scope, [on_demand.Wanted(str(name))], "partition_compute", why)
    if found is None:
        return
    result = found[0]
    rows = scope.shown
    partition = result.details.get("labels")
    if partition is None or len(partition) != len(rows):
        st.caption("The clustering was found on a sample of these samples only; its numbers are on its card below.")
        return
    figure = partition_beside_labels(scope.bundle.y[rows], partition, scope.bundle.classes, find(str(name)).title)

    def clicked(point: list[Any]) -> None:
        linked.select_rows(
            scope.bundle, rows[(scope.bundle.y[rows] == int(point[0])) & (partition == int(point[1]))], "subspace clustering"
        )

    left, right = st.columns([1, 1.3], gap="large")
    with left:
        samples = "rows" if scope.rows is not None else f"bundle.rows({scope.split!r})"
        drawn = f"partition_beside_labels(bundle.y[{samples}], result.details['labels'], bundle.classes, {find(str(name)).title!r})"
        imports = "from repgeom_core.figures.subspaces import partition_beside_labels"
        text = code.of_figure(scope, str(name), {}, imports, f"{drawn}.show()")
        chart.show(figure, "partition_chart", text, clicked, hint="Click to select a class's samples in a group.")
    with right:
        st.markdown(plain(find(str(name)).summary, longest=1000))
        facts = analysis_card.facts(result)
        st.caption(plain(" · ".join(facts), longest=600))
