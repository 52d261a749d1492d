"""The page that benchmarks/map.py measures: ?kind=ours or ?kind=plotly, with the same linked bar chart and text."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from pages.parts import channel
from pages.parts.map import map_component as mc
from repgeom_core.figures.palette import Colours, categorical_palette, hex_colours
from repgeom_core.views import payloads

CLASSES = 10
st.set_page_config(layout="wide")
n, kind = int(st.query_params.get("n", 100_000)), st.query_params.get("kind", "ours")


@st.cache_resource
def data(n: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(CLASSES, 2)) * 6
    y = rng.integers(0, CLASSES, n)
    return (centres[y] + rng.normal(size=(n, 2))).astype(np.float32), y


@st.cache_resource
def figure(n: int) -> go.Figure:
    xy, y = data(n)
    palette = np.array(hex_colours(categorical_palette(CLASSES)))
    chart = go.Figure(go.Scattergl(x=xy[:, 0], y=xy[:, 1], mode="markers", marker={"size": 3, "color": palette[y]}))
    return chart.update_layout(dragmode="lasso", height=560, margin={"l": 0, "r": 0, "t": 0, "b": 0})


@st.cache_resource
def packed(n: int) -> tuple[payloads.Payload, payloads.Payload]:
    xy, y = data(n)
    counts = np.bincount(y, minlength=CLASSES).astype(np.uint32)
    colours = Colours("categorical", y.astype(np.uint8), categorical_palette(CLASSES), "class", tuple(map(str, range(CLASSES))), counts)
    return payloads.pack_geometry(xy, "ids"), payloads.pack_colours(colours)


def store(event: mc.MapEvent) -> None:
    st.session_state.mask = event.mask


def linked_views(mask: np.ndarray) -> None:
    counts = np.bincount(data(n)[1][mask], minlength=CLASSES)
    bars = go.Figure(go.Bar(x=np.arange(CLASSES), y=counts)).update_layout(height=180, margin={"l": 0, "r": 0, "t": 0, "b": 0})
    st.plotly_chart(bars, key="bars")
    st.text(f"selected {int(mask.sum())} of {n}")


handles = [channel.send(payload, key) for payload, key in zip(packed(n), ("geometry", "colours"), strict=True)] if kind == "ours" else []


@st.fragment
def page() -> None:
    if kind == "ours":
        mask = st.session_state.get("mask", np.zeros(n, bool))
        mc.map_view("map", n=n, ids_digest="ids", geometry=handles[0], colours=handles[1], selection=mask, height=560, on_selection=store)
    else:
        event = st.plotly_chart(figure(n), key="scatter", on_select="rerun", selection_mode="lasso")
        mask = np.zeros(n, bool)
        mask[event.selection.point_indices] = True
    linked_views(mask)


page()
