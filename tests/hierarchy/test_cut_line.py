"""The cut line reaches every number of clusters that a height can give, at even steps of the axis that it moves along."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import linkage

from repgeom_core.hierarchy.cut import cut_at, heights_of_cut
from repgeom_core.hierarchy.cut_line import CutLine, cut_line
from repgeom_core.hierarchy.tree import Tree


def chain(heights: list[float]) -> Tree:
    """A leaf joins at each height."""
    n = len(heights) + 1
    return Tree(np.array([0, *range(n, 2 * n - 2)]), np.arange(1, n), np.array(heights, float))


def ward(n: int, seed: int = 0) -> Tree:
    Z = linkage(np.random.default_rng(seed).normal(size=(n, 3)), "ward")
    return Tree(Z[:, 0], Z[:, 1], Z[:, 2])


@settings(max_examples=60)
@given(st.lists(st.floats(0, 1e6, allow_subnormal=False), min_size=1, max_size=30), st.integers(2, 20))
def test_every_number_of_clusters_that_a_height_can_give_has_a_stop(heights: list[float], most: int) -> None:
    tree = chain(sorted(heights))
    line = cut_line(tree, most=most)
    found = {len(cut_at(tree, stop)) for stop in line.stops()}
    assert found == set(line.choices())
    for k in range(2, min(most, tree.n) + 1):
        low, high = heights_of_cut(tree, k)
        assert (k in line.choices()) == (low < high and high > 0)
        stop = line.stop(k)
        assert stop is None if k not in line.choices() else low <= stop < high


def test_stops_are_even_on_the_scale_of_a_log_axis() -> None:
    line = CutLine(np.array([1000.0, 100.0, 10.0, 1.0]))
    assert line.log
    steps = np.diff(np.log10(line.stops()))
    assert steps.min() == pytest.approx(steps.max(), rel=0.02)
    assert line.low == 1 and len(line.stops()) == 400


def test_heights_of_one_size_are_on_a_linear_axis() -> None:
    line = CutLine(np.array([4.0, 3.0, 2.0, 1.0]))
    steps = np.diff(line.stops())
    assert not line.log and steps.min() == pytest.approx(steps.max(), rel=0.02)


def test_numbers_of_clusters_closer_than_a_step_have_a_stop_each() -> None:
    line = CutLine(np.array([1000.0, 10.00002, 10.00001, 10.0, 1.0]))
    assert line.stop(3) is not None and 10.00001 <= line.stop(3) < 10.00002


def test_zero_heights_leave_the_line_above_zero() -> None:
    line = cut_line(chain([0, 0, 2, 3]))
    assert line.low > 0 and line.choices() == [2, 3]
    assert all(stop > 0 for stop in line.stops())


def test_a_tree_of_two_leaves_has_one_choice_and_equal_heights_have_none_above_them() -> None:
    assert cut_line(ward(2)).choices() == [2]
    assert cut_line(chain([1, 1, 1])).choices() == [4]
    assert cut_line(chain([0, 0])).choices() == []
    assert cut_line(chain([1, 1, 1]), most=3).choices() == []


def test_one_sample_has_no_line() -> None:
    lone = Tree(np.zeros(0), np.zeros(0), np.zeros(0))
    assert cut_line(lone).choices() == []


def test_of_a_cluster_the_line_is_below_its_own_root() -> None:
    tree = ward(50)
    root = int(tree.left[-1])
    line = cut_line(tree, root, most=5)
    assert line.top == tree.own_height[root]
    assert [len(cut_at(tree, line.stop(k), root)) for k in line.choices()] == line.choices()
