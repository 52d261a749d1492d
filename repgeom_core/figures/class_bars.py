"""Values per class as horizontal bars, several measures side by side; a click on a bar selects the class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from repgeom_core.figures.frame import PALE, SERIES, class_names, number, quiet, steady

MOST_CLASSES = 40


def class_bars(
    measures: Mapping[str, np.ndarray], codes: np.ndarray, classes: Sequence[str], title: str, selected: Sequence[int] = ()
) -> go.Figure:
    """``measures``: name -> values (K,) of the classes ``codes (K,)``. A bar's ``customdata`` is its class code.

    Classes in ``selected`` keep their colour, the others turn pale. With more than 40 classes the 20 lowest and the 20 highest of the
    first measure are drawn, and the title says so.
    """
    shown = np.arange(len(codes))
    first = next(iter(measures.values()), np.zeros(len(codes)))
    if len(codes) > MOST_CLASSES:
        order = np.argsort(first, kind="stable")
        half = MOST_CLASSES // 2
        shown = np.concatenate([order[:half], order[-half:]])
        title += f" (the {half} lowest and {half} highest of {len(codes):,} classes)"
    names = class_names(classes, codes[shown])
    places = np.arange(len(shown))
    figure = make_subplots(cols=max(1, len(measures)), shared_yaxes=True, horizontal_spacing=0.04, column_titles=list(measures))
    for column, ((name, values), colour) in enumerate(zip(measures.items(), SERIES, strict=False), start=1):
        kept = [not selected or int(codes[k]) in selected for k in shown]
        figure.add_bar(
            row=1,
            col=column,
            x=values[shown],
            y=places,
            orientation="h",
            name=name,
            marker={"color": [colour if keep else PALE for keep in kept], "cornerradius": 2},
            customdata=[[int(codes[k])] for k in shown],
            hovertext=[f"{label}<br>{name} {number(v)}" for label, v in zip(names, values[shown], strict=True)],
            hoverinfo="text",
        )
    quiet(figure, title, height=max(230, 96 + 19 * len(shown)), showlegend=False, bargap=0.28)
    figure.update_layout(margin_t=66)
    figure.update_annotations(font_size=12)
    figure.update_yaxes(tickvals=places, ticktext=names, showgrid=False, range=[len(shown) - 0.4, -0.6])
    figure.update_xaxes(nticks=5)
    return steady(figure)
