"""A wall of samples: thumbnails (or their text), captions, and a click that makes a sample the focus."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import streamlit as st

from pages.parts.look import ASSETS
from pages.parts.plain_text import counted
from repgeom_core.bundle import Bundle

COLUMNS = 12
LINES, LONGEST_LINE = 12, 120  # of what is shown when the pointer rests on a sample
SMALL = 20  # thumbnails up to this many pixels are shown with hard edges

_component = st.components.v2.component(
    "repgeom_gallery",
    js=(ASSETS / "gallery" / "gallery.js").read_text(encoding="utf-8"),
    css=(ASSETS / "gallery" / "gallery.css").read_text(encoding="utf-8"),
)


def show(
    key: str,
    bundle: Bundle,
    samples: pd.DataFrame,
    rows: Sequence[int] | np.ndarray,
    on_click: Callable[[int], None],
    captions: Sequence[str] | None = None,
    focus: int | None = None,
    shared: frozenset[int] = frozenset(),
    size: int = 72,
    curves: np.ndarray | None = None,
) -> None:
    """Draws ``rows`` in order; ``on_click`` is a callback that gets the row number. Wrong predictions have an orange frame.

    ``curves (m, p)``: of each row, from 0 to 1 (``views.payloads.curves``), drawn where samples have neither image nor text.
    """
    rows = [int(r) for r in rows]
    table = samples.iloc[rows]
    records = _plain(table)
    names = captions or [_name(record) for record in records]
    items = [
        {
            "row": row,
            "caption": caption,
            "title": _title(record),
            "text": str(record.get("text") or record["id"]),
            "curve": None if curves is None else [None if np.isnan(value) else round(float(value), 3) for value in curves[place]],
            "wrong": record.get("correct") is not None and not record["correct"],
            "focus": row == focus,
            "shared": row in shared,
        }
        for place, (row, caption, record) in enumerate(zip(rows, names, records, strict=True))
    ]
    data = {"items": items, "size": size, "columns": COLUMNS, "rows": max(1, -(-len(rows) // COLUMNS)), "sprite": None, "pixels": False}
    if bundle.thumbnails is not None and rows:
        columns = data["columns"] = min(COLUMNS, len(rows))
        data["rows"] = -(-len(rows) // columns)
        sheet = bundle.thumbnails.contact_sheet(rows, columns)
        data["sprite"] = "data:image/webp;base64," + base64.b64encode(sheet).decode()
        data["pixels"] = max(bundle.thumbnails.size) <= SMALL

    def clicked() -> None:
        value = st.session_state[key].get("clicked")
        if value is not None:
            on_click(int(value))

    _component(key=key, data=data, on_clicked_change=clicked)


def _plain(table: pd.DataFrame) -> list[dict]:
    return [{k: (None if pd.isna(v) else v) for k, v in record.items()} for record in table.to_dict("records")]


def _name(record: dict) -> str:
    """The label, with the prediction behind an arrow where it is wrong; the id of a sample without label."""
    if record.get("label") is None:
        return str(record["id"])
    wrong = record.get("correct") is not None and not record["correct"]
    return f"{record['label']} → {record['prediction']}" if wrong else str(record["label"])


def _title(record: dict) -> str:
    parts = [f"{k}: {v:.4g}" if isinstance(v, float) else f"{k}: {v}" for k, v in record.items() if v is not None]
    lines = [part if len(part) <= LONGEST_LINE else f"{part[: LONGEST_LINE - 1]}…" for part in parts[:LINES]]
    more = len(parts) - LINES
    return "\n".join([*lines, f"… and {counted(more, 'more column')}"] if more > 0 else lines)
