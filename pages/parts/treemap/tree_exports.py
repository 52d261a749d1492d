"""The tree for elsewhere: DendroMap's JSON, one page that works offline, scipy's linkage matrix, and a balanced subset of its samples."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import streamlit as st

from pages.parts import linked
from pages.parts.plain_text import counted, plain
from pages.parts.treemap import box_colour, tree_data, tree_view
from pages.parts.treemap.tree_choice import STORED, Shown, stored
from repgeom_core.atomic import folder_name
from repgeom_core.hierarchy.balanced_sample import balanced_sample
from repgeom_core.hierarchy.bundle_trees import BundleTree
from repgeom_core.hierarchy.files.dendromap import write_dendromap
from repgeom_core.hierarchy.files.scipy_matrix import to_scipy
from repgeom_core.hierarchy.files.stored import StoredTree
from repgeom_core.views.offline import offline_page


@tree_view.view("treemap_exports")
def show(shown: Shown) -> None:
    """A popover with a download for each; what is large is made when somebody asks for it."""
    bundle, view = shown.picked.bundle, tree_view.current(shown)
    # What is made when somebody asks for it is made without the session's state.
    page = partial(_page, shown, view.k, box_colour.again(shown) or "accuracy")
    what = (shown.picked.checkpoint, shown.picked.layer, shown.picked.split, shown.name)
    stem = "-".join([bundle.path.name, *(folder_name(part) for part in what if part)])
    with st.popover(":material/ios_share:", help="Export the tree"):
        st.caption(f"{plain(shown.said)}: all {counted(len(shown.rows), 'sample')} of it.")
        _download(
            "DendroMap JSON",
            "json",
            stem,
            "application/json",
            partial(_dendromap, shown),
            "For the original DendroMap, and to import it again",
        )
        _download(
            "scipy linkage (.npy)",
            "npy",
            stem,
            "application/octet-stream",
            partial(_scipy, shown),
            "A matrix (n − 1, 4): left, right, height, count",
        )
        _download("Web page (.html)", "html", stem, "text/html", page, "One file with thumbnails that works offline")
        st.divider()
        _balanced(shown, stem)


def _balanced(shown: Shown, stem: str) -> None:
    """As many samples as asked for, shared out evenly among clusters: as a selection, or as a file."""
    n = len(shown.rows)
    size = int(st.number_input("Balanced subset: samples", 1, n, max(1, n // 10), key=f"balanced_{shown.key}"))
    st.caption("Every cluster, and every cluster within it, gives as many samples, so that rare kinds are not drowned by frequent ones.")

    def rows() -> np.ndarray:
        found: np.ndarray = shown.rows[balanced_sample(shown.tree, size)]
        return found

    def selected() -> None:
        linked.select_rows(shown.picked.bundle, rows(), writer="balanced subset")

    def listed() -> bytes:
        bundle = shown.picked.bundle
        return pd.DataFrame({"id": np.asarray(bundle.ids)[rows()]}).to_csv(index=False).encode()

    st.button("Select it", key="balanced_select", icon=":material/select_all:", on_click=selected, width="stretch")
    _download("Balanced subset (.csv)", "csv", f"{stem}-balanced-{size}", "text/csv", listed, "Ids of the samples")


def _download(label: str, suffix: str, stem: str, mime: str, made: Callable[[], bytes], help: str) -> None:
    st.download_button(
        label, made, file_name=f"{stem}.{suffix}", mime=mime, key=f"tree_export_{suffix}", help=help, icon=":material/download:",
        on_click="ignore", width="stretch",
    )  # fmt: skip


def _kept(shown: Shown) -> StoredTree:
    """The tree as files hold it, with the neighbours that are known already."""
    if shown.name.startswith(STORED):
        return stored(shown.picked.bundle)[shown.name.removeprefix(STORED)]
    near = tree_data.nearest(shown) if not tree_data.no_neighbours(shown) and len(shown.rows) <= tree_data.MOST_NEIGHBOURS else None
    return StoredTree(shown.tree, shown.rows, None if near is None else shown.rows[near])


def _dendromap(shown: Shown) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tree.json"
        write_dendromap(path, _kept(shown), shown.picked.bundle.samples(shown.picked.checkpoint), shown.picked.bundle.classes)
        return path.read_bytes()


def _scipy(shown: Shown) -> bytes:
    held = io.BytesIO()
    np.save(held, to_scipy(shown.tree), allow_pickle=False)
    return held.getvalue()


def _page(shown: Shown, k: int, colour: str) -> bytes:
    near = None if tree_data.no_neighbours(shown) or len(shown.rows) > tree_data.MOST_NEIGHBOURS else tree_data.nearest(shown)
    bundle, checkpoint = shown.picked.bundle, shown.picked.checkpoint
    title = f"{bundle.name}: {shown.of}"
    layer = shown.picked.layer or None
    page = offline_page(bundle, BundleTree(shown.tree, shown.rows), checkpoint, title, k=k, colour=colour, neighbours=near, layer=layer)
    return page.data
