"""The dendrogram shows the visible clusters in their order, the merges above them, and a cut that says how many they are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.cluster.hierarchy import linkage

from repgeom_core.figures.dendrogram import dendrogram
from repgeom_core.figures.frame import BLUE
from repgeom_core.figures.palette import encode_column, hex_colours
from repgeom_core.hierarchy.tree import Tree


@pytest.fixture
def tree() -> Tree:
    Z = linkage(np.random.default_rng(0).normal(size=(40, 3)), "ward")
    return Tree(Z[:, 0], Z[:, 1], Z[:, 2])


def highest(tree: Tree, k: int) -> np.ndarray:
    """The k clusters under the root that remain when the highest merges are split, in dendrogram order."""
    nodes = {tree.root}
    while len(nodes) < k:
        node = max(nodes)
        nodes = (nodes - {node}) | set(tree.children(node))
    return np.array(sorted(nodes, key=lambda node: tree.start[node]))


def test_clusters_stand_in_dendrogram_order_at_their_own_height(tree: Tree) -> None:
    nodes = highest(tree, 6)
    _, merges, clusters = dendrogram(tree, nodes, tree.root).data
    assert [node for (node,) in clusters.customdata] == nodes.tolist()
    assert list(clusters.x) == [0, 1, 2, 3, 4, 5] and list(clusters.y) == tree.own_height[nodes].tolist()
    assert len(merges.x) == 5 and tree.root in [node for (node,) in merges.customdata]


def test_the_line_of_a_cut_lies_between_clusters_and_merges(tree: Tree) -> None:
    nodes = highest(tree, 6)
    figure = dendrogram(tree, nodes, tree.root, cut=float(tree.height[-5:].min() + tree.height[-6]) / 2)
    (line,) = figure.layout.shapes
    _, merges, clusters = figure.data
    assert max(clusters.y) < line.y0 < min(merges.y)
    assert figure.layout.title.text.endswith(f"cut at {line.y0:.4g}")


def test_colours_are_those_of_the_boxes_and_selected_shares_are_rings(tree: Tree) -> None:
    nodes = highest(tree, 4)
    values = np.arange(tree.nodes, dtype=float)
    values[nodes[0]] = np.nan
    colours = encode_column(pd.Series(values), limits=(0, 78))
    clusters = dendrogram(tree, nodes, tree.root, colours, shares=np.array([0, 0.5, 1, 0])).data[2]
    assert list(clusters.marker.color[1:]) == [hex_colours(colours.palette)[colours.codes[node]] for node in nodes[1:]]
    assert clusters.marker.color[0] not in (BLUE, clusters.marker.color[1])
    assert list(clusters.marker.line.width) == [0, 2, 3, 0]


def test_one_cluster_and_one_sample_are_drawn_too(tree: Tree) -> None:
    assert list(dendrogram(tree, np.array([tree.root]), tree.root).data[2].x) == [0]
    lone = Tree(np.zeros(0), np.zeros(0), np.zeros(0))
    assert list(dendrogram(lone, np.array([0]), 0).data[2].y) == [0]
