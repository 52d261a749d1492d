"""Files of DendroMap (Bertucci et al. 2022): trees of named images as nested JSON, of three kinds; the current one is written.

``{"tree": NODE, "classes": [..]}`` is one tree; ``{"classes": [..], "<class>": NODE, ..}`` one for each class, whose indices restart at 0.
There ``merging_distance`` is the height at which a node's *parent* merges, so that a node's own height is read from its children. In the
older ``{"dataset", "filters", "tree", "nodes", "classes"}`` it is the node's own, and Ward²/2: such heights are read as √(2·value).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from repgeom_core.atomic import written_whole
from repgeom_core.errors import SourceError
from repgeom_core.hierarchy.files import deep_json
from repgeom_core.hierarchy.files.dendromap_nodes import Leaf, described, flattened, written
from repgeom_core.hierarchy.files.stored import StoredTree
from repgeom_core.sentences import reason
from repgeom_core.suggest import shortened

ONE_TREE = "tree"  # what the tree of a file with only one is called
ABOUT = ("classes", "dataset", "filters", "linkage", "nodes")  # what else a file may hold beside its trees, in whatever form
NO_INDEX = -1


@dataclass
class DendroMapFile:
    """What a file holds.

    Attributes:
        samples: ``id`` (unique), ``filename``, and where the file knows them ``label`` and ``prediction`` (Categorical over ``classes``,
            missing: unknown).
        classes: class names; empty where there are none.
        trees: by name; leaf i of a tree is row ``rows[i]`` of the samples, and heights are those of scipy's Ward.
        features: ``(n, d)`` float32 where the file has them (the older kind); else None.
        older: whether the file is of the older kind.
    """

    samples: pd.DataFrame
    classes: tuple[str, ...]
    trees: dict[str, StoredTree]
    features: np.ndarray | None = None
    older: bool = False
    warnings: list[str] = field(default_factory=list)


def read_dendromap(path: str | Path) -> DendroMapFile:
    """Reads a file of any of the three kinds, of any depth.

    Raises:
        SourceError: the file is no JSON or holds no tree; else the message names the node, the field, what was expected and what came.
    """
    path = Path(path)
    try:
        content = deep_json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SourceError(f"There is no file {path.resolve()}; check the path.") from None
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{path} is not JSON ({reason(error)}); expected a file of DendroMap.") from None
    roots = _roots(content, path)
    older = set(roots) == {ONE_TREE} and ("nodes" in content or "merging_distance" in roots[ONE_TREE])
    given = _classes(content, path)
    method = content["linkage"] if isinstance(content.get("linkage"), str) else "ward"
    leaves: list[Leaf] = []
    trees: dict[str, StoredTree] = {}
    for name, root in roots.items():
        tree, here = flattened(root, f"{path}, tree {name!r}" if len(roots) > 1 else str(path), older, method)
        rows = np.arange(len(leaves), len(leaves) + len(here))
        trees[name] = StoredTree(tree, rows, _similar(here, rows, content.get("nodes"), path))
        leaves += here
    classes, columns = _labels(leaves, given)
    owners = [name for name, tree in trees.items() for _ in range(tree.tree.n)]
    filenames = [leaf.filename for leaf in leaves]
    samples = pd.DataFrame({"id": _ids(filenames, owners, path), "filename": filenames})
    for column, codes in columns.items():
        samples[column] = pd.Categorical.from_codes(codes, categories=pd.Index(list(classes)))
    return DendroMapFile(samples, classes, trees, _features(leaves, content.get("nodes"), path), older)


def _roots(content: Any, path: Path) -> dict[str, dict[str, Any]]:
    if not isinstance(content, dict):
        raise SourceError(
            f"{path} is no file of DendroMap: expected an object with a 'tree', or with one for each class; got {described(content)}."
        )
    roots = {
        written(name): value for name, value in content.items() if isinstance(value, dict) and ("leaf" in value or "children" in value)
    }
    if not roots:
        raise SourceError(
            f"{path} is no file of DendroMap: expected a 'tree', or one for each class; it has {shortened(list(content)) or 'nothing'}."
        )
    wrong = [name for name, value in content.items() if isinstance(value, dict) and name not in roots and name not in ABOUT]
    if wrong:
        raise SourceError(f"{path}: expected {wrong[0]!r} to be a tree, an object with 'leaf' and 'children'; it has neither.")
    return roots


def _classes(content: dict[str, Any], path: Path) -> tuple[str, ...] | None:
    """The classes as the file lists them; None where it does not."""
    listed = content.get("classes")
    if listed is None:
        return None
    if not isinstance(listed, list) or not all(isinstance(name, str | int) for name in listed):
        raise SourceError(f"{path}: expected 'classes' to be a list of names; got {described(listed)}.")
    names = tuple(written(str(name)) for name in listed)
    if len(set(names)) < len(names):
        raise SourceError(f"{path}: every name in 'classes' must be another, but {next(n for n in names if names.count(n) > 1)!r} repeats.")
    return names


def _labels(leaves: Sequence[Leaf], given: tuple[str, ...] | None) -> tuple[tuple[str, ...], dict[str, np.ndarray]]:
    """Class names, and the codes (−1: unknown) of ``label`` and ``prediction`` where any leaf has them."""
    fields = (("label", "true_class"), ("prediction", "predicted_class"))
    values = {column: [_class_name(leaf, name, given) for leaf in leaves] for column, name in fields}
    found = {value for column in values.values() for value in column if value is not None}
    classes = tuple(sorted(found)) if given is None else given
    code = {name: k for k, name in enumerate(classes)} | {None: -1}
    for column, name in fields:
        for leaf, value in zip(leaves, values[column], strict=True):
            if value not in code:
                raise SourceError(f"{leaf.where}: {name!r} is {value!r}, which is not among the classes ({shortened(list(classes))}).")
    codes = {column: np.array([code[value] for value in its], np.int64) for column, its in values.items()}
    return classes, {column: its for column, its in codes.items() if (its >= 0).any()}


def _class_name(leaf: Leaf, name: str, given: tuple[str, ...] | None) -> str | None:
    value = leaf.node.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise SourceError(f"{leaf.where}: expected {name!r} to be the name of a class; got {described(value)}.")
    number = isinstance(value, int) and given is not None and str(value) not in given and 0 <= value < len(given)
    return given[value] if number and given else written(str(value))  # type: ignore[index]


def _ids(filenames: Sequence[str], owners: Sequence[str], path: Path) -> list[str]:
    """File names where they are unique, else with the tree's name before them, else numbers."""
    for ids in (list(filenames), [f"{owner}/{name}" for owner, name in zip(owners, filenames, strict=True)]):
        if all(filenames) and len(set(ids)) == len(ids):
            return ids
    width = len(str(max(len(filenames) - 1, 0)))
    return [f"{path.stem}-{row:0{width}d}" for row in range(len(filenames))]


