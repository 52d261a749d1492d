from __future__ import annotations

import numpy as np
import pytest

from repgeom_core.errors import GeometryError
from repgeom_core.projections.align import aligned

XY = np.random.default_rng(0).normal(size=(50, 2)) * [3, 1]


@pytest.mark.parametrize("reflect", [1, -1])
def test_a_turned_moved_copy_comes_back(reflect: int) -> None:
    angle = 2.1
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) * [1, reflect]
    np.testing.assert_allclose(aligned(XY @ turn + [5, -3], XY), XY - XY.mean(axis=0), atol=1e-12)


@pytest.mark.parametrize("size", [1e-200, 1.0, 1e200])
def test_distances_on_the_map_stay(size: float) -> None:
    other = np.random.default_rng(1).normal(size=(50, 2))
    turned = aligned(other * size, XY) / size
    np.testing.assert_allclose(np.linalg.norm(turned[1:] - turned[0], axis=1), np.linalg.norm(other[1:] - other[0], axis=1))


def test_a_map_without_extent_is_left_alone() -> None:
    assert not aligned(np.ones((50, 2)), XY).any()
    np.testing.assert_array_equal(aligned(XY, np.zeros((50, 2))), XY - XY.mean(axis=0))


def test_other_rows_are_refused() -> None:
    with pytest.raises(GeometryError, match="same rows"):
        aligned(XY, XY[1:])
