"""A chart: clicks that reach Python, and on the analysis pages a picture to save, the numbers as CSV, the code that makes it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from repgeom_core.figures.drawn import drawn

QUIET_BUTTONS = ["zoom", "pan", "select", "lasso2d", "zoomIn", "zoomOut", "autoScale", "resetScale", "resetCameraLastSave", "tableRotation"]


def show(
    figure: go.Figure, key: str, code: str, on_click: Callable[[list[Any]], None] | None = None, note: str = "", hint: str = ""
) -> None:
    """Draws ``figure``; ``on_click`` gets the ``customdata`` of the clicked mark.

    ``code`` is the Python that remakes it, ``note`` what it means in a sentence (Markdown), ``hint`` what a click does.
    """
    with st.container(key=f"chart_{key}", gap="xsmall"):
        plot(figure, key, on_click, _config(key))
        with st.container(horizontal=True, gap="xsmall", vertical_alignment="top", key=f"tools_{key}"):
            st.caption(" ".join(part for part in (note, f":gray[{hint}]" if hint else "") if part), width="stretch")
            tools(key, code, partial(_csv, figure))


def plot(figure: go.Figure, key: str, on_click: Callable[[list[Any]], None] | None, config: dict[str, Any]) -> None:
    """The bare figure; ``on_click`` gets the ``customdata`` of the clicked mark as a list."""
    # A click that was handled gives the chart a new key: plotly would take a second click on the same mark for its removal.
    clicks = f"{key}_clicks"
    name = f"{key}_{st.session_state.get(clicks, 0)}"
    options: dict[str, Any] = {}
    if on_click is not None:
        options = {"on_select": partial(_clicked, name, clicks, on_click), "selection_mode": "points"}
    st.plotly_chart(figure, key=name, config=config, **options)


def tools(key: str, code: str, csv: Callable[[], bytes]) -> None:
    """Two small buttons: the numbers and the code."""
    with st.popover(":material/code:", help="Copy as code", type="tertiary", key=f"{key}_code"):
        st.code(code, language="python")
    st.download_button(
        ":material/table_view:", csv, file_name=f"{key}.csv", mime="text/csv", key=f"{key}_csv",
        help="What is drawn, as CSV", type="tertiary", on_click="ignore",
    )  # fmt: skip


def _clicked(name: str, clicks: str, on_click: Callable[[list[Any]], None]) -> None:
    points = st.session_state[name]["selection"]["points"]
    if points and points[0].get("customdata") is not None:
        st.session_state[clicks] = st.session_state.get(clicks, 0) + 1
        value = points[0]["customdata"]
        on_click(list(value) if isinstance(value, list | tuple) else [value])


def _csv(figure: go.Figure) -> bytes:
    return drawn(figure).to_csv(index=False).encode()


def _config(key: str) -> dict[str, Any]:
    form = str(st.session_state.get("picture_format") or "PNG").lower()
    return {
        "displaylogo": False,
        "scrollZoom": False,
        "modeBarButtonsToRemove": QUIET_BUTTONS,
        "toImageButtonOptions": {"format": form, "filename": key, "scale": 1 if form == "svg" else 2},
    }
