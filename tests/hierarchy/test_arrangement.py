"""Rectangles of frames and boxes: what each gets of a length, and areas that follow counts."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.cluster.hierarchy import linkage

from repgeom_core.hierarchy.arrangement import GROWN, LONGEST, Style, arrange, share_of, totals, trim
from repgeom_core.hierarchy.cut import cut
from repgeom_core.hierarchy.files.scipy_matrix import from_scipy
from repgeom_core.hierarchy.frames import plan_of


@pytest.mark.parametrize(
    ("given", "first"),
    [
        ((100, 3, 1, 10, 10), 75),  # after the weights
        ((100, 99, 1, 10, 10), 90),  # the other needs its least
        ((100, 1, 99, 10, 10), 10),  # so does the first
        ((100, 1, 1, 90, 60), 60),  # not enough for both: after the needs
    ],
)
def test_a_length_is_shared_by_weight_but_never_below_the_least(given: tuple[float, ...], first: float) -> None:
    assert share_of(*given) == pytest.approx(first)


def test_all_paddings_together_stay_below_two_and_a_half_of_the_first() -> None:
    assert sum(Style(32, 2, 12).pad(depth) for depth in range(100)) < 2.5 * 2 + 1e-9
    assert Style(32, 2, 12).strip_of(1000, 10) == 0 and Style(32, 2, 12).strip_of(1000, 500) == 12


def test_areas_follow_counts_and_a_place_too_large_stays_empty_in_part() -> None:
    X = np.random.default_rng(0).normal(size=(2_000, 4))
    tree, style = from_scipy(linkage(X, "ward"), "ward"), Style(16.0, 2.0, 12.0)
    plan = plan_of(tree, tree.root, cut(tree, 20), 1.0)
    arrange(plan, style, LONGEST[0], 900.0, 600.0)
    boxes = [i for i in range(len(plan.node)) if plan.second[i] < 0]
    area, target = totals(plan)
    assert (area, target) == pytest.approx((sum(plan.w[i] * plan.h[i] for i in boxes), 2_000))
    assert all(plan.w[i] * plan.h[i] / area == pytest.approx(plan.target[i] / target, rel=0.01) for i in boxes)
    plan.w[boxes[0]] *= 5
    area, target = totals(plan)
    trim(plan, style)
    assert plan.w[boxes[0]] * plan.h[boxes[0]] == pytest.approx(GROWN * area * plan.target[boxes[0]] / target)
