"""Trees kept in a bundle."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from scipy.cluster.hierarchy import linkage

from repgeom_core.bundle import Bundle, open_bundle
from repgeom_core.errors import BundleError, GeometryError
from repgeom_core.hierarchy.files.stored import StoredTree, store_tree, stored_trees
from repgeom_core.hierarchy.tree import Tree


@pytest.fixture
def bundle(tmp_path: Path, digits_bundle: Path) -> Bundle:
    return open_bundle(shutil.copytree(digits_bundle, tmp_path / "digits"))


def ward(n: int) -> Tree:
    Z = linkage(np.random.default_rng(n).normal(size=(n, 3)), "ward")
    return Tree(Z[:, 0], Z[:, 1], Z[:, 2], meta={"raised": 0})


def test_a_kept_tree_is_found_again_under_its_name(bundle: Bundle) -> None:
    rows, similar = np.arange(99, 49, -1), np.full((50, 3), -1)
    store_tree(bundle, "../odd: name", ward(50), rows, similar)
    store_tree(bundle.path, "whole", ward(240))
    assert list(found := stored_trees(bundle)) == ["whole", "../odd: name"] and not found.damaged
    again = found["../odd: name"]
    assert np.array_equal(again.rows, rows) and np.array_equal(again.similar, similar) and again.tree.meta == {"raised": 0}
    assert np.array_equal(again.tree.left, ward(50).left) and np.array_equal(again.tree.height, ward(50).height)
    assert found["whole"].similar is None and np.array_equal(found["whole"].rows, np.arange(240))
    assert [path.parent.name for path in bundle.path.rglob("*odd*")] == ["trees"]


def test_a_taken_name_is_replaced_only_when_asked(bundle: Bundle) -> None:
    store_tree(bundle, "a", ward(240))
    with pytest.raises(BundleError, match="has a tree 'a' already"):
        store_tree(bundle, "a", ward(10), np.arange(10))
    store_tree(bundle, "a", ward(10), np.arange(10), replace=True)
    assert stored_trees(bundle)["a"].tree.n == 10


def test_a_damaged_tree_leaves_the_others(bundle: Bundle) -> None:
    for name in ("cut", "whole", "other", "pickled", "foreign"):
        store_tree(bundle, name, ward(240))
    folder = bundle.path / "trees"
    (folder / "cut.npz").write_bytes((folder / "whole.npz").read_bytes()[:200])
    np.savez(folder / "other.npz", a=np.arange(3))
    np.savez(folder / "pickled.npz", a=np.array([{}], object))
    with np.load(folder / "foreign.npz") as stored:
        arrays = dict(stored)
    arrays["meta.json"] = np.frombuffer(arrays["meta.json"].tobytes().replace(bundle.ids_digest.encode(), b"x"), np.uint8)
    np.savez(folder / "foreign.npz", **arrays)
    found = stored_trees(bundle)
    assert list(found) == ["whole"] and set(found.damaged) == {"cut.npz", "other.npz", "pickled.npz", "foreign.npz"}
    assert "is damaged" in found.damaged["cut.npz"] and "has no 'meta.json'" in found.damaged["other.npz"]
    assert "other samples" in found.damaged["foreign.npz"]


@pytest.mark.parametrize(
    ("n", "rows", "message"),
    [
        (10, None, "The tree has 10 leaves but the bundle 240 samples"),
        (10, np.arange(9), "one row number for each of 10 leaves"),
        (3, np.array([0, 1, 1]), "row 1 is that of 2"),
        (3, np.array([0, 1, 240]), "There is no row 240: rows are numbered 0 to 239"),
        (3, np.array([0, 1, -1]), "There is no row -1"),
    ],
)
def test_rows_that_fit_no_samples_are_refused(bundle: Bundle, n: int, rows: np.ndarray | None, message: str) -> None:
    with pytest.raises(GeometryError, match=message):
        store_tree(bundle, "a", ward(n), rows)
    assert not stored_trees(bundle)


def test_similar_samples_are_one_list_for_each_leaf() -> None:
    with pytest.raises(GeometryError, match=r"similar samples \(n, k\) of 5 leaves"):
        StoredTree(ward(5), np.arange(5), np.zeros((4, 2), int))
