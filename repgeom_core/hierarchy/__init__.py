"""Hierarchical clusterings of samples as one flat tree type: linkages, cuts, the treemap's layout, statistics of nodes, files."""

from repgeom_core.hierarchy.tree import Tree

__all__ = ["Tree"]
