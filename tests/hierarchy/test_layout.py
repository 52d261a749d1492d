"""The treemap's rectangles: what must hold on any tree, and that the canvas's JavaScript gives the same ones."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import linkage

from repgeom_core.errors import GeometryError
from repgeom_core.hierarchy.cut import MODES, cut
from repgeom_core.hierarchy.layout import Layout, layout
from repgeom_core.hierarchy.slots import filling, grid
from repgeom_core.hierarchy.tree import Tree

COMPONENTS = Path(__file__).parents[2] / "assets" / "components"
DENDROMAP = Path(__file__).parents[3] / "shared" / "data" / "dendromap" / "cifar10_resnet50_classes.json"
EPS = 1e-6


def random_tree(n: int, seed: int, shape: str) -> Tree:
    """``any``: any two living nodes merge; ``left`` and ``right``: a chain; ``tied``: a caterpillar whose merges are equally high;
    ``ward``: of Gaussian points."""
    rng = np.random.default_rng(seed)
    if shape == "ward" and n > 1:
        Z = linkage(rng.normal(size=(n, 3)), "ward")
        return Tree(Z[:, 0], Z[:, 1], Z[:, 2])
    chain, leaves = np.r_[0, np.arange(n, 2 * n - 2)][: n - 1], np.arange(1, n)
    height = np.sort(rng.random(n - 1))
    if shape == "left":
        return Tree(chain, leaves, height)
    if shape == "right":
        return Tree(leaves, chain, height)
    if shape == "tied":
        swap = rng.random(n - 1) < 0.5
        return Tree(np.where(swap, chain, leaves), np.where(swap, leaves, chain), np.ones(n - 1))
    living, left, right = list(range(n)), [], []
    for i in range(n - 1):
        for side in (left, right):
            side.append(living.pop(int(rng.integers(len(living)))))
        living.append(n + i)
    return Tree(np.array(left, int), np.array(right, int), height)


trees = st.builds(
    random_tree,
    st.one_of(st.integers(1, 4), st.integers(5, 400)),
    st.integers(0, 2**32 - 1),
    st.sampled_from(["any", "left", "right", "tied", "ward"]),
)


def wrong(tree: Tree, found: Layout, width: float, height: float, root: int, thumb: float) -> str | None:
    """What is wrong with a layout, in words; None where nothing is."""
    x, y, w, h, parent = found.x, found.y, found.w, found.h, found.parent
    if np.concatenate([tree.members(int(node)) for node in found.boxes]).tolist() != tree.members(root).tolist():
        return "boxes do not hold the root's samples in dendrogram order"
    if (found.node[0], x[0], y[0], w[0], h[0], parent[0]) != (root, 0, 0, width, height, -1):
        return "the first rectangle is not the root's, over the whole canvas"
    inner, outer = np.arange(1, len(x)), parent[1:]
    if (
        (parent[1:] >= inner).any()
        or found.is_box[outer].any()
        or not all(int(found.node[out]) in tree.ancestors(int(found.node[one])) for one, out in zip(inner, outer, strict=True))
    ):
        return "parents are not the frames around"
    if not (
        (x[inner] >= x[outer] - EPS).all()
        and (y[inner] >= y[outer] + found.strip[outer] - EPS).all()
        and (x[inner] + w[inner] <= x[outer] + w[outer] + EPS).all()
        and (y[inner] + h[inner] <= y[outer] + h[outer] + EPS).all()
    ):
        return "a child outside its frame"
    b = found.is_box
    left, top, right, bottom = x[b], y[b], (x + w)[b], (y + h)[b]
    over_x = np.minimum(right[:, None], right) - np.maximum(left[:, None], left)
    over_y = np.minimum(bottom[:, None], bottom) - np.maximum(top[:, None], top)
    overlap = (over_x > EPS) & (over_y > EPS)
    if overlap.sum() != len(left):
        return "boxes overlap, or have no area"
    if len(left) > 1 and min(w[b].min(), h[b].min()) < thumb - EPS:
        return "a box without room for a thumbnail"
    before = np.triu(np.ones((len(left), len(left)), bool), 1)
    if not ((right[:, None] <= left + EPS) | (bottom[:, None] <= top + EPS))[before].all():
        return "a box neither left of nor above one that comes later"
    siblings = [np.flatnonzero(parent == frame) for frame in np.flatnonzero(~b)]
    if any((np.diff(tree.start[found.node[some]]) <= 0).any() for some in siblings):
        return "parts of a frame not in dendrogram order"
    return None


@settings(max_examples=300)
@given(trees, st.integers(1, 100), st.floats(70, 2000), st.floats(70, 2000), st.sampled_from(MODES), st.floats(15, 64), st.data())
def test_every_layout_nests_without_overlap_and_loses_nothing(
    tree: Tree, k: int, width: float, height: float, mode: str, thumb: float, data: st.DataObject
) -> None:
    root = data.draw(st.sampled_from([tree.root, data.draw(st.integers(0, tree.root))]))
    found = layout(tree, k, width, height, root, mode, thumb)
    assert wrong(tree, found, width, height, root, thumb) is None
    assert found.shown == len(found.boxes) <= k
    assert (found.reason is None) == (found.shown == k)


def test_frames_have_a_label_strip_a_lower_one_where_they_are_low_and_none_where_it_would_take_too_much() -> None:
    found = layout(random_tree(3000, 1, "ward"), 20, 580, 530, thumb=28, padding=3, strip=18)
    inner = ~found.is_box
    strips, h = found.strip[inner], found.h[inner]
    assert {round(float(strip)) for strip in strips} == {18, 11, 0}
    assert (h[strips == 18] >= 24 * 18).all() and (h[strips > 0] >= 16 * 11 - 1e-9).all()
    assert (strips > 0).mean() > 0.5


@settings(max_examples=100)
@given(trees, st.integers(1, 100), st.data())
def test_zooming_in_and_out_again_restores_every_rectangle(tree: Tree, k: int, data: st.DataObject) -> None:
    before = layout(tree, k, 900, 600)
    layout(tree, k, 900, 600, root=data.draw(st.sampled_from(before.boxes.tolist())))
    after = layout(tree, k, 900, 600)
    for name in ("node", "parent", "depth", "x", "y", "w", "h", "strip", "is_box"):
        assert (getattr(before, name) == getattr(after, name)).all()


@settings(max_examples=60)
@given(st.integers(2, 400), st.integers(0, 2**32 - 1), st.sampled_from(MODES))
def test_all_that_are_asked_are_shown_where_there_is_room(n: int, seed: int, mode: str) -> None:
    tree = random_tree(n, seed, "ward")
    for k in (8, 20, 50, 100):
        found = layout(tree, k, 1600, 1200, mode=mode, thumb=15)
        assert found.shown == min(k, n)
        assert found.boxes.tolist() == cut(tree, k, mode=mode).tolist()


def test_areas_are_proportional_to_counts() -> None:
    tree = random_tree(2000, 3, "ward")
    for k in (2, 8, 20, 50):
        found = layout(tree, k, 900, 600, thumb=15)
        area = (found.w * found.h)[found.is_box]
        assert area / area.sum() == pytest.approx(tree.count[found.boxes] / 2000, rel=0.02)


def test_the_next_cluster_is_split_where_one_has_no_room() -> None:
    """By height, the 5 leaves of the small chain are split first, but they have room for 2 thumbnails only."""
    big = [(2 * i, 2 * i + 1, 0.1) for i in range(45)]  # leaves 0..89 in pairs, then ever more together
    n, merges, living = 95, list(big), list(range(95, 95 + 45))
    while len(living) > 1:
        merges.append((living.pop(0), living.pop(0), 0.2))
        living.append(n + len(merges) - 1)
    small = 90
    for leaf in (91, 92, 93, 94):
        merges.append((small, leaf, 5.0))
        small = n + len(merges) - 1
    merges.append((living[0], small, 9.0))
    left, right, height = (np.array(column) for column in zip(*merges, strict=True))
    tree = Tree(left, right, height)
    found = layout(tree, 10, 400, 300, thumb=40)
    assert found.shown == 10
    assert sorted(tree.count[found.boxes])[0] >= 1
    assert found.boxes.tolist() != cut(tree, 10).tolist()
    assert wrong(tree, found, 400, 300, tree.root, 40) is None


def test_what_cannot_be_shown_is_said() -> None:
    tree = random_tree(100, 0, "ward")
    tiny = layout(tree, 50, 100, 100, thumb=30)
    assert tiny.shown < 50
    assert tiny.reason == "the canvas has no room for thumbnails in more"
    few = layout(random_tree(3, 0, "ward"), 8, 900, 600)
    assert (few.shown, few.reason) == (3, "every sample is a cluster of its own")
    one = layout(tree, 8, 900, 600, root=0)
    assert (one.shown, one.w.tolist(), one.is_box.tolist()) == (1, [900], [True])
    with pytest.raises(GeometryError, match="canvas of at least one thumbnail"):
        layout(tree, 8, 20, 600)


@pytest.mark.parametrize("shape", ["left", "right", "tied"])
def test_a_chain_of_60000_leaves_is_laid_out_without_slivers(shape: str) -> None:
    tree = random_tree(60_000, 0, shape)
    found = layout(tree, 100, 1200, 800, thumb=15)
    assert wrong(tree, found, 1200, 800, tree.root, 15) is None
    assert found.shown == 100
    w, h, counts = found.w[found.is_box], found.h[found.is_box], tree.count[found.boxes]
    assert (np.maximum(w, h) / np.minimum(w, h)).max() < 2
    assert np.abs(w * h / (w * h).sum() - counts / counts.sum()).sum() / 2 < 0.05


def with_outliers(tree: Tree, groups: list[int]) -> Tree:
    """Small groups of samples that join the tree last, one after the other, as outliers do in average linkage."""
    n, more = tree.n, sum(groups)
    far = float(tree.height.max())
    left, right, height = (list(values) for values in (tree.left, tree.right, tree.height))
    left, right = ([int(v) + more * (v >= n) for v in side] for side in (left, right))
    leaf, top = n, tree.root + more
    for size in groups:
        group = leaf
        for other in range(leaf + 1, leaf + size):
            left, right, height = [*left, group], [*right, other], [*height, far]
            group = n + more + len(left) - 1
        leaf, far = leaf + size, far * 1.5
        left, right, height = [*left, group], [*right, top], [*height, far]
        top = n + more + len(left) - 1
    return Tree(np.array(left), np.array(right), np.array(height))


@pytest.mark.parametrize("k", [2, 4, 8, 20])
def test_outliers_take_little_more_than_one_thumbnail_each_and_the_areas_stay_proportional(k: int) -> None:
    tree = with_outliers(random_tree(5000, 1, "ward"), [1, 4, 2, 1, 3])
    found = layout(tree, k, 625, 532, thumb=28)
    w, h, counts = found.w[found.is_box], found.h[found.is_box], tree.count[found.boxes]
    tiny = counts < 5
    assert found.shown == k
    assert tiny.sum() == min(k - 1, 5)
    assert (w * h)[tiny].max() < 1.1 * 28 * 28
    assert np.abs(w * h / (w * h).sum() - counts / counts.sum()).sum() / 2 < 0.05
    assert found.widened == (w * h / (w * h).sum() > 2 * counts / counts.sum()).sum() >= tiny.sum()
    assert wrong(tree, found, 625, 532, tree.root, 28) is None


def test_60000_leaves_are_laid_out_anew_in_30_ms() -> None:
    tree = random_tree(60_000, 0, "any")
    layout(tree, 100, 1200, 800)
    times = []
    for _ in range(5):
        start = time.perf_counter()
        layout(tree, 100, 1200, 800)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.1  # 0.03 on a machine with nothing else to do: benchmarks/treemap_layout.py


def javascript(cases: list[dict[str, Any]], folder: Path) -> list[dict[str, Any]]:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node to run the canvas's JavaScript")
    (folder / "cases.json").write_text(json.dumps(cases))
    script = COMPONENTS / "test" / "treemap" / "layouts.mjs"
    done = subprocess.run([node, str(script), str(folder / "cases.json")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def same_in_javascript(cases: list[tuple[Tree, dict[str, Any]]], folder: Path) -> None:
    texts = [{"tree": {name: getattr(tree, name).tolist() for name in ("left", "right", "height")}, **asked} for tree, asked in cases]
    for (tree, asked), there in zip(cases, javascript(texts, folder), strict=True):
        here = layout(tree, **asked)
        for name in ("node", "parent", "depth"):
            assert getattr(here, name).tolist() == there[name]
        for name in ("x", "y", "w", "h", "strip"):
            assert getattr(here, name) == pytest.approx(np.array(there[name]), abs=1e-6)
        said = (here.is_box.tolist(), here.asked, here.shown, here.reason, here.widened)
        assert said == tuple(there[n] for n in ("isBox", "asked", "shown", "reason", "widened"))
        for i in np.flatnonzero(here.is_box):
            cells = grid(here.w[i], here.h[i] - here.strip[i], asked.get("thumb", 32.0), int(tree.count[here.node[i]]))
            assert cells[:2] == (there["grids"][i]["columns"], there["grids"][i]["rows"])
            assert cells.side == pytest.approx(there["grids"][i]["side"], abs=1e-6)
            assert filling(tree.members(here.node[i]), cells.slots).tolist() == there["filled"][i]
        assert cut(tree, asked["k"], asked["root"], asked["mode"]).tolist() == there["cut"]


def test_the_canvas_gives_the_same_rectangles_and_thumbnails(tmp_path: Path) -> None:
    rng, cases = np.random.default_rng(0), []
    for seed in range(400):
        shape = ("any", "left", "right", "tied", "ward")[seed % 5]
        tree = random_tree(int(rng.choice([1, 2, 3, 20, 150, 400])), seed, shape)
        root = tree.root if seed % 3 else int(rng.integers(tree.nodes))
        asked = {
            "k": int(rng.integers(1, 101)),
            "width": float(rng.uniform(70, 1500)),
            "height": float(rng.uniform(70, 1000)),
            "root": root,
        }
        style = {"thumb": float(rng.uniform(15, 64)), "padding": float(rng.uniform(0, 5)), "strip": float(rng.uniform(0, 16))}
        cases.append((tree, {**asked, "mode": MODES[seed % 3], **style}))
    same_in_javascript(cases, tmp_path)


@pytest.mark.shared_data
@pytest.mark.skipif(not DENDROMAP.exists(), reason="../shared/data/dendromap is absent")
def test_real_trees_are_shown_in_full_in_proportion_and_without_slivers(tmp_path: Path) -> None:
    from repgeom_core.hierarchy.files.dendromap import read_dendromap

    cases = []
    for stored in read_dendromap(DENDROMAP).trees.values():
        tree = stored.tree
        for k in (8, 20, 50, 100):
            found = layout(tree, k, 900, 600)
            assert wrong(tree, found, 900, 600, tree.root, 32) is None
            w, h, counts = found.w[found.is_box], found.h[found.is_box], tree.count[found.boxes]
            assert found.shown == k
            assert np.abs(w * h / (w * h).sum() - counts / counts.sum()).sum() / 2 < 0.06
            assert (np.maximum(w, h) / np.minimum(w, h)).max() < 7
            cases.append((tree, {"k": k, "width": 900.0, "height": 600.0, "root": tree.root, "mode": "height"}))
    same_in_javascript(cases, tmp_path)
