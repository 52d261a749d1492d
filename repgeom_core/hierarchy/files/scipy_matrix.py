"""Linkage matrices as scipy has them: a row (left, right, height, count) for each merge."""

from __future__ import annotations

from typing import Any

import numpy as np

from repgeom_core.errors import GeometryError
from repgeom_core.hierarchy.tree import Tree, renumbered


def from_scipy(Z: Any, method: str = "ward") -> Tree:
    """The tree of a linkage matrix ``Z (n - 1, 4)``; left and right stay as they are. ``method`` says how it was made.

    Merges below a child of theirs (centroid and median linkage make such) are raised to it, and all sorted anew, so that a cut by height
    and one by number agree; ``meta["raised"]`` says how many were.

    Raises:
        GeometryError: another shape, node numbers that are no tree, negative or non-finite heights, or counts that do not add up.
    """
    Z = np.asarray(Z)
    if Z.ndim != 2 or Z.shape[1] != 4 or Z.dtype.kind not in "iuf":
        raise GeometryError(f"Expected a linkage matrix of numbers with 4 columns (left, right, height, count), got shape {Z.shape}.")
    Z = Z.astype(np.float64)
    children = Z[:, :2]
    bad = np.flatnonzero(
        ~np.isfinite(Z).all(axis=1) | (Z[:, 2] < 0) | (children != np.floor(children)).any(axis=1) | (children < 0).any(axis=1)
    )
    if len(bad):
        raise GeometryError(f"Row {bad[0]} of the linkage matrix holds {Z[bad[0]].tolist()}: node numbers are whole, heights at least 0.")
    if len(late := np.flatnonzero((children >= np.arange(len(Z) + 1, 2 * len(Z) + 1)[:, None]).any(axis=1))):
        raise GeometryError(f"Row {late[0]} of the linkage matrix names a node that is not merged before: {children[late[0]].tolist()}.")
    tree = Tree(children[:, 0], children[:, 1], Z[:, 2], method=method)
    if len(wrong := np.flatnonzero(tree.count[tree.n :] != Z[:, 3])):
        row = wrong[0]
        raise GeometryError(f"Row {row} of the linkage matrix counts {Z[row, 3]:g} samples; its children hold {tree.count[tree.n + row]}.")
    inverted = np.maximum(tree.own_height[tree.left], tree.own_height[tree.right]) > tree.height
    return renumbered(tree.left, tree.right, tree.height, method=method) if inverted.any() else tree


def to_scipy(tree: Tree) -> np.ndarray:
    """The linkage matrix ``(n - 1, 4)`` float64 of a tree; scipy's ``leaves_list`` of it is ``tree.order``."""
    return np.column_stack([tree.left, tree.right, tree.height, tree.count[tree.n :]]).astype(np.float64)
