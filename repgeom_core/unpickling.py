"""What a pickle wanted to run when torch refused to read it."""

from __future__ import annotations

import re


def refused_call(error: BaseException) -> str | None:
    """The function that reading would have called, as torch names it; None where the error is of another kind."""
    found = re.search(r"(?:GLOBAL|reduce for unrecognized function) ([\w.]+)", str(error))
    return found[1] if found else None
