"""Channels: components that carry binary data to the browser once and show nothing; maps and treemaps find what they carry by its digest.

Mount channels outside the fragment that reruns with the selection: they then cost nothing when it changes.
"""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import streamlit as st

from repgeom_core.views.payloads import Payload, pack_sprites

if TYPE_CHECKING:
    from numpy.typing import NDArray

DIST = Path(__file__).parents[2] / "assets" / "components" / "dist"
SHEETS_AT_ONCE = 8
"""Sheets in one message: more arrive in several, so that pictures appear meanwhile."""

_channel = st.components.v2.component("repgeom_channel", js=(DIST / "channel.js").read_text(encoding="utf-8"))


class Sheets(Protocol):
    """Sprite sheets of thumbnails, such as ``bundle.thumbnails``."""

    size: tuple[int, int]
    cells: int
    columns: int

    def sheet_bytes(self, k: int) -> bytes: ...


def send(payload: Payload, key: str) -> str:
    """Mounts a channel with a payload and returns its handle. One key carries one payload at a time."""
    _channel(key=key, data=payload.data)
    return payload.digest


@st.fragment
def send_thumbnails(sheets: Sheets, handle: str, key: str, ahead: NDArray[np.integer[Any]] | None = None) -> None:
    """Mounts the channel that sends sprite sheets when a view asks for them; a fragment, so that hovering reruns nothing else.

    ``handle`` names the set of sheets (for example the bundle's ids digest); give the same to ``map_view(thumbnails=...)``.
    ``ahead`` are samples that will be seen at once: the first sheets that hold them are sent before anybody asks.
    """
    wanted = f"{key}/wanted"

    def on_sheets() -> None:
        numbers = st.session_state[key]["sheets"]
        st.session_state[wanted] = (handle, [int(number) for number in numbers][:SHEETS_AT_ONCE])

    of_set, numbers = st.session_state.get(wanted, ("", []))
    if of_set != handle:
        numbers = [] if ahead is None else np.unique(ahead // sheets.cells)[:SHEETS_AT_ONCE].tolist()
    found = {number: sheets.sheet_bytes(number) for number in numbers}
    _channel(key=key, data=pack_sprites(handle, found, sheets.cells, sheets.columns, sheets.size).data, on_sheets_change=on_sheets)


def encode_mask(mask: NDArray[np.bool_] | None) -> str:
    """Base64 of the bits of a mask; empty where nothing is set."""
    if mask is None or not mask.any():
        return ""
    return base64.b64encode(np.packbits(mask, bitorder="little").tobytes()).decode()


def decode_mask(encoded: str, n: int) -> NDArray[np.bool_]:
    bits = np.frombuffer(base64.b64decode(encoded), dtype=np.uint8)
    return np.unpackbits(bits, count=n, bitorder="little").astype(bool) if len(bits) else np.zeros(n, dtype=bool)
