"""The page that benchmarks/treemap_page.py measures: ?kind=ours or ?kind=plotly, the same clusters of the same tree."""

import io

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from PIL import Image

from pages.parts import channel
from pages.parts.treemap.treemap_component import treemap_view
from repgeom_core.figures.palette import encode_column, hex_colours
from repgeom_core.hierarchy.cut import cut
from repgeom_core.hierarchy.linkages.methods import linkage
from repgeom_core.hierarchy.tree import Tree
from repgeom_core.views import payloads

CLASSES, SIDE, CELLS = 20, 32, 1024
st.set_page_config(layout="wide")
n, k, kind = int(st.query_params.get("n", 10_000)), int(st.query_params.get("k", 20)), st.query_params.get("kind", "ours")


@st.cache_resource
def data(n: int) -> tuple[Tree, np.ndarray]:
    rng = np.random.default_rng(0)
    y = rng.integers(0, CLASSES, n)
    tree = linkage((4 * rng.normal(size=(CLASSES, 32)))[y] + rng.normal(size=(n, 32)))
    return tree, tree.sums(np.eye(CLASSES, dtype=int)[y]).max(axis=1) / tree.count


class Pictures:
    """Sprite sheets as a bundle has them: 1,024 thumbnails in one WebP image, some 450 kB of detail."""

    size, cells, columns = (SIDE, SIDE), CELLS, SIDE

    def sheet_bytes(self, k: int) -> bytes:
        return _sheet(k)


@st.cache_resource
def _sheet(k: int) -> bytes:
    rng = np.random.default_rng(k)
    coarse = rng.integers(0, 255, (256, 256, 3), dtype=np.uint8)
    pixels = np.asarray(Image.fromarray(coarse).resize((SIDE * 32, SIDE * 32))) // 2 + rng.integers(0, 90, (SIDE * 32, SIDE * 32, 3))
    stream = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(stream, "WEBP", quality=80, method=1)
    return stream.getvalue()


@st.cache_resource
def packed(n: int) -> dict[str, payloads.Payload]:
    tree, purity = data(n)
    colours = encode_column(pd.Series(purity), title="purity")
    return {"tree": payloads.pack_tree(tree), "nodes": payloads.pack_node_colours(colours, purity, percent=True)}


@st.cache_resource
def figure(n: int, k: int) -> go.Figure:
    """The visible clusters, those that a click on one of them would show, and all that lies above."""
    tree, purity = data(n)
    shown = {int(node) for of in cut(tree, k) for node in cut(tree, k, int(of))}
    above = {node for of in shown for node in tree.ancestors(of)}
    nodes = sorted(shown | above)
    colours = encode_column(pd.Series(purity))
    palette = np.array(hex_colours(colours.palette))
    boxes = go.Treemap(
        ids=[str(node) for node in nodes],
        labels=[f"{tree.count[node]:,}" for node in nodes],
        values=[int(tree.count[node]) for node in nodes],
        parents=["" if node == tree.root else str(tree.parent[node]) for node in nodes],
        marker={"colors": palette[colours.codes[nodes]].tolist()},
        branchvalues="total",
        sort=False,
        tiling={"packing": "slice-dice"},
    )
    return go.Figure(boxes).update_layout(height=640, margin={"l": 0, "r": 0, "t": 0, "b": 0})


def go_to(node: int) -> None:
    st.session_state.root = node


if st.query_params.get("warm"):
    [_sheet(sheet) for sheet in range(-(-n // CELLS))]
    packed(n), figure(n, k)
handles = {name: channel.send(payload, name) for name, payload in packed(n).items()} if kind == "ours" else {}
if kind == "ours":
    channel.send_thumbnails(Pictures(), "pictures", "thumbnails", ahead=np.arange(n))


@st.fragment
def page() -> None:
    tree, _ = data(n)
    root = st.session_state.get("root", tree.root)
    if kind == "ours":
        treemap_view(
            "treemap", n=n, ids_digest="pictures", root=root, k=k, thumbnails="pictures", height=640, on_zoom=go_to, **handles
        )  # fmt: skip
    else:
        st.plotly_chart(figure(n, k), key="treemap")
    st.text(f"root {root}")


page()
