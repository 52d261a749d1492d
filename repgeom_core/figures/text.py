"""Names from data as plotly text: plotly reads a little HTML in every label, so data is escaped."""

from __future__ import annotations

import html


def plain(text: object, longest: int = 40) -> str:
    """``text`` on one line, shortened to ``longest`` characters, with no markup left in it."""
    line = " ".join(str(text).split())
    return html.escape(line if len(line) <= longest else line[: longest - 1] + "…", quote=False)
