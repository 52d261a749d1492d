"""Figures of two trees: what is drawn is what was found, and a click leads to exactly the samples behind a mark."""

from __future__ import annotations

import numpy as np
import pytest
from plotly.graph_objects import Figure

from repgeom_core.figures import two_trees
from repgeom_core.figures.frame import RING
from repgeom_core.figures.two_trees import agreement, broken, tangled
from repgeom_core.hierarchy.compare import Comparison, compare
from repgeom_core.hierarchy.linkages.methods import linkage
from repgeom_core.hierarchy.tree import Tree

RNG = np.random.default_rng(0)
Y = np.repeat(np.arange(5), 24)
X = RNG.normal(size=(120, 4)) + 3 * RNG.normal(size=(5, 4))[Y]
A, B = linkage(X, "ward"), linkage(X + RNG.normal(size=X.shape), "ward")
FOUND = compare(A, B, 8, most_clusters=30)


def trace(figure: Figure, name: str):
    (found,) = [t for t in figure.data if t.name == name]
    return found


def test_the_curve_is_the_agreement_and_the_picked_number_is_marked() -> None:
    curve = trace(agreement(FOUND.agreement, 8), "adjusted Rand index")
    np.testing.assert_array_equal(curve.y, FOUND.agreement.value)
    assert [number for (number,) in curve.customdata] == list(range(2, 31))
    assert [x for x, colour in zip(curve.x, curve.marker.color, strict=True) if colour == RING] == [8]


def test_a_curve_without_an_interval_is_drawn_without_one() -> None:
    few = linkage(X[:6], "ward")
    figure = agreement(compare(few, few, 3).agreement, 3)
    assert trace(figure, "adjusted Rand index").hovertext[0] == "2 clusters: 1"
    assert np.isfinite(figure.layout.yaxis.range).all()


def test_bars_are_as_high_as_clusters_are_large_and_stand_in_the_tanglegrams_order() -> None:
    figure = tangled(A, B, FOUND, ("before", "after"))
    for name, order, sizes, side in (
        ("before", FOUND.tanglegram.order_a, FOUND.flow.table.sum(axis=1), 0),
        ("after", FOUND.tanglegram.order_b, FOUND.flow.table.sum(axis=0), 1),
    ):
        bars = trace(figure, name)
        np.testing.assert_array_equal(np.argsort(bars.base), order)
        np.testing.assert_allclose(bars.y / bars.y.sum(), sizes / 120)
        assert [pair[side] for pair in bars.customdata] == list(range(8))
        assert {pair[1 - side] for pair in bars.customdata} == {-1}
        assert all(np.diff(np.sort(np.stack([bars.base, bars.base + bars.y]).T.ravel())) >= 0)


def test_a_click_on_a_band_gives_the_samples_that_its_clusters_share() -> None:
    bands = trace(tangled(A, B, FOUND), "bands")
    assert len(bands.customdata) == (FOUND.flow.table > 0).sum()
    for (a, b), told in zip(bands.customdata, bands.hovertext, strict=True):
        members = FOUND.flow.members(a, b)
        assert told.startswith(f"{len(members)} samples")
        assert np.isin(members, A.members(FOUND.flow.nodes_a[a])).all() and np.isin(members, B.members(FOUND.flow.nodes_b[b])).all()


def test_brackets_join_all_clusters_of_both_sides() -> None:
    merges = [t for t in tangled(A, B, FOUND).data if t.name == "merges"]
    assert len(merges) == 2
    for drawn in merges:
        assert len(drawn.x) == 7 * 5
        x = np.array([v for v in drawn.x if v is not None], float)
        assert x.min() >= 0 and x.max() <= 1
    left, right = (np.array([v for v in drawn.x if v is not None], float) for drawn in merges)
    assert left.max() < 0.5 < right.min()


def test_many_bands_are_thinned_and_the_title_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "bands of" not in tangled(A, B, FOUND).layout.title.text
    monkeypatch.setattr(two_trees, "MOST_BANDS", 4)
    figure = tangled(A, B, FOUND)
    kept = np.sort(FOUND.flow.table[FOUND.flow.table > 0])[::-1][:4].sum()
    assert f"bands of {kept / 120:.1%} of the samples" in figure.layout.title.text
    assert len(trace(figure, "bands").customdata) == 4


def test_selected_samples_ring_their_clusters_by_their_share() -> None:
    selected = np.zeros(120, bool)
    selected[FOUND.flow.members(a=2)] = True
    bars = trace(tangled(A, B, FOUND, selected=selected), "A")
    assert [c for c, width in enumerate(bars.marker.line.width) if width] == [2]
    assert f"{selected.sum()} of them selected" in bars.hovertext[2]


def test_broken_clusters_are_divided_into_all_their_parts() -> None:
    figure = broken(FOUND.broken, FOUND.flow)
    widths, starts = np.zeros(8), {}
    for bars in figure.data:
        for (a, b), row, share, start in zip(bars.customdata, bars.y, bars.x, bars.base, strict=True):
            assert share == FOUND.flow.table[a, b] / FOUND.flow.table[a].sum()
            assert FOUND.broken["cluster"][row] == a
            widths[row] += share
            starts.setdefault(row, []).append((start, share))
    np.testing.assert_allclose(widths, 1)
    for parts in starts.values():
        at, share = np.array(sorted(parts)).T
        np.testing.assert_allclose(at, np.cumsum(share) - share, atol=1e-12)
    assert len(trace(figure, "its largest part").x) == 8


def test_only_the_most_broken_are_drawn_and_names_are_escaped() -> None:
    told = ["<b>x</b>"] * 8
    figure = broken(FOUND.broken, FOUND.flow, told, told, most=3)
    assert figure.layout.title.text.endswith("(3 of 8)")
    assert [text.startswith("&lt;b&gt;") for text in figure.layout.yaxis.ticktext] == [True] * 3
    assert "<b>x" not in tangled(A, B, FOUND, told_a=told, told_b=told).to_json().replace("\\u003c", "<")


def test_one_cluster_and_a_lone_pair_are_drawn_too() -> None:
    pair = linkage(X[:2], "ward")
    lone = compare(pair, pair, 1)
    assert lone.flow.table.tolist() == [[2]]
    assert len(tangled(pair, pair, lone).data) > 0
    assert len(broken(lone.broken, lone.flow).data) == 3
    assert len(agreement(lone.agreement).data) == 3


def test_trees_in_both_orders_show_the_same_bands() -> None:
    def shares(a: Tree, b: Tree, found: Comparison) -> list[int]:
        return sorted(int(told.split(" ")[0]) for told in trace(tangled(a, b, found), "bands").hovertext)

    assert shares(A, B, FOUND) == shares(B, A, compare(B, A, 8, most_clusters=30))
