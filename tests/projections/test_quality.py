from __future__ import annotations

import numpy as np
import pytest
from sklearn.manifold import trustworthiness

from repgeom_core.linalg.neighbours import neighbours
from repgeom_core.projections.quality import map_neighbours, neighbourhood_preservation, random_rows, sampled_trustworthiness

XY = np.random.default_rng(0).normal(size=(300, 2))


def test_map_neighbours_are_those_of_brute_force() -> None:
    rows = np.array([0, 77, 299])
    indices, distances = map_neighbours(XY, rows, 5)
    exact = neighbours(XY, 5)
    np.testing.assert_array_equal(indices, exact.indices[rows])
    np.testing.assert_allclose(distances, exact.distances[rows], rtol=1e-6)


def test_a_point_is_not_its_own_neighbour_even_where_points_coincide() -> None:
    xy = np.zeros((30, 2))
    indices, distances = map_neighbours(xy, np.arange(30), 4)
    assert indices.shape == (30, 4) and not distances.any()
    assert not (indices == np.arange(30)[:, None]).any()


def test_a_perfect_map_keeps_all_neighbours_and_a_random_one_its_share() -> None:
    graph = neighbours(XY, 15)
    assert neighbourhood_preservation(graph, XY * 3 + 1) == 1.0
    random = np.random.default_rng(1).permutation(XY)
    assert neighbourhood_preservation(graph, random) == pytest.approx(15 / 299, abs=0.02)


def test_trustworthiness_is_scikit_learn_s_on_the_sampled_rows() -> None:
    X = np.random.default_rng(2).normal(size=(300, 5))
    rows = random_rows(300, 100, seed=0)
    assert len(np.unique(rows)) == 100
    assert sampled_trustworthiness(X[rows], XY, rows) == trustworthiness(X[rows], XY[rows], n_neighbors=15)
    assert sampled_trustworthiness(XY[:4], XY, np.arange(4)) == 1.0
    assert sampled_trustworthiness(XY[:3], XY, np.arange(3)) is None
