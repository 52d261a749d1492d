"""The clicked sample: a large picture, what is known of it, where it is in the tree, and its nearest neighbours, each a click away."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from pages.parts import chart, extra_columns, linked
from pages.parts.plain_text import counted, plain
from pages.parts.samples import gallery
from pages.parts.treemap import tree_code, tree_view
from pages.parts.treemap.tree_choice import STORED, Shown, stored
from repgeom_core.figures.frame import number
from repgeom_core.figures.profile import profile
from repgeom_core.linalg.neighbours import neighbours_of
from repgeom_core.views import payloads

K = 15
FIRST = ("label", "prediction", "correct", "confidence", "loss", "split")
AT_A_TIME = 4_096  # rows of features
AROUND = "treemap_around"  # session state: (place, rows, distances) of the neighbours found last


@tree_view.view("sample_details")
def show(shown: Shown) -> None:
    bundle = shown.picked.bundle
    row = linked.focus(bundle)
    if row is None or row >= bundle.n:
        st.info("Click a thumbnail in the treemap or a point of the map to see that sample here.", icon=":material/ads_click:")
        return
    samples = extra_columns.joined(bundle, bundle.samples(shown.picked.checkpoint))
    if _vectors_alone(shown):
        _profile(shown, row)
        _about(shown, samples, row)
    else:
        left, right = st.columns([2, 3], gap="medium")
        with left:
            gallery.show(
                "treemap_focus", bundle, samples, [row], lambda r: linked.set_focus(bundle, r), [str(samples["id"].iloc[row])], size=170
            )
        with right:
            _about(shown, samples, row)
    _neighbours(shown, samples, row)


def _about(shown: Shown, samples: pd.DataFrame, row: int) -> None:
    st.markdown(f"**{plain(samples['id'].iloc[row], 60)}**")
    st.markdown("  \n".join(f":gray[{plain(name, 40)}] {plain(value, 120)}" for name, value in _facts(samples, row)))
    _place(shown, row)


def _vectors_alone(shown: Shown) -> bool:
    """Whether features are all that there is to see of a sample."""
    bundle = shown.picked.bundle
    return bool(shown.picked.layer) and bundle.thumbnails is None and "text" not in bundle.samples()


def _profile(shown: Shown, row: int) -> None:
    """The sample's features as a curve, with those of its class, or of all, behind it."""
    picked = shown.picked
    bundle, code = picked.bundle, int(picked.bundle.y[row])
    X = bundle.features(picked.layer, picked.checkpoint)
    mean, sd = _spread(shown, code, (shown.key, picked.layer, picked.checkpoint, X.digest, code))
    others = f"mean of {bundle.classes[code]}" if code >= 0 else "mean of all"
    figure = profile(X.take([row])[0], mean, sd, str(bundle.ids[row]), others, picked.layer)
    chart.show(figure, "profile", tree_code.of_profile(shown, row, code), note=f"Activations of {plain(picked.layer, 60)}, as they are.")


@st.cache_resource(max_entries=32, show_spinner=False)
def _spread(_shown: Shown, _code: int, key: tuple[object, ...]) -> tuple[np.ndarray | None, np.ndarray | None]:
    """Mean and standard deviation ``(d,)`` of the tree's samples of a class, of all for code -1; None where there is none."""
    picked, rows = _shown.picked, _shown.rows
    rows = np.sort(rows if _code < 0 else rows[picked.bundle.y[rows] == _code])
    if not len(rows):
        return None, None
    X = picked.bundle.features(picked.layer, picked.checkpoint)
    first = X.take(rows[:1])[0].astype(np.float64)
    total, squares = np.zeros_like(first), np.zeros_like(first)
    for start in range(0, len(rows), AT_A_TIME):
        part = X.take(rows[start : start + AT_A_TIME]).astype(np.float64) - first
        total, squares = total + part.sum(axis=0), squares + (part**2).sum(axis=0)
    mean = total / len(rows)
    return first + mean, np.sqrt(np.maximum(squares / len(rows) - mean**2, 0))


