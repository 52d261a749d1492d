"""Names from data as plotly text: plotly reads a little HTML in every label, so data is escaped."""

from __future__ import annotations

import html
import re

SUBSCRIPT = re.compile(r"_(\w)")
TAG = re.compile(r"</?[a-z]+[^<>]*>")


def plain(text: object, longest: int = 40, keep_end: bool = False) -> str:
    """``text`` on one line, shortened to ``longest`` characters (``keep_end``: in the middle), with no markup left in it."""
    line = " ".join(str(text).split())
    if len(line) > longest:
        end = longest // 2 if keep_end else 0
        line = line[: longest - 1 - end] + "…" + line[len(line) - end :]
    return html.escape(line, quote=False)


def typeset(formula: str) -> str:
    """A formula of the project's own words, with its subscripts (``μ_G``) as plotly sets them."""
    return SUBSCRIPT.sub(r"<sub>\1</sub>", formula)


def unmarked(label: str) -> str:
    """A label of a figure as people read it: without plotly's markup, and with what was escaped."""
    return html.unescape(TAG.sub("", label))
