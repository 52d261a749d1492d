"""Which map is drawn: PCA at once; UMAP from the cache, or PCA while a job computes it in the background."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from pages.parts import library, trouble
from pages.parts.plain_text import plain
from pages.parts.sidebar import Picked
from repgeom_core.errors import GeometryError, RepGeomError
from repgeom_core.jobs import Job
from repgeom_core.projections import Projection, cached_projection, project

METHODS = {"PCA": "pca", "UMAP": "umap"}


@dataclass(frozen=True)
class Wanted:
    """The method that the person chose, with its parameters."""

    method: str
    parameters: dict[str, Any] = field(default_factory=dict)


def choose_method() -> Wanted:
    name = st.segmented_control("Map", list(METHODS), default="PCA", key="method", bind="query-params", required=True)
    if METHODS[name] == "pca":
        return Wanted("pca")
    with st.popover("UMAP", icon=":material/tune:"):
        neighbours = st.slider(
            "Neighbours", 2, 100, 15, key="n_neighbors", bind="query-params", help="Small: local detail. Large: the whole."
        )
        distance = st.slider("Minimum distance", 0.0, 0.99, 0.1, key="min_dist", bind="query-params", help="How tightly points may pack.")
    return Wanted("umap", {"n_neighbors": neighbours, "min_dist": distance})


def get(picked: Picked, wanted: Wanted) -> Projection:
    """The projection to draw now; starts a job for a UMAP that is not there yet and draws PCA meanwhile."""
    place = (picked.bundle, picked.layer, picked.checkpoint, picked.split)
    if wanted.method != "pca":
        try:
            found = cached_projection(*place, wanted.method, **wanted.parameters)
        except GeometryError as error:
            st.warning(trouble.sentence(error) + " PCA is shown instead.", icon=":material/warning:")
        else:
            if found is not None:
                return found
            _wait_for(picked, wanted)
    at_once = cached_projection(*place, "pca")
    if at_once is not None:
        return at_once
    with st.spinner("Principal components of these features"):
        return project(*place, "pca")


def _arguments(picked: Picked, wanted: Wanted) -> list[str]:
    options = {"layer": picked.layer, "checkpoint": picked.checkpoint, "split": picked.split, "method": wanted.method, **wanted.parameters}
    named = [part for name, value in options.items() for part in (f"--{name.replace('_', '-')}", str(value))]
    return ["map", str(picked.bundle.path), *named]


def _wait_for(picked: Picked, wanted: Wanted) -> None:
    queue, arguments = library.jobs(), _arguments(picked, wanted)
    # A job that ended before the bundle was last written was about other features.
    written = (picked.bundle.path / "manifest.json").stat().st_mtime
    mine = [job for job in queue.jobs() if list(job.arguments) == arguments and (job.active or job.queued > written)]
    job = mine[0] if mine else queue.submit(arguments, f"UMAP of {picked.layer} at {picked.checkpoint}")
    if job.active:
        _progress(job)
        return
    # It ended, and yet nothing is in the cache: it failed or was cancelled.
    left, right = st.columns([5, 1], vertical_alignment="center")
    left.warning(f"The UMAP is not there: {plain(job.message or job.state)}. PCA is shown instead.", icon=":material/warning:")
    if right.button("Try again", key="umap_again"):
        queue.submit(arguments, job.title)
        st.rerun()


@st.fragment(run_every=1.0)
def _progress(job: Job) -> None:
    if not job.active:
        st.rerun()
    left, right = st.columns([5, 1], vertical_alignment="center")
    progress = job.progress
    text = (
        f"UMAP is being computed ({progress.stage}); PCA is shown meanwhile"
        if progress
        else "UMAP waits for its turn; PCA is shown meanwhile"
    )
    left.progress(progress.fraction if progress else 0.0, text)
    if right.button("Cancel", key=f"cancel_{job.id}"):
        try:
            job.cancel()
        except RepGeomError as error:
            st.toast(trouble.sentence(error))
