"""A measure as a line through its points, of which one is picked: over checkpoints, over depth, against the loss."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from repgeom_core.figures.frame import SERIES, STEADY, legend


def in_legend(lines: int) -> set[int]:
    """Which of so many lines, in their order, are named in the legend: all of a few, of many the ends of their ramp of colours."""
    return set(range(lines)) if lines <= len(SERIES) else {0, lines - 1}


def line_legend(height: int, lines: int) -> dict[str, Any]:
    """The legend of so many lines; where only the ends of a ramp are named, it says so."""
    return legend(
        height, **({"title": {"text": "first, last ", "side": "left", "font": {"size": 11}}} if len(in_legend(lines)) < lines else {})
    )


def picked_line(
    x: Sequence[float],
    values: pd.Series,
    name: str,
    colour: str,
    points: Sequence[tuple[Any, Any]],
    told: Sequence[str],
    picked: tuple[str, str] | None,
    mine: bool,
    thin: bool = False,
    **options: Any,
) -> dict[str, Any]:
    """The trace of ``values (m,)`` at ``x (m,)``; ``points`` are (layer, checkpoint), what a click carries, ``told`` what hovering shows.

    ``mine``: the picked point is on this line, which is drawn stronger; the others turn pale where one is picked. ``thin`` suits lines
    that cross each other. ``options`` are the trace's own.
    """
    width, size, pale = ((1.0, 2.0), (5.0, 10.0), 0.6) if thin else ((1.6, 2.8), (4.5, 9.0), 0.72)
    return {
        "type": "scatter",
        "x": x,
        "y": values.to_numpy(dtype=float),
        "mode": "lines+markers",
        "name": name,
        "line": {"color": colour, "width": width[mine]},
        "marker": {"size": [size[mine and point == picked] for point in points], "color": colour},
        "opacity": 1.0 if mine or picked is None else pale,
        "customdata": [list(point) for point in points],
        "hovertext": told,
        "hoverinfo": "text",
        "cliponaxis": False,  # a point on the axis is drawn whole
        **STEADY,
        **options,
    }
