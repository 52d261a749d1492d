"""Sentences made of other sentences: a library's error within one of ours, and ours closed by one full stop."""

from __future__ import annotations

from collections.abc import Sequence

LONGEST = 200  # characters


def reason(error: BaseException, longest: int = LONGEST) -> str:
    """What the error says, on one line and without its full stop: a part of a sentence."""
    text = " ".join(str(error).split()).rstrip(" .") or type(error).__name__
    return text if len(text) <= longest else text[: longest - 1] + "…"


def closed(text: str) -> str:
    """The text as a whole sentence, whether or not it came with a full stop."""
    text = text.strip()
    return text if text.endswith(("?", "!", "…")) else text.rstrip(" .") + "."


def enumerated(parts: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b, and c``: with a comma before the last of several, as a part may hold an "and" of its own."""
    if len(parts) < 3:
        return " and ".join(parts)
    return f"{', '.join(parts[:-1])}, and {parts[-1]}"
