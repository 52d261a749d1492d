"""A value with its interval and its null on one short axis, as HTML (pages clean out SVG): the small marks beside a number."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from repgeom_core.analyses.result import Result
from repgeom_core.figures.frame import BLUE, wide

EDGE = 3.0  # per cent of the width left free at either end


def strip(results: list[Result], bounds: tuple[float | None, float | None] = (None, None), colours: tuple[str, ...] = (BLUE,)) -> list[str]:
    """HTML for each result, all on one axis: a dot for the value, a bar for the interval, a grey band for the null (± 2 sd).

    The axis is logarithmic where everything is positive and spans more than a factor of 30. An undefined value gives an empty string.
    """
    ends = [v for r in results for v in _numbers(r) if np.isfinite(v)]
    if not ends:
        return ["" for _ in results]
    log = wide(np.array(ends))
    low, high = min(ends), max(ends)
    if not log:
        low = low if bounds[0] is None or low > bounds[0] + 0.35 * (high - low) else bounds[0]
        high = high if bounds[1] is None or high < bounds[1] - 0.35 * (high - low) else bounds[1]
    span = (np.log(high) - np.log(low)) if log else high - low

    def place(v: float) -> float:
        if span <= 0:
            return 50.0
        share = (np.log(max(v, low)) - np.log(low)) / span if log else (v - low) / span
        return EDGE + float(np.clip(share, 0, 1)) * (100 - 2 * EDGE)

    return [_html(r, place, colours[i % len(colours)]) if np.isfinite(r.value) else "" for i, r in enumerate(results)]


def _numbers(result: Result) -> list[float]:
    found = [result.value, *(result.interval or ())]
    if result.null is not None:
        reach = 2 * result.null.sd
        found += [result.null.mean, result.null.mean + reach]
        # On a log axis the band may not reach below zero.
        found.append(result.null.mean - reach if result.null.mean > reach else result.null.mean / 2)
    return found


def _html(result: Result, place: Callable[[float], float], colour: str) -> str:
    parts = ['<span class="rg-axis"></span>']
    if result.null is not None:
        reach = 2 * result.null.sd
        below = result.null.mean - reach if result.null.mean > reach else result.null.mean / 2
        parts.append(_span("rg-null", place(below), place(result.null.mean + reach)))
    if result.interval is not None:
        low, high = result.interval
        parts.append(_span("rg-interval", place(low), place(high), f"background:{colour}"))
    parts.append(f'<span class="rg-dot" style="left:{place(result.value):.2f}%;background:{colour}"></span>')
    return f'<span class="rg-marks">{"".join(parts)}</span>'


def _span(kind: str, left: float, right: float, style: str = "") -> str:
    return f'<span class="{kind}" style="left:{left:.2f}%;width:{max(right - left, 1):.2f}%;{style}"></span>'
