"""A library's error, as a part of one sentence."""

from __future__ import annotations

LONGEST = 200  # characters


def reason(error: BaseException) -> str:
    """What the error says, on one line and without its full stop."""
    text = " ".join(str(error).split()).rstrip(".") or type(error).__name__
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