def _facts(samples: pd.DataFrame, row: int) -> list[tuple[str, str]]:
    names = [name for name in FIRST if name in samples] + [str(c) for c in samples.columns if c not in (*FIRST, "id")]
    found = []
    for name in names:
        value = samples[name].iloc[row]
        if not pd.isna(value):
            found.append((name, number(float(value)) if isinstance(value, float | np.floating) else str(value)))
    return found


def _place(shown: Shown, row: int) -> None:
    """The visible cluster that holds the sample, with the way there."""
    leaf = int(shown.leaf_of[row])
    if leaf < 0:
        st.caption("It is not among the samples of this tree.")
        return
    view = tree_view.current(shown)
    tree, start = shown.tree, int(shown.tree.start[leaf])
    nodes = tree_view.clusters(shown, view)
    around = nodes[(tree.start[nodes] <= start) & (start < tree.start[nodes] + tree.count[nodes])]
    if not len(around):
        st.caption("It lies outside the cluster that is shown.")
        st.button("Show the whole tree", key="sample_to_root", on_click=tree_view.go_to, args=(shown, tree.root))
        return
    node = int(around[0])
    st.caption(f"In cluster {int(np.flatnonzero(nodes == node)[0]) + 1} of {len(nodes)}: {counted(int(tree.count[node]), 'sample')}.")
    if node >= tree.n:
        st.button("Zoom to its cluster", key="sample_to_box", icon=":material/zoom_in:", on_click=tree_view.go_to, args=(shown, node))


def _neighbours(shown: Shown, samples: pd.DataFrame, row: int) -> None:
    picked = shown.picked
    if not picked.layer:
        _similar(shown, samples, row)
        return
    rows, distances = _found(shown, row)
    if not len(rows):
        return
    X = picked.bundle.features(picked.layer, picked.checkpoint)
    d = X.shape[1]
    st.markdown(
        f"**Nearest neighbours** · Euclidean distance in the {d:,} dimensions of {plain(picked.layer, 60)}, among {len(shown.rows):,}"
    )
    labels = samples["label"].astype(object).iloc[rows] if "label" in samples else samples["id"].iloc[rows]
    captions = [f"{distance:.3g}\n{' '.join(str(label).split())}" for distance, label in zip(distances, labels, strict=True)]
    curves = payloads.curves(X.take(rows))[0] if _vectors_alone(shown) else None
    gallery.show(
        "treemap_near", picked.bundle, samples, rows, lambda r: linked.set_focus(picked.bundle, r), captions, size=66, curves=curves
    )


def _similar(shown: Shown, samples: pd.DataFrame, row: int) -> None:
    """What the tree came with, where there are no features to search."""
    bundle, leaf = shown.picked.bundle, int(shown.leaf_of[row])
    similar = stored(bundle)[shown.name.removeprefix(STORED)].similar
    if similar is None:
        st.caption("This bundle has trees but no features, so nearest neighbours are not known. Extract or import features to see them.")
        return
    rows = similar[leaf][similar[leaf] >= 0][:K] if leaf >= 0 else []
    if not len(rows):
        return
    st.markdown("**Similar samples** · nearest first, as they came with the tree")
    captions = [str(label) for label in (samples["label"] if "label" in samples else samples["id"]).iloc[rows]]
    gallery.show("treemap_near", bundle, samples, rows, lambda r: linked.set_focus(bundle, r), captions, size=66)


def _found(shown: Shown, row: int) -> tuple[np.ndarray, np.ndarray]:
    """Neighbours among the samples of the tree; a sample that is none of them is compared with them too."""
    picked = shown.picked
    place = (shown.key, picked.layer, picked.checkpoint, row)
    kept = st.session_state.get(AROUND)
    if kept is None or kept[0] != place:
        rows = shown.rows if shown.leaf_of[row] >= 0 else np.append(shown.rows, row)
        X = picked.bundle.features(picked.layer, picked.checkpoint)
        k = min(K, len(rows) - 1)
        if k < 1:
            return np.zeros(0, int), np.zeros(0)
        graph = neighbours_of(X.take(rows), [int(np.flatnonzero(rows == row)[0])], k)
        kept = st.session_state[AROUND] = (place, rows[graph.indices[0]], graph.distances[0])
    return kept[1], kept[2]
