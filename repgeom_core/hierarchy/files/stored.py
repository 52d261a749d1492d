"""Trees that came with a file or from elsewhere, kept in the bundle as ``trees/<name>.npz``."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from repgeom_core.atomic import folder_name, written_whole
from repgeom_core.errors import BundleError, GeometryError
from repgeom_core.hierarchy.tree import Tree
from repgeom_core.sentences import reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from repgeom_core.bundle import Bundle

FOLDER = "trees"
_META = "meta.json"  # the name of a tree's own description among its arrays


@dataclass(frozen=True)
class StoredTree:
    """A tree over samples of a table: leaf i is sample ``rows[i]``, each at most once.

    ``similar (n, k)`` are the rows of the samples nearest to each leaf's, nearest first, −1 where fewer are known; None where none are.

    Raises:
        GeometryError: other than one row for each leaf, a row named twice, or other than one list of similar samples for each leaf.
    """

    tree: Tree
    rows: np.ndarray
    similar: np.ndarray | None = None

    def __post_init__(self) -> None:
        rows = np.asarray(self.rows)
        if rows.shape != (self.tree.n,) or rows.dtype.kind not in "iu":
            raise GeometryError(f"Expected one row number for each of {self.tree.n:,} leaves, got {rows.dtype} of shape {rows.shape}.")
        values, times = np.unique(rows, return_counts=True)
        if (times > 1).any():
            raise GeometryError(f"A sample can be only one leaf, but row {values[times > 1][0]} is that of {times.max()}.")
        object.__setattr__(self, "rows", rows.astype(np.int64))
        if self.similar is not None:
            similar = np.asarray(self.similar)
            if similar.ndim != 2 or len(similar) != self.tree.n or similar.dtype.kind not in "iu":
                raise GeometryError(
                    f"Expected similar samples (n, k) of {self.tree.n:,} leaves, got {similar.dtype} of shape {similar.shape}."
                )
            object.__setattr__(self, "similar", similar.astype(np.int32))

    @property
    def similar_leaves(self) -> np.ndarray | None:
        """``similar`` as leaves (n, k) of this tree, −1 behind the last one; samples that are no leaves are passed over."""
        if self.similar is None:
            return None
        leaf_of = np.full(max(int(self.rows.max()), int(self.similar.max(initial=0))) + 2, -1)  # the last one is that of row −1
        leaf_of[self.rows] = np.arange(self.tree.n)
        leaves = leaf_of[self.similar]
        order = np.argsort(leaves < 0, axis=1, kind="stable")
        return np.take_along_axis(leaves, order, axis=1)

    def at(self, place: np.ndarray) -> StoredTree | None:
        """The same tree over a table in which row r has gone to ``place[r]`` (−1: it is left out); None where a leaf is left out."""
        if (place[self.rows] < 0).any():
            return None
        similar = None if self.similar is None else np.where(self.similar < 0, -1, place[self.similar])
        return StoredTree(self.tree, place[self.rows], similar)

    def check_rows(self, n: int) -> None:
        """That every row is one of a table of ``n`` samples.

        Raises:
            GeometryError: naming the first that is not.
        """
        for what, rows in (("row", self.rows), ("similar row", self.similar)):
            if rows is not None and rows.size and not (rows.min() >= (0 if what == "row" else -1) and rows.max() < n):
                wrong = rows[(rows < 0) | (rows >= n)].ravel()[0]
                raise GeometryError(f"There is no {what} {wrong}: rows are numbered 0 to {n - 1:,}.")


class StoredTrees(dict[str, StoredTree]):
    """Trees by name, those over most samples first; ``damaged`` says of each file that could not be read why."""

    def __init__(self, trees: Mapping[str, StoredTree], damaged: Mapping[str, str]) -> None:
        super().__init__(sorted(trees.items(), key=lambda item: (-item[1].tree.n, item[0])))
        self.damaged = dict(damaged)


def stored_trees(bundle: Bundle) -> StoredTrees:
    """The trees kept in a bundle; a damaged file leaves the others readable."""
    trees: dict[str, StoredTree] = {}
    damaged: dict[str, str] = {}
    for path in sorted((bundle.path / FOLDER).glob("*.npz")):
        try:
            name, tree = _read(path, bundle)
            trees[name] = tree
        except BundleError as error:
            damaged[path.name] = str(error)
    return StoredTrees(trees, damaged)


def store_tree(
    bundle: Bundle | str | Path,
    name: str,
    tree: Tree,
    rows: np.ndarray | None = None,
    similar: np.ndarray | None = None,
    replace: bool = False,
) -> Path:
    """Keeps a tree in a bundle under a name; ``rows`` None: leaf i is sample i.

    Raises:
        BundleError: the name is empty, or taken and ``replace`` is not set.
        GeometryError: rows that the bundle does not have, or that are not one for each leaf.
    """
    from repgeom_core.bundle import open_bundle

    bundle = open_bundle(bundle) if isinstance(bundle, str | Path) else bundle
    if not name.strip():
        raise BundleError("A tree that is kept needs a name.")
    if rows is None:
        if tree.n != bundle.n:
            raise GeometryError(f"The tree has {tree.n:,} leaves but the bundle {bundle.n:,} samples; say which rows the leaves are.")
        rows = np.arange(bundle.n)
    kept = StoredTree(tree, rows, similar)
    kept.check_rows(bundle.n)
    path = bundle.path / FOLDER / f"{folder_name(name)}.npz"
    if path.exists() and not replace:
        raise BundleError(
            f"{bundle.path} has a tree {name!r} already.",
            options="Choose another --name, or replace it with --force.",
            widgets="Choose another name.",
        )
    meta = {"name": name, "method": tree.method, "ids": bundle.ids_digest, "tree": dict(tree.meta)}
    arrays = {"left": tree.left, "right": tree.right, "height": tree.height, "approximate": tree.approximate, "rows": kept.rows}
    if kept.similar is not None:
        arrays["similar"] = kept.similar
    description = np.frombuffer(json.dumps(meta).encode(), np.uint8)
    with written_whole(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays, **{_META: description})  # type: ignore[arg-type]
    return path


def _read(path: Path, bundle: Bundle) -> tuple[str, StoredTree]:
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        meta: dict[str, Any] = json.loads(arrays.pop(_META).tobytes())
        rows, similar = arrays.pop("rows"), arrays.pop("similar", None)
        kept = StoredTree(Tree(**arrays, method=meta["method"], meta=meta["tree"]), rows, similar)
        kept.check_rows(bundle.n)
        name, ids = str(meta["name"]), meta["ids"]
    except KeyError as error:
        raise BundleError(f"{path} is no tree that RepGeom kept: it has no {error}. Remove the file, or store the tree again.") from None
    except (OSError, ValueError, TypeError, EOFError, RuntimeError, zipfile.BadZipFile, GeometryError) as error:
        raise BundleError(f"{path} is damaged ({reason(error)}). Remove the file, or store the tree again.") from None
    if ids != bundle.ids_digest:
        raise BundleError(f"{path} is a tree of other samples than this bundle holds. Remove the file, or store the tree again.")
    return name, kept
