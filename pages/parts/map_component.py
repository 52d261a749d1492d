"""The map component: binary channels that carry data to the browser once, and the map that draws them.

``pack_*`` turns arrays into a :class:`Payload` (pure, worth caching), ``send`` mounts it and returns its handle, ``map_view`` draws what
the handles name. Mount channels outside the fragment that reruns with the selection: they then cost nothing when it changes.
The protocol is described in assets/components/README.md.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
import pandas as pd
import streamlit as st

from repgeom_core.errors import RepGeomError
from repgeom_core.figures.palette import Colours

if TYPE_CHECKING:
    from numpy.typing import NDArray

DIST = Path(__file__).parents[2] / "assets" / "components" / "dist"
MAGIC = b"RGM1"
MAX_TEXT = 160
"""Characters of a text value shown on hover; longer ones end in an ellipsis."""
MAX_COLUMN_BYTES = 32 * 2**20
"""A column that packs to more than this is left out of the hover and named in ``Payload.left_out``."""

_channel = st.components.v2.component("repgeom_channel", js=(DIST / "channel.js").read_text(encoding="utf-8"))
_map = st.components.v2.component("repgeom_map", js=(DIST / "map.js").read_text(encoding="utf-8"))


class MapError(RepGeomError):
    """What should be drawn as a map cannot be."""


@dataclass(frozen=True)
class Payload:
    """A packed message: ``digest`` is its handle, ``data`` goes over the wire."""

    digest: str
    data: bytes
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class MapEvent:
    """One change of the selection by hand.

    ``mask`` is (n,) bool, ``focus`` the row of the last clicked sample or None, ``tool`` one of lasso, box, click, clear.
    """

    mask: NDArray[np.bool_]
    focus: int | None
    tool: Literal["lasso", "box", "click", "clear"]
    sequence: int


class Sheets(Protocol):
    """Sprite sheets of thumbnails, such as ``bundle.thumbnails``."""

    size: tuple[int, int]
    cells: int
    columns: int

    def sheet_bytes(self, k: int) -> bytes: ...


def _pack(kind: str, header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]], left_out: tuple[str, ...] = ()) -> Payload:
    """Magic, header length, JSON header, then the arrays, each at a multiple of 8 bytes."""
    blocks = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    hasher = blake2b(json.dumps([kind, dict(header)], sort_keys=True).encode(), digest_size=12)
    for name, block in blocks.items():
        hasher.update(f"{name}{block.dtype}{block.shape}".encode())
        hasher.update(block.data.cast("B") if block.size else b"")
    full = {**header, "kind": kind, "digest": hasher.hexdigest(), "arrays": []}

    def layout(start: int) -> list[dict[str, Any]]:
        entries = []
        for name, block in blocks.items():
            entries.append({"name": name, "dtype": block.dtype.name, "offset": start, "length": block.size})
            start += -(-block.nbytes // 8) * 8
        return entries

    # Offsets are numbers in the header whose length they depend on: leave room for their growth.
    room = len(json.dumps({**full, "arrays": layout(10**12)}).encode()) + 8
    room += -room % 8
    encoded = json.dumps({**full, "arrays": layout(8 + room)}).encode().ljust(room)
    parts = [MAGIC, room.to_bytes(4, "little"), encoded]
    for block in blocks.values():
        parts += [block.tobytes(), bytes(-block.nbytes % 8)]
    return Payload(full["digest"], b"".join(parts), left_out)


def pack_geometry(xy: NDArray[np.floating[Any]], ids_digest: str) -> Payload:
    """Positions (n, 2) of the samples whose ids have this digest; maps of the same samples blend into one another.

    Positions are centred and scaled to [-1, 1] in float64, with one scale for both axes, and travel as float32. Raises MapError for another
    shape or for a position that is not finite.
    """
    xy = np.asarray(xy)
    if xy.ndim != 2 or xy.shape[1] != 2:
        raise MapError(f"Expected positions of shape (n, 2) for the map, got {xy.shape}.")
    bad = ~np.isfinite(xy).all(axis=1)
    if bad.any():
        count, first = int(bad.sum()), int(bad.argmax())
        raise MapError(f"Expected finite positions for the map, but {count:,} are not, the first in row {first:,}. Compute the map anew.")
    if len(xy) == 0:
        return _pack("geometry", {"n": 0, "ids": ids_digest, "extent": [1.0, 1.0]}, {"xy": np.zeros(0, np.float32)})
    low, high = xy.min(axis=0).astype(np.float64), xy.max(axis=0).astype(np.float64)
    half = (high - low) / 2
    scale = float(half.max()) or 1.0
    extent = [max(float(h) / scale, 0.05) for h in half]
    placed = ((xy - (low + high) / 2) / scale).astype(np.float32)
    return _pack("geometry", {"n": len(xy), "ids": ids_digest, "extent": extent}, {"xy": placed.ravel()})


def pack_colours(colours: Colours) -> Payload:
    """The colour code of every sample, its palette and its legend."""
    header = {
        "n": len(colours.codes),
        "colouring": colours.kind,
        "title": colours.title,
        "labels": list(colours.labels),
        "missing": colours.missing,
        "missing_code": colours.missing_code,
        "low": colours.low,
        "high": colours.high,
        "below": colours.below,
        "above": colours.above,
        "units": colours.units,
    }
    return _pack("colours", header, {"codes": colours.codes, "palette": colours.palette.ravel(), "counts": colours.counts})


def pack_columns(samples: pd.DataFrame) -> Payload:
    """The columns shown on hover, the first as heading: numbers as they are, everything else as a table of strings and codes.

    A column that would pack to more than ``MAX_COLUMN_BYTES`` is left out and named in ``left_out``.
    """
    described: list[dict[str, Any]] = []
    arrays: dict[str, NDArray[Any]] = {}
    left_out = []
    for position, name in enumerate(samples.columns):
        entry, blocks = _pack_column(samples[name], str(position))
        if sum(block.nbytes for block in blocks.values()) > MAX_COLUMN_BYTES:
            left_out.append(str(name))
            continue
        described.append({"name": str(name), **entry})
        arrays |= blocks
    return _pack("columns", {"n": len(samples), "columns": described}, arrays, tuple(left_out))


def _pack_column(column: pd.Series, prefix: str) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
        integer = pd.api.types.is_integer_dtype(column)
        # float32 holds integers up to 2^24 exactly
        if not integer or len(values) == 0 or np.nanmax(np.abs(values), initial=0) < 2**24:
            values = values.astype(np.float32)
        return {"kind": "number", "integer": integer, "values": f"{prefix}.values"}, {f"{prefix}.values": values}
    codes, distinct = pd.factorize(column)
    strings = [_shorten(str(value)).encode(errors="replace") for value in distinct]
    lengths = np.fromiter(map(len, strings), dtype=np.uint32, count=len(strings))
    kind = np.uint8 if len(strings) < 2**8 else np.uint16 if len(strings) < 2**16 else np.uint32
    # A missing value's code lies one past the table.
    return {"kind": "string", "codes": f"{prefix}.codes", "offsets": f"{prefix}.offsets", "table": f"{prefix}.table"}, {
        f"{prefix}.codes": np.where(codes < 0, len(strings), codes).astype(kind),
        f"{prefix}.offsets": np.concatenate([[0], np.cumsum(lengths)]).astype(np.uint32),
        f"{prefix}.table": np.frombuffer(b"".join(strings), dtype=np.uint8),
    }


def _shorten(value: str) -> str:
    return value if len(value) <= MAX_TEXT else value[: MAX_TEXT - 1] + "…"


def send(payload: Payload, key: str) -> str:
    """Mounts a channel with a payload and returns its handle. One key carries one payload at a time."""
    _channel(key=key, data=payload.data)
    return payload.digest


@st.fragment
def send_thumbnails(sheets: Sheets, handle: str, key: str) -> None:
    """Mounts the channel that sends sprite sheets when the map asks for them; a fragment, so that hovering reruns nothing else.

    ``handle`` names the set of sheets (for example the bundle's ids digest); give the same to ``map_view(thumbnails=...)``.
    """
    wanted = f"{key}/wanted"

    def on_sheet() -> None:
        st.session_state[wanted] = (handle, int(st.session_state[key]["sheet"]))

    of_set, sheet = st.session_state.get(wanted, (handle, -1))
    if of_set != handle:
        sheet = -1
    image = np.frombuffer(sheets.sheet_bytes(sheet), dtype=np.uint8) if sheet >= 0 else np.zeros(0, np.uint8)
    width, height = sheets.size
    header = {"set": handle, "sheet": sheet, "cells": sheets.cells, "columns": sheets.columns, "width": width, "height": height}
    _channel(key=key, data=_pack("sprites", header, {"image": image}).data, on_sheet_change=on_sheet)


def _encode_mask(mask: NDArray[np.bool_] | None) -> str:
    if mask is None or not mask.any():
        return ""
    return base64.b64encode(np.packbits(mask, bitorder="little").tobytes()).decode()


def read_event(state: Mapping[str, Any] | None, n: int, ids_digest: str) -> MapEvent | None:
    """The last change by hand in a map's state, or None: there was none, or it was made on other samples than these n."""
    message = (state or {}).get("selection")
    if not message or message["n"] != n or message["ids"] != ids_digest:
        return None
    bits = np.frombuffer(base64.b64decode(message["mask"]), dtype=np.uint8)
    mask = np.unpackbits(bits, count=n, bitorder="little").astype(bool) if len(bits) else np.zeros(n, dtype=bool)
    focus = int(message["focus"])
    return MapEvent(mask, focus if 0 <= focus < n else None, message["tool"], int(message["seq"]))


def map_view(
    key: str,
    *,
    n: int,
    ids_digest: str,
    geometry: str,
    colours: str,
    columns: str | None = None,
    thumbnails: str | None = None,
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

    ``geometry``, ``colours``, ``columns`` and ``thumbnails`` are handles from ``send`` and ``send_thumbnails``. ``selection`` and
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
        "selection": _encode_mask(selection),
        "hidden": _encode_mask(hidden),
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
