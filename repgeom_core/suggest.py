"""The nearest known name, for error messages."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like ``name``, None where nothing is close."""
    return next(iter(difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)), None)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """``Did you mean 'x'?``, or what is known when nothing is close."""
    known = list(known)
    if (close := nearest(name, known)) is not None:
        return f"Did you mean {close!r}?"
    return f"Known: {shortened(known, 16) or 'none'}."


def shortened(names: Sequence[str], shown: int = 5) -> str:
    """The first ``shown`` names and how many more there are."""
    more = len(names) - shown
    return ", ".join(names[:shown]) + (f" and {more:,} more" if more > 0 else "")
