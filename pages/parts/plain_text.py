"""Text from data (names, paths, messages) where Streamlit reads Markdown, and numbers as people read them."""

from __future__ import annotations

import re
from datetime import datetime


def plain(text: object, longest: int = 200) -> str:
    """``text`` on one line with every mark of Markdown escaped, shortened in the middle to ``longest`` characters."""
    line = " ".join(str(text).split())
    if len(line) > longest:
        line = f"{line[: longest // 2]} … {line[-longest // 2 :]}"
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", line)


def duration(seconds: float) -> str:
    """Seconds as ``42 s``, ``3 min 5 s`` or ``2 h 10 min``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def when(timestamp: float) -> str:
    """A time as ``today 14:03`` or ``3 Nov 2026``, in the server's time zone."""
    moment, now = datetime.fromtimestamp(timestamp), datetime.now()
    if moment.date() == now.date():
        return f"today {moment:%H:%M}"
    return f"{moment.day} {moment:%b %Y}"


def counted(number: int, noun: str) -> str:
    """``1 layer``, ``3 layers``, ``2 classes``."""
    plural = noun + ("es" if noun.endswith("s") else "s")
    return f"{number:,} {noun if number == 1 else plural}"
