"""The nearest-neighbour chain in pieces."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.cluster import hierarchy
from scipy.spatial.distance import pdist

from repgeom_core.hierarchy.linkages.nn_chain import RULES, Chain


@pytest.mark.parametrize("method", ["single", "complete", "average"])
@pytest.mark.parametrize("some", [1, 7, 1000])
def test_however_many_merges_at_a_time_the_heights_are_scipys(method: str, some: int) -> None:
    distances = pdist(np.random.default_rng(0).normal(size=(90, 3)))
    expected = hierarchy.linkage(distances, method)[:, 2]
    chain = Chain(distances, np.ones(90), RULES[method])
    while chain.done < 89:
        chain.merge(some)
    np.testing.assert_allclose(np.sort(chain.height), expected, rtol=1e-12)


def test_every_merge_comes_after_its_children() -> None:
    chain = Chain(pdist(np.random.default_rng(0).normal(size=(50, 3))) ** 2, np.ones(50), RULES["ward"])
    chain.merge(49)
    assert (np.maximum(chain.left, chain.right) < np.arange(50, 99)).all()
    assert sorted([*chain.left, *chain.right]) == list(range(98))


def test_all_distances_equal_end() -> None:
    chain = Chain(np.ones(45), np.ones(10), RULES["average"])
    chain.merge(9)
    assert chain.height.tolist() == [1] * 9


def test_one_unit_has_no_merges() -> None:
    chain = Chain(np.empty(0), np.ones(1), RULES["ward"])
    chain.merge(5)
    assert len(chain.height) == chain.done == 0
