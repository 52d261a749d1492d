"""How many samples of each class are selected, beside how many there are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from repgeom_core.figures.frame import legend
from repgeom_core.figures.text import plain

SELECTED, ALL = "#2A6FB5", "rgba(128,138,150,0.35)"
MOST_BARS = 24


def class_counts(codes: np.ndarray, classes: Sequence[str], selected: np.ndarray, title: str = "Classes") -> go.Figure:
    """Horizontal bars: all samples in grey, the selected ones over them.

    ``codes (n,)`` into ``classes`` (−1: no class, left out), ``selected (n,)`` booleans. With more than 24 classes the 24 with the
    most selected samples are drawn, and the title says so. A bar's ``customdata`` is its class code.
    """
    known = codes >= 0
    everything = np.bincount(codes[known], minlength=len(classes))
    chosen = np.bincount(codes[known & selected], minlength=len(classes))
    shown = np.arange(len(classes))
    if len(classes) > MOST_BARS:
        shown = np.sort(np.lexsort((shown, -everything, -chosen))[:MOST_BARS])
        title = f"{title}: the {MOST_BARS} of {len(classes):,} with most {'selected' if chosen.any() else 'samples'}"
    names = [plain(classes[int(i)]) for i in shown]
    places = np.arange(len(shown))
    share = np.divide(chosen, everything, out=np.zeros(len(classes)), where=everything > 0)
    height = max(186, 86 + (19 if len(shown) <= 12 else 14) * len(shown))
    figure = go.Figure()
    figure.add_bar(
        x=everything[shown],
        y=places,
        orientation="h",
        marker_color=ALL,
        name="all",
        customdata=shown,
        text=names,
        textposition="none",
        hovertemplate="%{text}<br>%{x:,} in all<extra></extra>",
    )
    figure.add_bar(
        x=chosen[shown],
        y=places,
        orientation="h",
        marker_color=SELECTED,
        name="selected",
        customdata=shown,
        text=[f"{n}: {s:.0%} of the class" for n, s in zip(names, share[shown], strict=True)],
        textposition="none",
        hovertemplate="%{text}<br>%{x:,} selected<extra></extra>",
    )
    figure.update_layout(
        title={"text": plain(title, 60), "font_size": 14, "x": 0, "xanchor": "left", "y": 1 - 6 / height, "yanchor": "top"},
        barmode="overlay",
        bargap=0.25,
        height=height,
        margin={"l": 8, "r": 8, "t": 34, "b": 24},
        legend=legend(height),
        clickmode="event+select",
        dragmode=False,
    )
    figure.update_yaxes(tickvals=places, ticktext=names, autorange="reversed", automargin=True, showgrid=False, tickfont_size=11)
    figure.update_xaxes(title={"text": "samples", "font_size": 11}, rangemode="tozero")
    # A click selects through the shared selection, which redraws the bars: plotly's own dimming would only confuse.
    figure.update_traces(unselected={"marker": {"opacity": 1}}, selected={"marker": {"opacity": 1}})
    return figure
