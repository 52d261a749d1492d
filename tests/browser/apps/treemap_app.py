"""A page with a treemap, or two, or one beside a map, for the browser tests: what is drawn is chosen in the URL."""

import io

import numpy as np
import pandas as pd
import streamlit as st
from PIL import Image, ImageDraw

from pages.parts import channel
from pages.parts.map.map_component import map_view
from pages.parts.treemap.treemap_component import TreemapEvent, treemap_view
from repgeom_core.figures.palette import encode_column
from repgeom_core.hierarchy.linkages.methods import linkage
from repgeom_core.hierarchy.tree import Tree
from repgeom_core.linalg.neighbours import neighbours
from repgeom_core.views import payloads

st.set_page_config(layout="wide")
query = st.query_params
n, k, first = int(query.get("n", 1200)), int(query.get("k", 12)), int(query.get("first", 0))
CLASSES = ("<b>bold</b><img src=x onerror=alert(1)>", *(f"class {c}" for c in range(1, 10)))


@st.cache_resource
def samples(n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, Tree]:
    rng = np.random.default_rng(0)
    y = rng.integers(0, len(CLASSES), n)
    X = (3 * rng.normal(size=(len(CLASSES), 8)))[y] + rng.normal(size=(n, 8))
    predictions = np.where(rng.random(n) < 0.08, rng.integers(0, len(CLASSES), n), y)
    return X, y, predictions, linkage(X)


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


def selected(event: TreemapEvent) -> None:
    st.session_state.mask, st.session_state.tool = event.mask, event.tool
    st.session_state.history = [*st.session_state.get("history", []), int(event.mask.sum())]


def zoomed(node: int) -> None:
    st.session_state.root = node


def focused(leaf: int | None) -> None:
    st.session_state.focus = leaf


@st.dialog("A dialog")
def dialog() -> None:
    st.write("Inside the dialog")


X, y, predictions, tree = samples(n)
labels = pd.Categorical.from_codes(y, CLASSES)
frame = pd.DataFrame({"id": [f"sample-{i:05d}" for i in range(n)], "label": labels, "text": [f"the text of {i}" for i in range(n)]})
wrong = predictions != y
purity = tree.sums(np.eye(len(CLASSES), dtype=int)[y]).max(axis=1) / tree.count
majority = tree.sums(np.eye(len(CLASSES), dtype=int)[y]).argmax(axis=1)
errors = tree.sums(wrong)
slow = st.toggle("Slow")
if st.button("Select the first ten"):
    st.session_state.mask = np.arange(n) < 10
if st.button("Whole tree"):
    st.session_state.root = tree.root
if "overlays" in query:
    places = st.columns(4)
    places[0].popover("Open a popover").write("Inside the popover")
    if places[1].button("Open a dialog"):
        dialog()
    places[2].selectbox("A list", ["first", "second"])
    places[3].text_input("A field")
colour = st.radio("Colour", ["purity", "height"], horizontal=True)
values = purity if colour == "purity" else tree.own_height
sent = {
    "tree": payloads.pack_tree(tree),
    "nodes": payloads.pack_node_colours(encode_column(pd.Series(values), title=colour), values, f"the {colour}", colour == "purity"),
    "labels": payloads.pack_node_labels(majority, CLASSES, 1 - errors / tree.count, errors),
    "colours": payloads.pack_colours(encode_column(frame["label"])),
    "columns": payloads.pack_columns(frame),
    "neighbours": payloads.pack_neighbours(neighbours(X, 8).indices),
    "errors": payloads.pack_flags(wrong),
    "ranks": payloads.pack_ranks(np.linalg.norm(X, axis=1)),
    "rows": payloads.pack_rows(np.arange(n) + first, "bundle"),
}
handles = {name: channel.send(payload, name) for name, payload in sent.items()}
if "bare" not in query:
    channel.send_thumbnails(Numbered(), "bundle", "thumbnails")


@st.fragment
def explorer() -> None:
    mask = st.session_state.get("mask", np.zeros(n, bool))
    root = st.session_state.get("root", tree.root)
    focus = st.session_state.get("focus")
    if slow:
        import time

        time.sleep(0.7)
        st.text("slowly")
    shown = {
        "n": n, "ids_digest": "ids", "universe": "bundle", "root": root, "selection": mask, "focus": focus, "text": "text",
        "thumbnails": None if "bare" in query else "bundle", "height": int(query.get("height", 560)),
        "mode": query.get("mode", "height"), "order": query.get("order", "even"), "thumb": int(query.get("thumb", 28)),
        "outline_errors": "outline" in query, "focus_errors": "dim" in query, "similar": "similar" in query,
        "hidden": y != 3 if "half" in query else None,
    }  # fmt: skip
    treemap_view(
        "treemap", k=k, title="A treemap", on_selection=selected, on_zoom=zoomed, on_focus=focused, **shown, **handles,
    )  # fmt: skip
    if "two" in query:
        treemap_view("second", k=5, title="The second", **shown, **handles)
    st.text(f"selected {int(mask.sum())} tool {st.session_state.get('tool')} history {st.session_state.get('history', [])}")
    st.text(f"root {root} focus {focus} of {tree.root}")


explorer()
if "map" in query:
    geometry = channel.send(payloads.pack_geometry(X[:, :2], "all"), "geometry")
    map_view(
        "map", n=n, ids_digest="all", universe="bundle", rows=handles["rows"], geometry=geometry, colours=handles["colours"], height=400
    )
