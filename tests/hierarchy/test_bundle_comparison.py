"""A comparison of trees is computed once for a pair of trees, and kept comparisons are what was computed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from repgeom_core.bundle import Bundle, create_bundle, open_bundle
from repgeom_core.errors import Cancelled
from repgeom_core.hierarchy import bundle_comparison as module
from repgeom_core.hierarchy.bundle_comparison import bundle_comparison, cached_comparison
from repgeom_core.hierarchy.compare import compare
from repgeom_core.hierarchy.linkages.methods import linkage
from repgeom_core.hierarchy.tree import Tree
from repgeom_core.progress import Progress
from repgeom_core.sources import Dataset


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    create_bundle(tmp_path / "b", Dataset("b", pd.DataFrame({"id": [f"s{i}" for i in range(60)]}), ()))
    return open_bundle(tmp_path / "b")


def tree(seed: int, n: int = 60) -> Tree:
    return linkage(np.random.default_rng(seed).normal(size=(n, 4)))


@pytest.mark.parametrize("n", [60, 5])  # of few there is no interval
def test_what_is_kept_is_what_was_computed(bundle: Bundle, n: int) -> None:
    a, b = tree(0, n), tree(1, n)
    assert cached_comparison(bundle, a, b) is None
    made, expected = bundle_comparison(bundle, a, b, k=4), compare(a, b, k=4)
    for found in (made, cached_comparison(bundle, a, b, k=4)):
        assert found is not None and found.correlation == expected.correlation
        np.testing.assert_array_equal(found.agreement.value, expected.agreement.value)
        np.testing.assert_array_equal(found.agreement.low, expected.agreement.low)
        np.testing.assert_array_equal(found.flow.table, expected.flow.table)


def test_another_number_of_clusters_computes_nothing_and_another_tree_does(bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = tree(0), tree(1)
    bundle_comparison(bundle, a, b, k=4)
    with monkeypatch.context() as patch:
        patch.setattr(module, "tree_correlation", None)
        assert len(bundle_comparison(bundle, a, b, k=9).flow.nodes_a) == 9
    assert cached_comparison(bundle, b, a) is None and cached_comparison(bundle, a, tree(2)) is None


def test_a_comparison_can_be_cancelled_and_leaves_nothing(bundle: Bundle) -> None:
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        bundle_comparison(bundle, tree(0), tree(1), progress=progress)
    assert cached_comparison(bundle, tree(0), tree(1)) is None
