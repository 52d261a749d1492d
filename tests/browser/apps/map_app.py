"""A page with one map, for the browser tests: what is drawn is chosen in the URL."""

import io

import numpy as np
import pandas as pd
import streamlit as st
from PIL import Image, ImageDraw

from pages.parts import channel
from pages.parts.map import map_component as mc
from repgeom_core.figures.palette import encode_column
from repgeom_core.views import payloads

st.set_page_config(layout="wide")
query = st.query_params
n, k = int(query.get("n", 2000)), int(query.get("k", 10))


@st.cache_resource
def samples(n: int, k: int) -> tuple[np.ndarray, pd.DataFrame]:
    rng = np.random.default_rng(0)
    y = rng.integers(0, k, n)
    angle = 2.399963 * np.arange(k)
    centres = np.sqrt(np.arange(k) + 0.5)[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    xy = centres[y] + 0.28 * rng.normal(size=(n, 2)) * (0.6 + rng.random((k, 1))[y])
    names = ["<b>bold</b><img src=x onerror=alert(1)>", *(f"class {c}" for c in range(1, k))]
    loss = np.where(rng.random(n) < 0.03, np.nan, rng.gamma(1.5, 0.6, n))
    frame = pd.DataFrame(
        {
            "id": [f"sample-{i:05d}" for i in range(n)],
            "label": pd.Categorical.from_codes(y, names),
            "loss": loss,
            "split": "test",
            "row": np.arange(n),
        }
    )
    return xy, frame


class Numbered:
    """Sprite sheets whose cells show their own number."""

    size, cells, columns = (32, 32), 100, 10

    def sheet_bytes(self, k: int) -> bytes:
        image = Image.new("RGB", (320, 320), (30, 60, 90))
        draw = ImageDraw.Draw(image)
        for cell in range(self.cells):
            x, y = 32 * (cell % 10), 32 * (cell // 10)
            draw.rectangle((x, y, x + 31, y + 31), fill=(60 + cell, 90 + 16 * (k % 10), 200 - cell))
            draw.text((x + 3, y + 10), str(k * 100 + cell), fill="white")
        buffer = io.BytesIO()
        image.save(buffer, "WEBP")
        return buffer.getvalue()


def store(event: mc.MapEvent) -> None:
    st.session_state.mask, st.session_state.focus, st.session_state.tool = event.mask, event.focus, event.tool
    st.session_state.history = [*st.session_state.get("history", []), int(event.mask.sum())]


xy, frame = samples(n, k)
column = st.radio("Colour", ["label", "loss", "row"], horizontal=True)
left, right, third = st.columns(3)
turned = left.toggle("Turned")
if right.button("Select the first ten"):
    st.session_state.mask, st.session_state.focus = np.arange(n) < 10, None
slow = third.toggle("Slow")
if third.toggle("Away"):
    st.stop()
geometry = channel.send(payloads.pack_geometry(xy[:, ::-1] * [1, -1] if turned else xy, "ids"), "geometry")
colours = channel.send(payloads.pack_colours(encode_column(frame[column], units="nats" if column == "loss" else "")), "colours")


@st.fragment
def explorer() -> None:
    mask = st.session_state.get("mask", np.zeros(n, bool))
    focus = st.session_state.get("focus")
    near = beside = ()
    if focus is not None:
        order = np.argsort(((xy - xy[focus]) ** 2).sum(axis=1))
        beside, near = order[1:7], order[4:40:5]
    if slow:
        import time

        time.sleep(0.7)
        st.text("slowly")
    mc.map_view(
        "map", n=n, ids_digest="ids", geometry=geometry, colours=colours, columns="columns-later" if "late" in query else columns,
        thumbnails=None if "bare" in query else "numbered", selection=mask, focus=focus, neighbours=near, map_neighbours=beside,
        hidden=frame["row"].to_numpy() >= n // 2 if "half" in query else None,
        title="resnet20 · layer3 · UMAP", height=int(query.get("height", 560)), on_selection=store,
    )  # fmt: skip
    st.text(f"selected {int(mask.sum())} focus {focus} tool {st.session_state.get('tool')} history {st.session_state.get('history', [])}")
    st.text(f"labels {sorted(frame['label'].cat.codes[mask].unique().tolist())}")


columns = payloads.pack_columns(frame[["id", "label", "loss", "split"]]).digest
explorer()
channel.send(payloads.pack_columns(frame[["id", "label", "loss", "split"]]), "columns")
if "bare" not in query:
    channel.send_thumbnails(Numbered(), "numbered", "thumbnails")
if "two" in query:
    mc.map_view("second", n=n, ids_digest="ids", geometry=geometry, colours=colours, title="second", height=300)
