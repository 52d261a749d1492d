"""The selection that all views share: what is selected, who selected it, how it got there, and what it was called."""

from repgeom_core.selection.export import export
from repgeom_core.selection.history import SelectionHistory
from repgeom_core.selection.mask import Selection

__all__ = ["Selection", "SelectionHistory", "export"]
