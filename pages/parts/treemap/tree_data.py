"""What the treemap draws of the samples of a tree besides their colours: errors, nearest neighbours, who is central."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from pages.parts import job_wait, library
from pages.parts.treemap import tree_view
from pages.parts.treemap.tree_choice import STORED, Shown, stored
from pages.parts.treemap.tree_view import View
from repgeom_core.hierarchy.statistics import distances_to_means, medoids
from repgeom_core.jobs import commands
from repgeom_core.linalg.neighbours import neighbours
from repgeom_core.linalg.shared import cached_neighbours, shared_neighbours

K = 15
MOST_NEIGHBOURS = 20_000  # samples whose neighbours a page waits for; those of more are found by a job


def knows_errors(shown: Shown) -> bool:
    samples = shown.picked.bundle.samples(shown.picked.checkpoint)
    return "correct" in samples and bool(samples["correct"].iloc[shown.rows].notna().any())


def errors(shown: Shown) -> np.ndarray:
    """Wrong predictions ``(n,)``; what is not known is none."""
    wrong = shown.picked.bundle.wrong(shown.picked.checkpoint)
    return np.zeros(len(shown.rows), bool) if wrong is None else wrong[shown.rows]


def no_neighbours(shown: Shown) -> str:
    """Why nearest neighbours cannot be shown; empty where they can."""
    if _similar(shown) is not None:
        return ""
    if not shown.picked.layer:
        return "This bundle has no features, and its tree came without similar samples."
    if len(shown.rows) < 2:
        return "There is only one sample."
    return ""


def _whole_split(shown: Shown) -> bool:
    return np.array_equal(shown.rows, shown.picked.rows)


def _similar(shown: Shown) -> np.ndarray | None:
    """Leaves (n, k) that came with a stored tree as similar; the leaf itself where there are fewer."""
    if not shown.name.startswith(STORED):
        return None
    leaves = stored(shown.picked.bundle)[shown.name.removeprefix(STORED)].similar_leaves
    if leaves is None:
        return None
    return np.where(leaves < 0, np.arange(len(leaves))[:, None], leaves)


def nearest(shown: Shown) -> np.ndarray:
    """The nearest neighbours ``(n, k)`` of every leaf among the leaves, found now where they are not known."""
    return _nearest(shown, _place(shown))


def nearest_or_job(shown: Shown) -> np.ndarray | None:
    """The same; None while a job finds them, which is said here."""
    if len(shown.rows) <= MOST_NEIGHBOURS or _similar(shown) is not None:
        return nearest(shown)
    try:
        return _kept(shown, _place(shown))
    except LookupError:
        picked, rows = shown.picked, None if _whole_split(shown) else shown.rows
    queue = library.jobs()
    arguments = commands.neighbours_arguments(queue, picked.bundle.path, picked.layer, picked.checkpoint, picked.split, rows, K)
    title = f"Nearest neighbours in {picked.layer} at {picked.checkpoint}"

    def again() -> None:
        commands.submit(queue, arguments, title, rows)

    job = job_wait.latest(picked.bundle, arguments) or commands.submit(queue, arguments, title, rows)
    job_wait.show(job, f"The nearest neighbours of {len(shown.rows):,} samples", again, "similar")
    return None


def _place(shown: Shown) -> tuple[str, ...]:
    return (shown.key, shown.picked.layer, shown.picked.checkpoint)


@st.cache_resource(max_entries=4, show_spinner="Nearest neighbours")
def _nearest(_shown: Shown, key: tuple[str, ...]) -> np.ndarray:
    similar, picked = _similar(_shown), _shown.picked
    if similar is not None:
        return similar
    k = min(K, len(_shown.rows) - 1)
    if _whole_split(_shown):
        return shared_neighbours(picked.bundle, picked.layer, picked.checkpoint, picked.split, k).indices
    return neighbours(picked.bundle.features(picked.layer, picked.checkpoint).take(_shown.rows), k).indices


@st.cache_resource(max_entries=4, show_spinner=False)
def _kept(_shown: Shown, key: tuple[str, ...]) -> np.ndarray:
    """What a job has found; ``LookupError`` where it has not, which no cache keeps."""
    picked = _shown.picked
    found = cached_neighbours(picked.bundle, picked.layer, picked.checkpoint, picked.split, K, _shown.rows)
    if found is None:
        raise LookupError
    return found.indices


def with_medoids(shown: Shown, clusters: pd.DataFrame) -> pd.DataFrame:
    """A table of clusters, by their ``node``, with the id of the sample nearest to the mean of each; itself where there are no features."""
    picked = shown.picked
    if not picked.layer:
        return clusters
    X = picked.bundle.features(picked.layer, picked.checkpoint).take(shown.rows)
    found = shown.rows[medoids(X, shown.tree, clusters["node"].to_numpy())]
    return clusters.assign(medoid=np.asarray(picked.bundle.ids)[found])


def from_centre(shown: Shown, view: View) -> np.ndarray:
    """Distance ``(n,)`` of every sample to the mean of its visible cluster; 0 outside of all."""
    return _from_centre(shown, view, (shown.key, shown.picked.layer, shown.picked.checkpoint, view))


@st.cache_resource(max_entries=4, show_spinner=False)
def _from_centre(_shown: Shown, _view: View, key: tuple[object, ...]) -> np.ndarray:
    X = _shown.picked.bundle.features(_shown.picked.layer, _shown.picked.checkpoint).take(_shown.rows)
    return distances_to_means(X, _shown.tree, tree_view.clusters(_shown, _view))