def _similar(leaves: Sequence[Leaf], rows: np.ndarray, nodes: Any, path: Path) -> np.ndarray | None:
    """Rows (n, k) of the samples listed as similar; those that are no leaves of the tree, and the sample itself, are passed
    over."""
    lists = [leaf.node.get("similar") for leaf in leaves]
    if all(ids is None for ids in lists) and nodes is not None:
        of_instance = {entry.get("instance_index"): entry.get("topk_instance_index_list") for entry in _entries(nodes, path)}
        lists = [of_instance.get(leaf.instance) for leaf in leaves]
    if all(ids is None for ids in lists):
        return None
    row_of = {leaf.instance: int(row) for leaf, row in zip(leaves, rows, strict=True)}
    found: list[list[int]] = []
    for leaf, ids in zip(leaves, lists, strict=True):
        if not isinstance(ids, list | None):
            raise SourceError(f"{leaf.where}: expected 'similar' to be a list of instance indices; got {described(ids)}.")
        if wrong := [id for id in ids or [] if type(id) is not int]:
            raise SourceError(f"{leaf.where}: expected 'similar' to list instance indices, whole numbers; got {described(wrong[0])}.")
        found.append([row_of[id] for id in ids or [] if id in row_of and id != leaf.instance])
    similar = np.full((len(leaves), max(map(len, found))), NO_INDEX, np.int32)
    for i, its in enumerate(found):
        similar[i, : len(its)] = its
    return similar if similar.size else None


def _features(leaves: Sequence[Leaf], nodes: Any, path: Path) -> np.ndarray | None:
    if nodes is None:
        return None
    vectors = {entry.get("instance_index"): entry.get("features") for entry in _entries(nodes, path)}
    if all(vectors.get(leaf.instance) is None for leaf in leaves):
        return None
    rows: list[list[Any]] = []
    for leaf in leaves:
        vector = vectors.get(leaf.instance)
        if not isinstance(vector, list) or len(vector) != len(rows[0] if rows else vector):
            expected = f"a list of {len(rows[0]):,} numbers" if rows else "a list of numbers"
            raise SourceError(
                f"{path}: expected 'features' of instance {leaf.instance} in 'nodes' to be {expected}; got {described(vector)}."
            )
        rows.append(vector)
    try:
        X = np.array(rows, np.float32)
    except (TypeError, ValueError) as error:
        raise SourceError(f"{path}: expected 'features' in 'nodes' to be numbers ({reason(error)}).") from None
    if X.ndim != 2 or not X.shape[1]:
        raise SourceError(f"{path}: expected 'features' in 'nodes' to be lists of numbers; got shape {X.shape}.")
    return X


def _entries(nodes: Any, path: Path) -> list[dict[str, Any]]:
    if not isinstance(nodes, list) or not all(isinstance(entry, dict) for entry in nodes):
        raise SourceError(f"{path}: expected 'nodes' to be a list of objects; got {described(nodes)}.")
    for place, entry in enumerate(nodes):
        if type(entry.get("instance_index")) not in (int, type(None)):
            came = described(entry["instance_index"])
            raise SourceError(f"{path}: expected 'instance_index' of entry {place} of 'nodes' to be a whole number; got {came}.")
    return nodes


