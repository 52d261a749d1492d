"""Trees of a bundle: computed once, kept, found again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from repgeom_core.bundle import Bundle, open_bundle
from repgeom_core.errors import GeometryError
from repgeom_core.hierarchy import bundle_tree, cached_tree, linkage
from repgeom_core.progress import Progress


@pytest.fixture
def bundle(workspace: Path) -> Bundle:
    return open_bundle(workspace / "bundles" / "digits")


def test_a_tree_is_kept_and_found_again(bundle: Bundle) -> None:
    assert cached_tree(bundle, "features", "end") is None
    made = bundle_tree(bundle, "features", "end")
    kept = cached_tree(open_bundle(bundle.path), "features", "end")
    assert kept is not None
    expected = linkage(np.asarray(bundle.features("features", "end")))
    for tree in (made.tree, kept.tree):
        assert (tree.left == expected.left).all() and (tree.right == expected.right).all() and (tree.height == expected.height).all()
        assert tree.method == "ward"
    assert kept.tree.meta == made.tree.meta
    assert kept.rows.tolist() == list(range(240))


def test_what_was_asked_differently_is_another_tree(bundle: Bundle) -> None:
    bundle_tree(bundle, "features", "end", micro_clusters=40)
    kept = cached_tree(bundle, "features", "end", micro_clusters=40)
    assert kept is not None and kept.tree.approximate is not None and kept.tree.approximate.any()
    assert cached_tree(bundle, "features", "end", micro_clusters=40, seed=1) is None
    assert cached_tree(bundle, "features", "end", method="average") is None
    assert cached_tree(bundle, "features", "middle", micro_clusters=40) is None
    assert cached_tree(bundle, "features", "end", split="test", micro_clusters=40) is None


def test_a_default_that_is_named_is_no_other_tree(bundle: Bundle) -> None:
    bundle_tree(bundle, "features", "end")
    assert cached_tree(bundle, "features", "end", micro_clusters=None) is not None


def test_a_tree_of_some_rows_names_them(bundle: Bundle) -> None:
    X = np.asarray(bundle.features("features", "end"))
    zeros = bundle_tree(bundle, "features", "end", rows=bundle.y == 0)
    assert (zeros.rows == np.flatnonzero(bundle.y == 0)).all()
    assert (zeros.tree.height == linkage(X[bundle.y == 0]).height).all()
    assert cached_tree(bundle, "features", "end", rows=zeros.rows[::-1]) is not None
    test = bundle_tree(bundle, "features", "end", split="test")
    assert (test.rows == bundle.rows("test")).all()
    assert cached_tree(bundle, "features", "end", rows=bundle.rows("test")) is not None


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"rows": np.array([3, 240])}, "numbered 0 to 239"),
        ({"rows": np.array([-1])}, "numbered 0 to 239"),
        ({"rows": np.zeros(239, bool)}, "240 marks"),
        ({"rows": np.zeros(240, bool)}, "at least 1 sample"),
        ({"method": "nearest"}, "no linkage"),
        ({"levels": 3}, "no parameter"),
    ],
)
def test_bad_requests_are_refused(bundle: Bundle, asked: dict, why: str) -> None:
    with pytest.raises(GeometryError, match=why):
        bundle_tree(bundle, "features", "end", **asked)


def test_the_tree_tells_its_progress(bundle: Bundle) -> None:
    stages = []

    class Watched(Progress):
        def update(self, stage: str, done: int, total: int) -> None:
            stages.append(stage)

    bundle_tree(bundle, "features", "start", progress=Watched())
    assert "merging clusters" in stages
