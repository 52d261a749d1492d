"""The treemap of a Streamlit page: draws a tree that the channels have carried to the browser, and tells where the hand goes in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import streamlit as st

from pages.parts.channel import DIST, decode_mask, encode_mask

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

STATES = ("selection", "focus", "zoom")

_treemap = st.components.v2.component("repgeom_treemap", js=(DIST / "treemap.js").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class TreemapEvent:
    """One change of the selection by hand.

    ``mask`` is (n,) bool over the leaves, ``focus`` the leaf that was clicked last or None, ``tool`` one of box, click, clear.
    """

    mask: NDArray[np.bool_]
    focus: int | None
    tool: Literal["box", "click", "clear"]
    sequence: int


def read_selection(state: Mapping[str, Any] | None, n: int, ids_digest: str) -> TreemapEvent | None:
    """The last selection by hand in a treemap's state, or None: there was none, or it was made on other samples than these n."""
    message = (state or {}).get("selection")
    if not message or message["n"] != n or message["ids"] != ids_digest:
        return None
    return TreemapEvent(decode_mask(message["mask"], n), _leaf(message["focus"], n), message["tool"], int(message["seq"]))


def read_zoom(state: Mapping[str, Any] | None, n: int, tree: str) -> int | None:
    """The node that was made the root last, or None: there was none, or it is one of another tree than this of n leaves."""
    message = (state or {}).get("zoom")
    if not message or message["tree"] != tree or not 0 <= int(message["node"]) < 2 * n - 1:
        return None
    return int(message["node"])


def acknowledged(state: Mapping[str, Any] | None) -> int:
    """The highest number of a change by hand that has been heard, of whichever kind."""
    return max((int(((state or {}).get(name) or {}).get("seq", 0)) for name in STATES), default=0)


def _leaf(focus: Any, n: int) -> int | None:
    return int(focus) if 0 <= int(focus) < n else None


def treemap_view(
    key: str,
    *,
    n: int,
    ids_digest: str,
    tree: str,
    nodes: str,
    root: int,
    k: int,
    mode: Literal["height", "breadth", "count"] = "height",
    universe: str | None = None,
    rows: str | None = None,
    labels: str | None = None,
    colours: str | None = None,
    columns: str | None = None,
    thumbnails: str | None = None,
    neighbours: str | None = None,
    errors: str | None = None,
    ranks: str | None = None,
    sparks: str | None = None,
    text: str | None = None,
    selection: NDArray[np.bool_] | None = None,
    hidden: NDArray[np.bool_] | None = None,
    focus: int | None = None,
    order: Literal["even", "central", "errors"] = "even",
    thumb: int = 28,
    outline_errors: bool = False,
    focus_errors: bool = False,
    similar: bool = False,
    title: str = "",
    height: int = 640,
    on_selection: Callable[[TreemapEvent], None] | None = None,
    on_zoom: Callable[[int], None] | None = None,
    on_focus: Callable[[int | None], None] | None = None,
) -> None:
    """Draws ``k`` clusters of a tree of n leaves under the node ``root``.

    Everything per leaf is in the order of the tree's leaves, which ``ids_digest`` stands for; leaf i is sample ``rows[i]`` (``pack_rows``;
    i where there is none) of the ``universe`` in which thumbnails are numbered, and in which other views are told what the pointer is on.
    ``tree``, ``nodes`` (``pack_node_colours``), ``labels`` (``pack_node_labels``), ``colours`` (of samples), ``columns`` (on hover),
    ``neighbours``, ``errors`` (``pack_flags`` of wrong predictions), ``ranks`` and ``sparks`` are handles from ``channel.send``,
    ``thumbnails`` is one from ``channel.send_thumbnails``. A leaf without thumbnail shows the column ``text``, else its spark, else its
    colour.

    ``selection`` and ``hidden`` (samples that a filter leaves out: dimmed) are (n,) bool. ``order`` says which members a box shows where
    it has not room for all: at even steps in dendrogram order, lowest ``ranks`` first, or ``errors`` first. ``thumb`` is in CSS px.

    ``on_selection``, ``on_zoom`` (the new root) and ``on_focus`` (the clicked leaf) are called, as any widget's callback, before the rerun
    that a change by hand causes; pass on what they stored as ``selection``, ``root`` and ``focus``. What is passed wins over the browser's
    own state, unless a newer change by hand is on its way. The browser does not wait for Python: it has zoomed by then.
    """

    def state() -> Mapping[str, Any]:
        found: Mapping[str, Any] = st.session_state.get(key) or {}
        return found

    def selected() -> None:
        event = read_selection(state(), n, ids_digest)
        if event is not None and on_selection is not None:
            on_selection(event)

    def zoomed() -> None:
        node = read_zoom(state(), n, tree)
        if node is not None and on_zoom is not None:
            on_zoom(node)

    def focused() -> None:
        message = state().get("focus")
        if message and message["n"] == n and message["ids"] == ids_digest and on_focus is not None:
            on_focus(_leaf(message["focus"], n))

    header = {
        "key": key,
        "n": n,
        "ids": ids_digest,
        "universe": ids_digest if universe is None else universe,
        "rows": rows,
        "tree": tree,
        "nodes": nodes,
        "labels": labels,
        "colours": colours,
        "columns": columns,
        "thumbnails": thumbnails,
        "neighbours": neighbours,
        "errors": errors,
        "ranks": ranks,
        "sparks": sparks,
        "text": text,
        "selection": encode_mask(selection),
        "hidden": encode_mask(hidden),
        "focus": -1 if focus is None else int(focus),
        "root": int(root),
        "k": int(k),
        "mode": mode,
        "order": order,
        "thumb": int(thumb),
        "outline_errors": outline_errors,
        "focus_errors": focus_errors,
        "similar": similar,
        "title": title,
        "height": height,
        "ack": acknowledged(st.session_state.get(key)),
    }
    _treemap(key=key, data=header, on_selection_change=selected, on_zoom_change=zoomed, on_focus_change=focused)
