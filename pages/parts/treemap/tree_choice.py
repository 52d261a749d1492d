"""Which tree the page shows: a linkage of this layer or one that came with the data, over the split, one class or the selection."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any

import numpy as np
import streamlit as st

from pages.parts import job_wait, library, linked
from pages.parts.plain_text import plain
from pages.parts.sidebar import Picked
from pages.parts.treemap import address
from repgeom_core.bundle import Bundle
from repgeom_core.hierarchy.bundle_trees import BundleTree, bundle_tree, cached_tree
from repgeom_core.hierarchy.files.stored import FOLDER, StoredTrees, stored_trees
from repgeom_core.hierarchy.linkages.methods import METHODS
from repgeom_core.hierarchy.tree import Tree
from repgeom_core.jobs import commands

LINKAGES = {method.title: name for name, method in METHODS.items()}
STORED = "Stored: "  # before the name of a tree that came with the data
AT_ONCE = 3_000  # samples up to which the page waits for a tree; larger ones are computed by a job
OF_SELECTION = "tree_of_selection"  # session state: (ids digest, rows) whose own tree is shown
MASK, OWN = "dim the others", "its own tree"


@dataclass(frozen=True)
class Shown:
    """A tree on the page: leaf ``i`` is sample ``rows[i]`` of the bundle.

    ``of`` says of what it is, in words; ``one_class``: it is of that class alone; ``masked``: the class whose samples are picked out.
    """

    picked: Picked
    tree: Tree
    rows: np.ndarray
    of: str
    name: str
    one_class: int | None = None
    masked: int | None = None

    @property
    def said(self) -> str:
        """Which tree of what, in words."""
        return self.of[:1].upper() + self.of[1:] if self.name.startswith(STORED) else f"{self.name} tree of {self.of}"

    @cached_property
    def key(self) -> str:
        """Stands for this tree over these samples in keys of caches and widgets."""
        digest = blake2b(self.picked.bundle.ids_digest.encode(), digest_size=8)
        for array in (self.tree.left, self.tree.right, self.tree.height, self.rows):
            digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()

    @cached_property
    def leaf_of(self) -> np.ndarray:
        """Leaf of every sample of the bundle; -1 where it is not in this tree."""
        leaves = np.full(self.picked.bundle.n, -1, np.int64)
        leaves[self.rows] = np.arange(len(self.rows))
        return leaves

    def members(self, node: int) -> np.ndarray:
        """Rows of the samples under a node, in dendrogram order."""
        found: np.ndarray = self.rows[self.tree.members(node)]
        return found


@dataclass(frozen=True)
class Wanted:
    """What was chosen: a linkage (or a stored tree), over ``rows`` where they are not the whole split; the class that it is of, or that
    is picked out of it."""

    name: str
    rows: np.ndarray | None
    of: str
    one_class: int | None = None
    masked: int | None = None


def stored(bundle: Bundle) -> StoredTrees:
    """The trees that came with the data, read once."""
    files = sorted((bundle.path / FOLDER).glob("*.npz"))
    return _stored(bundle, (str(bundle.path), *((file.name, file.stat().st_mtime_ns) for file in files)))


@st.cache_resource(max_entries=8, show_spinner=False)
def _stored(_bundle: Bundle, key: tuple[object, ...]) -> StoredTrees:
    return stored_trees(_bundle)


def choose(picked: Picked) -> Wanted | None:
    """The widgets; None where this bundle has neither features nor a stored tree, which is said here."""
    bundle, trees = picked.bundle, stored(picked.bundle)
    for reason in trees.damaged.values():
        st.warning(plain(reason, 600), icon=":material/warning:")
    names = [*(LINKAGES if picked.layer else ()), *(f"{STORED}{name}" for name in trees)]
    if not names:
        st.info("This bundle has neither features nor a tree. Extract or import some on the Load page.", icon=":material/account_tree:")
        return None
    if not len(picked.rows):
        st.info("There is no sample in this split.", icon=":material/filter_alt_off:")
        return None
    address.known("tree", names, "the tree", f"{names[0]} is shown")
    if st.session_state.get("tree") not in names:
        st.session_state.pop("tree", None)
    name = st.selectbox("Tree", names, key="tree", bind="query-params", width=190, help=HELP)
    code, own = _choose_class(picked, str(name))
    rows, of = None, "" if picked.split == "all" else f"{picked.split}, "
    if code is not None and own:
        rows = picked.rows[bundle.y[picked.rows] == code]
        of += f"class {bundle.classes[code]}, "
    selection = _choose_selection(picked, str(name))
    if selection is not None:
        return Wanted(str(name), selection, "selection, ", masked=code)
    return Wanted(str(name), rows, of, code if own else None, None if own else code)


HELP = (
    "Ward joins the two clusters whose union adds least to the variance within clusters. Average, complete and single linkage go by mean, "
    "greatest and smallest distances; graph degree follows the neighbour graph; hierarchical k-means is built from the top."
)


def _choose_class(picked: Picked, name: str) -> tuple[int | None, bool]:
    bundle = picked.bundle
    if not bundle.classes or not (bundle.y >= 0).any():
        return None, False
    address.known("only_class", bundle.classes, "the class", "all classes are shown")
    if st.session_state.get("only_class") not in (None, *bundle.classes):
        st.session_state["only_class"] = None
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall", width="content"):
        chosen = st.selectbox(
            "Class", bundle.classes, index=None, key="only_class", placeholder="all classes", bind="query-params", width=150,
            help="Type to search. One class can be picked out of this tree, or have a tree of its own.",
        )  # fmt: skip
        if chosen is None:
            return None, False
        own = False
        if not name.startswith(STORED):
            how = st.segmented_control(
                "How", [MASK, OWN], default=MASK, key="class_as", label_visibility="collapsed", bind="query-params", required=True
            )
            own = how == OWN
    return bundle.classes.index(chosen), own


def _choose_selection(picked: Picked, name: str) -> np.ndarray | None:
    """The rows whose own tree was asked for, with the way back; else, where there is a selection, the way to its tree."""
    bundle = picked.bundle
    of, rows = st.session_state.get(OF_SELECTION, ("", None))
    if rows is not None and of == bundle.ids_digest and not name.startswith(STORED):
        st.button(
            f"Back from the {len(rows):,} selected", key="tree_back", icon=":material/arrow_back:", on_click=_back,
            help="To the tree of the whole split",
        )  # fmt: skip
        found: np.ndarray = rows
        return found
    if picked.layer and not name.startswith(STORED):
        st.button(
            "Tree of the selection", key="tree_of_selected", icon=":material/account_tree:", on_click=_of_selection, args=(picked,),
            help="Clusters the selected samples of this split anew, by themselves",
        )  # fmt: skip
    return None


def _of_selection(picked: Picked) -> None:
    rows = picked.rows[linked.history(picked.bundle).current.mask[picked.rows]]
    if len(rows) < 2:
        st.toast(
            "Select at least two samples of this split first: click a box, or draw a lasso on the map.", icon=":material/gesture_select:"
        )
        return
    st.session_state[OF_SELECTION] = (picked.bundle.ids_digest, rows)


def _back() -> None:
    st.session_state.pop(OF_SELECTION, None)


def get(picked: Picked, wanted: Wanted) -> Shown | None:
    """The tree; None while a job computes it, which is said here."""
    if wanted.name.startswith(STORED):
        name = wanted.name.removeprefix(STORED)
        kept = stored(picked.bundle)[name]
        of = f"{wanted.of}the tree “{name}” that came with the data"
        return Shown(picked, kept.tree, kept.rows, of, wanted.name, masked=wanted.masked)
    found = linkage_of(picked, wanted, picked.layer, picked.checkpoint)
    if found is None:
        return None
    of = f"{wanted.of}{picked.layer} at {picked.checkpoint}"
    return Shown(picked, found.tree, np.asarray(found.rows), of, wanted.name, wanted.one_class, wanted.masked)


def linkage_of(picked: Picked, wanted: Wanted, layer: str, checkpoint: str, place: str = "tree") -> BundleTree | None:
    """The linkage of a layer at a checkpoint over the same samples, from the cache, at once, or by a job (None meanwhile)."""
    bundle, method = picked.bundle, LINKAGES[wanted.name]
    where: dict[str, Any] = {"split": picked.split, "rows": wanted.rows, "method": method}
    found = cached_tree(bundle, layer, checkpoint, **where)
    if found is not None:
        return found
    n = len(picked.rows if wanted.rows is None else wanted.rows)
    if n <= AT_ONCE:
        with st.spinner(f"{wanted.name} linkage of {n:,} samples"):
            return bundle_tree(bundle, layer, checkpoint, **where)
    queue = library.jobs()
    arguments = commands.treemap_arguments(queue, bundle.path, layer, checkpoint, picked.split, wanted.rows, method)
    title = f"{wanted.name} tree of {layer} at {checkpoint}"

    def again() -> None:
        commands.submit(queue, arguments, title, wanted.rows)

    job = job_wait.latest(bundle, arguments) or commands.submit(queue, arguments, title, wanted.rows)
    job_wait.show(job, f"The {wanted.name} tree of {n:,} samples", again, place)
    return None


def approximate(tree: Tree) -> str:
    """Which part of a tree is approximate, in words; empty where none is."""
    marks = 0 if tree.approximate is None else int(tree.approximate.sum())
    if not marks:
        return ""
    if "micro_clusters" in tree.meta:
        return f"the {marks:,} merges above its {tree.meta['micro_clusters']:,} micro-clusters are approximate, those within are exact"
    if "joined" in tree.meta:
        return f"its topmost {marks:,} merges only join {tree.meta['joined']:,} trees"
    return f"{marks:,} of its {len(tree.left):,} merges are approximate"
