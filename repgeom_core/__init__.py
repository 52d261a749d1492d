"""RepGeom: see what a network has learned. Everything that computes; no streamlit in here."""

from typing import Any

__version__ = "0.1.0"
__all__ = ["measure"]


def __getattr__(name: str) -> Any:
    """``from repgeom_core import measure``, without loading any analysis until it is asked for."""
    if name == "measure":
        from repgeom_core.analyses.evaluate import measure

        return measure
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
