"""Which map is drawn: PCA at once; UMAP from the cache, or PCA while a job computes it in the background."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from pages.parts import job_wait, library, trouble
from pages.parts.sidebar import Picked
from repgeom_core.errors import GeometryError
from repgeom_core.jobs import commands
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
    with st.popover("UMAP", help="Neighbours and minimum distance"):
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


def _wait_for(picked: Picked, wanted: Wanted) -> None:
    queue = library.jobs()
    arguments = commands.map_arguments(picked.bundle.path, picked.layer, picked.checkpoint, picked.split, wanted.method, wanted.parameters)
    title = f"UMAP of {picked.layer} at {picked.checkpoint}"

    def again() -> None:
        commands.submit(queue, arguments, title)

    job = job_wait.latest(picked.bundle, arguments) or commands.submit(queue, arguments, title)
    job_wait.show(job, "The UMAP", again, "umap", "PCA is shown meanwhile")
