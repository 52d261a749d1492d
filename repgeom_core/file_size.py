"""Bytes as people read them."""

from __future__ import annotations


def file_size(count: float) -> str:
    """``164 B``, ``1.2 GB``: units of 1,000, three digits at most before the unit changes."""
    number = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if number < 999.5:
            return f"{number:.0f} {unit}" if unit == "B" or number >= 100 else f"{number:.1f} {unit}"
        number /= 1000
    return f"{number:,.1f} TB"
