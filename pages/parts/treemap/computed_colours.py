"""Colours that are computed when somebody asks: local dimension, and how much neighbourhoods differ from another checkpoint's."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.parts import extra_columns, job_wait, library, trouble
from pages.parts.measures import on_demand
from pages.parts.measures.scope import Scope
from pages.parts.plain_text import plain
from pages.parts.sidebar import Picked
from pages.parts.treemap import tree_data, tree_view
from pages.parts.treemap.box_colour import MEAN
from pages.parts.treemap.tree_choice import Shown
from repgeom_core.analyses.run import unavailable
from repgeom_core.bundle import Bundle
from repgeom_core.errors import RepGeomError
from repgeom_core.jobs import commands
from repgeom_core.linalg.neighbourhood_change import NeighbourhoodChange, cached_change, neighbourhood_change

LOCAL, K = "local_dimension", 15
Place = tuple[str, str]  # layer, checkpoint


def offer(shown: Shown) -> None:
    picked = shown.picked
    if not picked.layer:
        return
    with st.popover(":material/format_color_fill:", help="More to colour by"):
        _offer_local_dimension(Scope(picked.bundle, picked.checkpoint, picked.layer, picked.split))
        _offer_neighbourhood_change(picked)


def _offer_local_dimension(scope: Scope) -> None:
    name = f"local dimension · {scope.layer} · {scope.checkpoint}"
    st.markdown("**Local dimension**")
    known = extra_columns.columns(scope.bundle).get(name)
    if known is not None and np.isfinite(known[scope.shown]).any():  # it may be of another split
        st.caption(f"Among the colours as *{MEAN}{plain(name, 80)}*.")
        return
    if (why := unavailable(scope.bundle, LOCAL, scope.layer, scope.checkpoint, scope.split)) is not None:
        st.caption(plain(why))
        return
    about = f"How many directions lead away from each of the {scope.n:,} samples, from its nearest neighbours."
    found = on_demand.results(scope, [on_demand.Wanted(LOCAL)], "treemap_local_dimension", about)
    if found is None:
        return
    values = next(iter(extra_columns.per_sample(scope, found[0]).values()), None)
    if values is None:
        st.caption("Found on a sample of these samples only, so it is no column of all of them.")
        return
    st.button("Colour boxes by it", key="paint_local_dimension", on_click=_paint, args=(scope, name, values))


def _offer_neighbourhood_change(picked: Picked) -> None:
    others = [c.name for c in picked.bundle.checkpoints if picked.layer in c.layers and c.name != picked.checkpoint]
    if not others or len(picked.rows) < 3:
        return
    st.markdown("**Neighbourhood change**")
    st.caption("The share of a sample's nearest neighbours that are none at another checkpoint.")
    other = str(st.selectbox("Against checkpoint", others, key="change_against"))
    here, there, k = (picked.layer, picked.checkpoint), (picked.layer, other), min(K, len(picked.rows) - 1)
    key = "paint_neighbourhood_change"
    if len(picked.rows) <= tree_data.MOST_NEIGHBOURS:
        st.button("Compute and colour boxes by it", key=key, on_click=_compute, args=(picked, here, there, k))
        return
    digests = [picked.bundle.features(*place).digest for place in (here, there)]
    try:
        found = _kept(picked.bundle, here, there, picked.split, k, (picked.bundle.ids_digest, *digests))
    except LookupError:
        _job(picked, other, k)
        return
    st.button("Colour boxes by it", key=key, on_click=_paint_change, args=(picked, there, k, found))


@st.cache_resource(max_entries=4, show_spinner=False)
def _kept(_bundle: Bundle, here: Place, there: Place, split: str, k: int, key: tuple[str, ...]) -> NeighbourhoodChange:
    """From the neighbours that a job has found; ``LookupError``, which no cache keeps, where it has not."""
    found = cached_change(_bundle, here, there, split, k)
    if found is None:
        raise LookupError
    return found


def _job(picked: Picked, other: str, k: int) -> None:
    """How far the job is that finds the neighbours at both checkpoints, or the button that starts it."""
    queue = library.jobs()
    arguments = commands.neighbours_arguments(
        queue, picked.bundle.path, picked.layer, picked.checkpoint, picked.split, k=k, against=other
    )  # fmt: skip

    def start() -> None:
        commands.submit(queue, arguments, f"Neighbourhood change of {picked.layer} from {other} to {picked.checkpoint}")

    job = job_wait.latest(picked.bundle, arguments)
    if job is None:
        st.button("Compute", key="compute_neighbourhood_change", icon=":material/play_arrow:", type="primary", on_click=start)
    else:
        job_wait.show(job, "", start, "neighbourhood_change")


def _compute(picked: Picked, here: Place, there: Place, k: int) -> None:
    try:
        found = neighbourhood_change(picked.bundle, here, there, picked.split, k)
    except RepGeomError as error:
        st.toast(trouble.sentence(error), icon=":material/error:")
        return
    _paint_change(picked, there, k, found)


def _paint_change(picked: Picked, there: Place, k: int, found: NeighbourhoodChange) -> None:
    low, high = found.interval
    st.toast(
        f"Of {k} neighbours, {found.mean:.1%} change on average (95 % interval {low:.1%} to {high:.1%}; by chance {found.chance:.1%}).",
        icon=":material/palette:",
    )  # fmt: skip
    scope = Scope(picked.bundle, picked.checkpoint, picked.layer, picked.split)
    _paint(scope, f"neighbourhood change to {there[1]} · {picked.layer} · {picked.checkpoint}", found.values)


def _paint(scope: Scope, name: str, values: np.ndarray) -> None:
    extra_columns.add(scope.bundle, name, scope.shown, values)
    st.session_state["box_colour"] = f"{MEAN}{name}"
    tree_view.redraw()
