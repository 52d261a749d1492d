"""The treemap's layout against DendroMap's rule on real trees: clusters shown, areas, aspects, images with a slot; and its speed.

    python -m benchmarks.treemap_layout [--width 900 --height 600 --thumb 32]

Trees: the ten class trees of CIFAR-10 in ../shared/data/dendromap, whole and ten random subtrees of at least 100 samples of each; with
a bundle of the published ResNets also its Ward tree of 10,000. DendroMap's rule, written from its description: the visible node whose
stored height (its parent's) is greatest is split across its longer side, in whole thumbnails; the smaller child gets
floor(share · thumbnails), at least 1; a node without room for two is left whole; of a box, every floor(members / slots)-th member is
drawn. Its frames are ours (same padding and label strips), or none at all, which flatters it.

Figures are means over trees; fewer: layouts that show fewer clusters than asked. Aspect is the longer by the shorter side of a visible
box; area error half the sum of |area share − count share| (total variation); slots the share of images that are drawn, thumbnail their
mean side in units of the one asked for, before they grow in boxes that hold them all; hidden the greatest share of a box's members
that come after its last thumbnail.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from pathlib import Path

import numpy as np

from repgeom_core.hierarchy.arrangement import FADING, LEAST_GAP, Style
from repgeom_core.hierarchy.cut import in_order
from repgeom_core.hierarchy.files.dendromap import read_dendromap
from repgeom_core.hierarchy.layout import layout
from repgeom_core.hierarchy.slots import grid, spread
from repgeom_core.hierarchy.tree import Tree

DENDROMAP = Path(__file__).parents[2] / "shared" / "data" / "dendromap" / "cifar10_resnet50_classes.json"
RESNETS = Path(".repgeom/bundles/cifar10_resnets")
KS = (8, 20, 50, 100)
PADDING, STRIP, INSET = 2.0, 12.0, 1.0


def of_dendromap(tree: Tree, root: int, k: int, width: float, height: float, thumb: float, frames: bool) -> np.ndarray:
    """Visible boxes (m, 3): node, width, height."""
    stored = {root: np.inf}
    boxes = {root: (width, height, 0)}
    done: set[int] = set()
    while len(boxes) < k:
        waiting = [node for node in in_order(tree, list(boxes)) if node >= tree.n and node not in done]
        if not waiting:
            break
        node = int(max(waiting, key=lambda v: stored[int(v)]))
        w, h, depth = boxes[node]
        pad = PADDING * FADING**depth if frames else 0.0
        strip = Style(thumb, PADDING, STRIP).strip_of(w, h) if frames else 0.0
        w, h = w - 2 * pad, h - 2 * pad - strip
        gap = max(pad, LEAST_GAP) if frames else 0.0
        length = max(w, h) - gap
        cells = int(length // thumb)
        if cells < 2 or min(w, h) < thumb:
            done.add(node)
            continue
        del boxes[node]
        children = tree.children(node) or (node, node)
        counts = [int(tree.count[child]) for child in children]
        smaller = max(1, int(min(counts) / sum(counts) * cells)) * thumb
        parts = (smaller, length - smaller) if counts[0] < counts[1] else (length - smaller, smaller)
        for child, part in zip(children, parts, strict=True):
            boxes[child] = (part, h, depth + 1) if w >= h else (w, part, depth + 1)
            stored[child] = float(tree.own_height[node])
    return np.array([(node, w, h) for node, (w, h, _) in boxes.items()])


def theirs(tree: Tree, root: int, k: int, width: float, height: float, thumb: float, frames: bool) -> list[float]:
    boxes = of_dendromap(tree, root, k, width, height, thumb, frames)
    slots = np.maximum(boxes[:, 1] // thumb, 1) * np.maximum(boxes[:, 2] // thumb, 1)
    counts = tree.count[boxes[:, 0].astype(int)]
    stride = np.maximum(counts // slots, 1)
    last = np.minimum(slots - 1, (counts - 1) // stride) * stride
    return figures(min(k, int(tree.count[root])), boxes[:, 1], boxes[:, 2], counts, slots, last, np.full(len(boxes), thumb), thumb)


def ours(tree: Tree, root: int, k: int, width: float, height: float, thumb: float) -> list[float]:
    found = layout(tree, k, width, height, root, thumb=thumb, padding=PADDING, strip=STRIP)
    w, h, counts = found.w[found.is_box], found.h[found.is_box], tree.count[found.boxes]
    inner = h - found.strip[found.is_box]
    cells = [grid(a - 2 * INSET, b - 2 * INSET, thumb) for a, b in zip(w, inner, strict=True)]
    slots, sides = np.array([c.slots for c in cells]), np.array([c.side for c in cells])
    last = np.array([spread(int(m), int(s))[-1] for m, s in zip(counts, slots, strict=True)])
    return figures(min(k, int(tree.count[root])), w, h, counts, slots, last, sides, thumb)


def figures(
    k: int, w: np.ndarray, h: np.ndarray, counts: np.ndarray, slots: np.ndarray, last: np.ndarray, sides: np.ndarray, thumb: float
) -> list[float]:
    area, aspect = w * h, np.maximum(w, h) / np.minimum(w, h)
    drawn = np.minimum(slots, counts)
    error = np.abs(area / area.sum() - counts / counts.sum()).sum() / 2
    side = (drawn * sides).sum() / drawn.sum() / thumb
    hidden = ((counts - 1 - last) / counts).max()
    return [len(w) < k, len(w) / k, error, aspect.max(), aspect.mean(), drawn.sum() / counts.sum(), side, hidden]


def compare(title: str, roots: list[tuple[Tree, int]], width: float, height: float, thumb: float) -> None:
    print(f"\n{title}: {len(roots)} layouts on {width:g} x {height:g} px, thumbnails of {thumb:g} px")
    print("  k  rule                  fewer   shown  area err.  greatest aspect (mean)  mean aspect   slots  thumbnail  hidden")
    for k in KS:
        rows = {
            "ours": [ours(tree, root, k, width, height, thumb) for tree, root in roots],
            "DendroMap": [theirs(tree, root, k, width, height, thumb, True) for tree, root in roots],
            "DendroMap, no frames": [theirs(tree, root, k, width, height, thumb, False) for tree, root in roots],
        }
        for name, found in rows.items():
            few, shown, error, greatest, mean, slots, side, hidden = np.mean(found, axis=0)
            worst = max(row[3] for row in found)
            aspects = f"{worst:16.1f} ({greatest:4.1f}) {mean:12.2f}"
            print(f"{k:3d}  {name:20s} {few:6.0%} {shown:7.1%} {error:10.3f} {aspects} {slots:7.1%} {side:10.2f} {hidden:7.1%}")


def ward_of_resnet() -> Tree | None:
    if not RESNETS.exists():
        return None
    from repgeom_core.bundle import open_bundle
    from repgeom_core.hierarchy.bundle_trees import bundle_tree

    bundle = open_bundle(RESNETS)
    return bundle_tree(bundle, "features", bundle.checkpoints[-1].name, "test").tree


def speed(width: float, height: float, thumb: float) -> None:
    n = 60_000
    chain = Tree(np.arange(1, n), np.r_[0, np.arange(n, 2 * n - 2)], np.arange(n - 1.0))
    trees = {"chain-like": [chain], "random": [random_tree(n, seed) for seed in range(5)]}
    for name, some in trees.items():
        times = []
        for tree in some:
            layout(tree, 100, width, height, thumb=thumb)
            for _ in range(5):
                start = time.perf_counter()
                layout(tree, 100, width, height, thumb=thumb)
                times.append(1e3 * (time.perf_counter() - start))
        print(f"re-layout of 60,000 leaves, {name}, k = 100: median {statistics.median(times):.1f} ms, slowest {max(times):.1f} ms")


def random_tree(n: int, seed: int) -> Tree:
    """Any two living nodes merge."""
    rng = np.random.default_rng(seed)
    living, left, right = list(range(n)), np.empty(n - 1, int), np.empty(n - 1, int)
    for i in range(n - 1):
        for side in (left, right):
            at = int(rng.integers(len(living)))
            side[i], living[at] = living[at], living[-1]
            living.pop()
        living.append(n + i)
    return Tree(left, right, np.sort(rng.random(n - 1)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--width", type=float, default=900)
    parser.add_argument("--height", type=float, default=600)
    parser.add_argument("--thumb", type=float, default=32)
    arguments = parser.parse_args()
    canvas = (arguments.width, arguments.height, arguments.thumb)
    speed(*canvas)
    if not DENDROMAP.exists():
        sys.exit(f"{DENDROMAP} is absent: no trees to compare on")
    trees = [stored.tree for stored in read_dendromap(DENDROMAP).trees.values()]
    rng, below = np.random.default_rng(0), []
    for tree in trees:
        large = np.flatnonzero((tree.count >= 100) & (np.arange(tree.nodes) != tree.root))
        below += [(tree, int(root)) for root in rng.choice(large, min(10, len(large)), replace=False)]
    compare("CIFAR-10 class trees", [(tree, tree.root) for tree in trees], *canvas)
    compare("subtrees of at least 100", below, *canvas)
    ward = ward_of_resnet()
    if ward is not None:
        compare("Ward tree of the test set, last checkpoint", [(ward, ward.root)], *canvas)


if __name__ == "__main__":
    main()
