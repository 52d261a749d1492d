"""What of a tree is shown: the root, how many clusters and by which rule; in the URL, and drawn again in part when it changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NoReturn

import numpy as np
import streamlit as st

from pages.parts import linked
from pages.parts.treemap.tree_choice import Shown

Mode = Literal["height", "breadth", "count"]
MODES: tuple[Mode, ...] = ("height", "breadth", "count")
FEWEST, MOST, DEFAULT = 2, 100, 8
ROOT = "tree_root"  # session state: (key of the tree, node)
WRITTEN = "tree_root_written"  # session state: what this page last wrote of the root into the address
VIEWS = "tree_views"  # session state: the fragments that show the cut


@dataclass(frozen=True)
class View:
    root: int
    k: int
    mode: Mode


def begin_run() -> None:
    """At the start of a full run: forget which fragments the last one had."""
    st.session_state[VIEWS] = []


def view(key: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorator: a fragment that is drawn again when the selection changes, and when root, number of clusters or colour do."""
    return linked.view(key, also=VIEWS)


def current(shown: Shown) -> View:
    """From the widgets and the URL. Of another tree than the page's own: the whole of it."""
    of, node = st.session_state.get(ROOT, ("", -1))
    root = int(node) if of == shown.key else shown.tree.root
    return View(root, int(st.session_state.get("k", DEFAULT)), st.session_state.get("cut_mode") or "height")


def clusters(shown: Shown, view: View) -> np.ndarray:
    """The visible nodes in dendrogram order."""
    from repgeom_core.hierarchy.cut import cut

    return cut(shown.tree, view.k, view.root, view.mode)


def redraw() -> NoReturn:
    """From a callback: draw again what shows the cut."""
    st.rerun(st.session_state.get(VIEWS) or "app")


def settle(shown: Shown) -> None:
    """Makes this tree the page's own: its root is that of the address, where a session begins or the browser has gone back, else the one
    it had, else all of it."""
    tree, asked = shown.tree, st.query_params.get("root")
    of, node = st.session_state.get(ROOT, ("", -1))
    went_back = linked.went_back()
    if of != shown.key:
        # A session that has shown another tree has that one's root in its address.
        node = _asked(shown, asked) if not of else tree.root
    elif went_back:
        node = _asked(shown, asked)
    _keep(shown, int(node))


def _asked(shown: Shown, asked: str | None) -> int:
    """The root that an address asks for; all of the tree, and a word about it, where that is none of its clusters."""
    tree = shown.tree
    if asked is None:
        return tree.root
    if asked.isascii() and asked.isdigit() and tree.n <= int(asked) < tree.nodes:
        return int(asked)
    words = f"The link asks for a cluster that this tree of {tree.n:,} samples does not have; the whole tree is shown."
    st.toast(words, icon=":material/link_off:")
    return tree.root


def go_to(shown: Shown, node: int) -> NoReturn:
    """From a callback: make a cluster the root. The treemap writes it into the address when it is drawn again: a rerun that is asked for
    after the address has changed would overwrite a Back that comes between the two."""
    st.session_state[ROOT] = (shown.key, node)
    redraw()


def write_address(shown: Shown) -> None:
    """Writes the root of what is drawn now into the address; once more where the browser spoke before it had heard of another root that was
    written since, and would keep that one."""
    node = current(shown).root
    overtaken = st.session_state[WRITTEN] != _said(shown, node) == st.query_params.get("root")
    _keep(shown, node)
    if overtaken:
        st.query_params.update()


def _said(shown: Shown, node: int) -> str | None:
    return str(node) if node != shown.tree.root else None


def _keep(shown: Shown, node: int) -> None:
    st.session_state[ROOT] = (shown.key, node)
    said = _said(shown, node)
    if said != st.query_params.get("root"):  # what is written enters the browser's history, even where it changes nothing
        if said is None:
            del st.query_params["root"]
        else:
            st.query_params["root"] = said
    st.session_state[WRITTEN] = st.query_params.get("root")
