"""Maps of a layer in two dimensions, and how far they can be trusted."""

from repgeom_core.projections.projection import Projection, cached_projection, project

__all__ = ["Projection", "cached_projection", "project"]
