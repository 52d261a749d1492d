"""Maps of features to two dimensions, and how far they can be trusted."""

from repgeom_core.projections.project import Projection, cached_projection, project

__all__ = ["Projection", "cached_projection", "project"]
