"""Analyses of features: one file, one analysis. ``measure`` runs any of them on arrays, ``analyze`` on a bundle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from repgeom_core.analyses.evaluate import measure
    from repgeom_core.analyses.registry import analyses, find
    from repgeom_core.analyses.result import Result
    from repgeom_core.analyses.run import analyze

__all__ = ["Result", "analyses", "analyze", "find", "measure"]
_HOMES = {"measure": "evaluate", "analyses": "registry", "find": "registry", "Result": "result", "analyze": "run"}


def __getattr__(name: str) -> Any:
    """Lazy: importing one analysis must not import them all."""
    if name in _HOMES:
        import importlib

        return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
