"""Hierarchical clusterings of samples as one flat tree type: linkages, cuts, the treemap's layout, statistics of nodes, files."""

from repgeom_core.hierarchy.bundle_trees import BundleTree, bundle_tree, cached_tree
from repgeom_core.hierarchy.linkages.methods import METHODS, linkage
from repgeom_core.hierarchy.tree import Tree

__all__ = ["METHODS", "BundleTree", "Tree", "bundle_tree", "cached_tree", "linkage"]
