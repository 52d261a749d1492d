"""What the boxes are coloured by: one number, or one class, for every node of the tree."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from pages.parts import extra_columns, linked
from pages.parts.treemap import address, tree_view
from pages.parts.treemap.tree_choice import Shown
from repgeom_core.hierarchy.statistics import NodeStatistics
from repgeom_core.views import node_values
from repgeom_core.views.node_values import AGREEMENT, NC1, SHARE, NodeValues

MEAN, CHANGE = "mean ", "change of "  # before the name of a column
CHANGES = {"accuracy": "correct", "confidence": "confidence", "loss": "loss"}
OF_B = "box_colour_of_b"  # session state: key of the tree -> labels of its samples in tree B, and what B is


def table(shown: Shown) -> pd.DataFrame:
    """The sample table of the tree's samples, in the order of its leaves."""
    bundle = shown.picked.bundle
    return extra_columns.joined(bundle, bundle.samples(shown.picked.checkpoint)).iloc[shown.rows]


def predictions(shown: Shown) -> np.ndarray | None:
    """Codes of what the checkpoint predicts for the tree's samples; None where it predicts nothing."""
    predicted = shown.picked.bundle.predicted(shown.picked.checkpoint)
    return None if predicted is None else predicted[shown.rows]


def stamp(shown: Shown) -> tuple[str, ...]:
    """Names the table of samples in the key of a cache: a checkpoint can be deleted and appended anew."""
    picked = shown.picked
    made = picked.bundle.checkpoint(picked.checkpoint).predictions or ""
    return (str(picked.bundle.path), str(picked.bundle.manifest.created), picked.checkpoint, made)


def statistics(shown: Shown) -> NodeStatistics:
    return _statistics(shown, (shown.key, *stamp(shown)))


@st.cache_resource(max_entries=8, show_spinner=False)
def _statistics(_shown: Shown, key: tuple[str, ...]) -> NodeStatistics:
    bundle = _shown.picked.bundle
    return NodeStatistics(_shown.tree, bundle.y[_shown.rows], predictions(_shown), len(bundle.classes))


def right(shown: Shown, node: int) -> str:
    """How many of a cluster's samples are predicted right, in words; empty where no predictions are known."""
    found = statistics(shown)
    return f"{found.correct[node]:,} of {found.known[node]:,} predicted right" if found.known[node] else ""


def of_the_table(shown: Shown) -> dict[str, NodeValues]:
    """What follows from the table of samples, the first by default."""
    return _of_table(shown, (shown.key, *stamp(shown), *extra_columns.digests(shown.picked.bundle)))


@st.cache_resource(max_entries=8, show_spinner=False)
def _of_table(_shown: Shown, key: tuple[str, ...]) -> dict[str, NodeValues]:
    bundle = _shown.picked.bundle
    found = node_values.node_values(_shown.tree, table(_shown), bundle.y[_shown.rows], predictions(_shown), bundle.classes)
    return {one.name: one for one in found}


def offered(shown: Shown) -> list[str]:
    """What this tree's boxes can be coloured by."""
    picked = shown.picked
    found = [*of_the_table(shown), SHARE]
    found += [NC1] if picked.layer and (picked.bundle.y[shown.rows] >= 0).any() else []
    found += [f"{CHANGE}{name}" for name, column in CHANGES.items() if others(shown, column)]
    found += [AGREEMENT] if shown.key in st.session_state.get(OF_B, {}) else []
    return found


def others(shown: Shown, column: str) -> list[str]:
    """Other checkpoints that have this column as the one shown has, those before it first."""
    bundle, names = shown.picked.bundle, [c.name for c in shown.picked.bundle.checkpoints]
    if column not in bundle.samples(shown.picked.checkpoint) or bundle.checkpoint(shown.picked.checkpoint).predictions is None:
        return []
    at = names.index(shown.picked.checkpoint)
    ordered = [*names[:at][::-1], *names[at + 1 :]]
    return [name for name in ordered if bundle.checkpoint(name).predictions is not None and column in bundle.samples(name)]


def choose(shown: Shown) -> None:
    """The widgets; :func:`current` reads them."""
    names = offered(shown)
    address.known("box_colour", names, "the colour", f"boxes are coloured by {names[0]}")
    if st.session_state.get("box_colour") not in names:
        st.session_state.pop("box_colour", None)
    chosen = st.selectbox("Colour boxes by", names, key="box_colour", bind="query-params", width=180, on_change=tree_view.redraw)
    if str(chosen).startswith(CHANGE):
        since = others(shown, CHANGES[str(chosen).removeprefix(CHANGE)])
        address.known("box_since", since, "the checkpoint", f"changes are since {since[0]}")
        if st.session_state.get("box_since") not in since:
            st.session_state.pop("box_since", None)
        st.selectbox("since checkpoint", since, key="box_since", bind="query-params", width=130, on_change=tree_view.redraw)


def current(shown: Shown) -> NodeValues:
    known, names = of_the_table(shown), offered(shown)
    name = st.session_state.get("box_colour")
    name = name if name in names else names[0]
    return known[name] if name in known else _made(shown, name)


def again(shown: Shown) -> str | None:
    """The name of the current colour where the bundle alone gives it: not for the selection, nor for columns of this session."""
    name = current(shown).name
    given = name in of_the_table(shown) and name.removeprefix(MEAN) not in extra_columns.columns(shown.picked.bundle)
    return name if given else None


def _made(shown: Shown, name: str) -> NodeValues:
    """What needs more than the table of samples."""
    if name == SHARE:
        return node_values.selected_share(shown.tree, linked.history(shown.picked.bundle).current.mask[shown.rows])
    if name == NC1:
        return _nc1(shown)
    if name == AGREEMENT:
        return node_values.agreement(shown.tree, *st.session_state[OF_B][shown.key])
    return _change(shown, name)


def _change(shown: Shown, name: str) -> NodeValues:
    what = name.removeprefix(CHANGE)
    column, before = CHANGES[what], others(shown, CHANGES[what])
    since = st.session_state.get("box_since")
    since = since if since in before else before[0]
    now, then = (
        pd.to_numeric(shown.picked.bundle.samples(c)[column].iloc[shown.rows]).to_numpy(np.float64, na_value=np.nan)
        for c in (shown.picked.checkpoint, since)
    )
    points = ", in percentage points" if column == "correct" else ""
    said = f"mean {what} at {shown.picked.checkpoint} minus that at {since}{points}"
    return node_values.change(shown.tree, name, now, then, said, points=column == "correct")


def _nc1(shown: Shown) -> NodeValues:
    """Of the visible clusters, kept until others are shown."""
    view, picked = tree_view.current(shown), shown.picked
    key = (shown.key, picked.layer, picked.checkpoint, view)
    kept = st.session_state.get("nc1_of_nodes")
    if kept is None or kept[0] != key:
        X = picked.bundle.features(picked.layer, picked.checkpoint).take(shown.rows)
        found = node_values.nc1(shown.tree, tree_view.clusters(shown, view), X, picked.bundle.y[shown.rows])
        kept = st.session_state["nc1_of_nodes"] = (key, found)
    return kept[1]