def write_dendromap(
    path: str | Path, trees: StoredTree | Mapping[str, StoredTree], samples: pd.DataFrame, classes: Sequence[str] | None = None
) -> Path:
    """Writes trees in DendroMap's current format; read back they are equal, but for marks of approximate merges.

    Args:
        trees: one tree, or one for each class by its name: then the file is a class file.
        samples: the table that the trees' rows number: ``id``, and where there are ``filename``, ``label`` and ``prediction``
            (Categorical). Leaves whose prediction is unknown have no ``correct_count``, nor have nodes above them.
        classes: names for the file's ``classes``; those of the labels when None.

    Raises:
        SourceError: a tree's name that the format keeps for something else.
    """
    path = Path(path)
    several = not isinstance(trees, StoredTree)
    named: Mapping[str, StoredTree] = trees if several else {ONE_TREE: trees}  # type: ignore[assignment, dict-item]
    if several and (taken := [name for name in named if name in ("classes", "linkage", "nodes")]):
        raise SourceError(f"A tree in a class file cannot be called {taken[0]!r}: DendroMap keeps that name for itself.")
    if several and set(named) == {ONE_TREE}:
        raise SourceError(f"A class file with one tree cannot call it {ONE_TREE!r}: that is a file of one tree.")
    if classes is None:
        classes = [str(name) for name in samples["label"].cat.categories] if "label" in samples else []
    with written_whole(path) as temporary, temporary.open("w", encoding="utf-8") as file:
        file.write("{")
        for name, stored in named.items():
            file.write(f"{json.dumps(name)}: ")
            file.writelines(_node_texts(stored, samples))
            file.write(", ")
        methods = {stored.tree.method for stored in named.values()} - {"ward"}
        linkage = f', "linkage": {json.dumps(min(methods))}' if methods else ""  # DendroMap knows only Ward
        file.write(f'"classes": {json.dumps(list(classes))}{linkage}}}')
    return path


def _node_texts(stored: StoredTree, samples: pd.DataFrame) -> Iterator[str]:
    """The text of the tree, piece by piece; what is left to write waits on a stack."""
    tree, n = stored.tree, stored.tree.n
    leaves = _leaf_texts(stored, samples)
    correct, known = _correct(stored, samples)
    distance = np.full(tree.nodes, np.nan)
    distance[: tree.root] = tree.height[tree.parent[: tree.root] - n]
    left, right, count = tree.left.tolist(), tree.right.tolist(), tree.count.tolist()
    distances, corrects, knowns = distance.tolist(), correct.tolist(), known.tolist()
    waiting: list[int | str] = [tree.root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            yield node
            continue
        merging = "" if math.isnan(distances[node]) else f'"merging_distance": {distances[node]!r}, '
        right_ones = knowns[node] == count[node]
        if node < n:
            told = f', "correct_count": {corrects[node]}' if right_ones else ""
            yield f'{{"leaf": true, {merging}"node_index": {node}, {leaves[node]}{told}}}'
            continue
        told = f', "correct_count": {corrects[node]}, "accuracy": {round(corrects[node] / count[node], 5)}' if right_ones else ""
        waiting += [f'], "node_count": {count[node]}{told}}}', right[node - n], ", ", left[node - n]]
        yield f'{{"leaf": false, {merging}"node_index": {node}, "children": ['


def _leaf_texts(stored: StoredTree, samples: pd.DataFrame) -> list[str]:
    """What each leaf says of its sample, without the braces."""
    table = samples.iloc[stored.rows]
    names = table["filename"] if "filename" in table else table["id"]
    columns: dict[str, list[Any]] = {"filename": [str(name) for name in names]}
    if (similar := stored.similar_leaves) is not None:
        columns["similar"] = [leaves[leaves >= 0].tolist() for leaves in similar]
    for column, field_name in (("label", "true_class"), ("prediction", "predicted_class")):
        if column in table:
            columns[field_name] = [None if pd.isna(value) else str(value) for value in table[column].astype(object)]
    texts = []
    for leaf in range(stored.tree.n):
        told = {name: values[leaf] for name, values in columns.items() if values[leaf] is not None}
        texts.append(json.dumps({"instance_index": leaf, "node_count": 1, **told})[1:-1])
    return texts


def _correct(stored: StoredTree, samples: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Of each node: leaves predicted correctly, and leaves of which that is known."""
    table = samples.iloc[stored.rows]
    known = np.zeros(stored.tree.n, bool)
    right = known
    if "label" in table and "prediction" in table:
        known = (table["label"].notna() & table["prediction"].notna()).to_numpy()
        right = known & (table["label"].astype(object) == table["prediction"].astype(object)).to_numpy()
    return stored.tree.sums(right), stored.tree.sums(known)
