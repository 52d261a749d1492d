"""Plotly figures: results in, go.Figure out; used by pages, notebooks and reports alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from repgeom_core.figures.outcome import figure_of

__all__ = ["figure_of"]


def __getattr__(name: str) -> Any:
    """Lazy: a page that draws one chart need not import all builders."""
    if name == "figure_of":
        from repgeom_core.figures.outcome import figure_of

        return figure_of
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
