"""The map of a Streamlit page: draws what the channels have carried to the browser, and tells what the hand selects."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import streamlit as st

from pages.parts.channel import DIST, decode_mask, encode_mask

if TYPE_CHECKING:
    from numpy.typing import NDArray

_map = st.components.v2.component("repgeom_map", js=(DIST / "map.js").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class MapEvent:
    """One change of the selection by hand.

    ``mask`` is (n,) bool, ``focus`` the row of the last clicked sample or None, ``tool`` one of lasso, box, click, clear.
    """

    mask: NDArray[np.bool_]
    focus: int | None
    tool: Literal["lasso", "box", "click", "clear"]
    sequence: int


def read_event(state: Mapping[str, Any] | None, n: int, ids_digest: str) -> MapEvent | None:
    """The last change by hand in a map's state, or None: there was none, or it was made on other samples than these n."""
    message = (state or {}).get("selection")
    if not message or message["n"] != n or message["ids"] != ids_digest:
        return None
    focus = int(message["focus"])
    return MapEvent(decode_mask(message["mask"], n), focus if 0 <= focus < n else None, message["tool"], int(message["seq"]))


def map_view(
    key: str,
    *,
    n: int,
    ids_digest: str,
    geometry: str,
    colours: str,
    columns: str | None = None,
    thumbnails: str | None = None,
    universe: str | None = None,
    rows: str | None = None,
    selection: NDArray[np.bool_] | None = None,
    hidden: NDArray[np.bool_] | None = None,
    focus: int | None = None,
    neighbours: Sequence[int] = (),
    map_neighbours: Sequence[int] = (),
    size: float | None = None,
    opacity: float | None = None,
    title: str = "",
    height: int = 620,
    on_selection: Callable[[MapEvent], None] | None = None,
) -> None:
    """Draws a map of n samples; all rows are those of the geometry that was sent.

    ``geometry``, ``colours``, ``columns``, ``rows`` and ``thumbnails`` are handles from ``channel.send`` and ``channel.send_thumbnails``.
    Row i is sample ``rows[i]`` (``pack_rows``; i where there is none) of the ``universe`` in which thumbnails are numbered and what the
    pointer is on in another view is told; it is the map's own samples where it is not named. ``selection`` and
    ``hidden`` (samples that filters leave out) are (n,) bool. ``neighbours`` of the ``focus`` are those in feature space,
    ``map_neighbours`` those on the map. ``size`` (diameter, CSS px) and ``opacity`` (0..1) override what density gives.
    ``on_selection`` is called, as any widget's callback, before the rerun that a change by hand causes; pass on what it stored as
    ``selection`` and ``focus``. What is passed wins over the browser's own state, unless a newer change by hand is on its way.
    """

    def on_change() -> None:
        event = read_event(st.session_state.get(key), n, ids_digest)
        if event is not None and on_selection is not None:
            on_selection(event)

    heard = (st.session_state.get(key) or {}).get("selection") or {}
    header = {
        "key": key,
        "geometry": geometry,
        "colours": colours,
        "columns": columns,
        "thumbnails": thumbnails,
        "universe": ids_digest if universe is None else universe,
        "rows": rows,
        "selection": encode_mask(selection),
        "hidden": encode_mask(hidden),
        "ack": int(heard.get("seq", 0)),
        "focus": -1 if focus is None else int(focus),
        "neighbours": [int(row) for row in neighbours],
        "map_neighbours": [int(row) for row in map_neighbours],
        "size": size,
        "opacity": opacity,
        "title": title,
        "height": height,
    }
    _map(key=key, data=header, on_selection_change=on_change)
