"""The still treemap shows every box of a layout once, in its place and colour, with text that fits."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.cluster.hierarchy import linkage

from repgeom_core.figures.frame import NEUTRAL
from repgeom_core.figures.palette import encode_column, hex_colours
from repgeom_core.figures.treemap import treemap
from repgeom_core.hierarchy.files.scipy_matrix import from_scipy
from repgeom_core.hierarchy.layout import Layout, layout
from repgeom_core.hierarchy.tree import Tree


@pytest.fixture(scope="module")
def tree() -> Tree:
    return from_scipy(linkage(np.random.default_rng(0).normal(size=(80, 3)), "ward"))


@pytest.fixture(scope="module")
def boxes(tree: Tree) -> Layout:
    return layout(tree, 7, 600, 400)


def test_every_box_is_drawn_in_its_place_in_the_colour_of_its_node(tree: Tree, boxes: Layout) -> None:
    values = np.linspace(0, 1, tree.nodes)
    values[boxes.boxes[2]] = np.nan
    colours = encode_column(pd.Series(values), limits=(0, 1))
    figure = treemap(tree, boxes, colours, said="share")
    drawn = {(s.x0, s.y0, s.x1, s.y1): s.fillcolor for s in figure.layout.shapes}
    for i in np.flatnonzero(boxes.is_box):
        place = (boxes.x[i], boxes.y[i], boxes.x[i] + boxes.w[i], boxes.y[i] + boxes.h[i])
        node = boxes.node[i]
        assert drawn[place] == (NEUTRAL if node == boxes.boxes[2] else hex_colours(colours.palette)[colours.codes[node]])
    assert len(figure.layout.shapes) == len(boxes.node) == 13
    assert figure.data[1].marker.cmax == 1 and figure.data[1].marker.colorbar.title.text == "share"


def test_what_a_click_selects_is_the_node_and_names_are_escaped(tree: Tree, boxes: Layout) -> None:
    figure = treemap(tree, boxes, names={int(boxes.boxes[0]): "<img src=x>"})
    clusters = figure.data[0]
    assert [node for (node,) in clusters.customdata] == boxes.boxes.tolist()
    assert "&lt;img" in clusters.hovertext[0] and "<img" not in str(figure.layout.annotations)


def test_a_box_without_room_has_no_text(tree: Tree) -> None:
    small = layout(tree, 40, 300, 200, thumb=15)
    places = {(x + w / 2): w for x, w in zip(small.x, small.w, strict=True)}
    said = treemap(tree, small, names=dict.fromkeys(small.boxes.tolist(), "a long name of a class")).layout.annotations
    assert said and all(len(note.text) * 7 < places[note.x] for note in said)
