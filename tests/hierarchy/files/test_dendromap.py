"""DendroMap's files: the three kinds are read with Ward's heights, the current one is written as the original reads it."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import linkage, to_tree

from repgeom_core.errors import SourceError
from repgeom_core.hierarchy.files.dendromap import read_dendromap, write_dendromap
from repgeom_core.hierarchy.files.stored import StoredTree
from repgeom_core.hierarchy.tree import Tree

SHARED = Path(__file__).parents[2].parent / "shared/data/dendromap/cifar10_resnet50_classes.json"
CLASSES = ("cat", "dog", "eel")


def of_linkage(Z: np.ndarray, method: str = "ward") -> Tree:
    return Tree(Z[:, 0], Z[:, 1], Z[:, 2], method)


@pytest.fixture
def Z() -> np.ndarray:
    return linkage(np.random.default_rng(0).normal(size=(40, 5)), "ward")


@pytest.fixture
def samples() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    label, prediction = rng.integers(0, 3, 40), rng.integers(0, 3, 40)
    return pd.DataFrame(
        {
            "id": [f"sample {i}" for i in range(40)],
            "filename": [f'im"{i}".png' for i in range(40)],
            "label": pd.Categorical.from_codes(label, categories=pd.Index(CLASSES)),
            "prediction": pd.Categorical.from_codes(prediction, categories=pd.Index(CLASSES)),
        }
    )


def current_node(node: Any, parent_height: float | None = None, **more: Any) -> dict[str, Any]:
    """As the original writes it: ``merging_distance`` is that of the parent."""
    told = {} if parent_height is None else {"merging_distance": round(parent_height, 3)}
    if node.is_leaf():
        name = f"{more.get('prefix', 'im')}-{node.id}.png"
        return {"leaf": True, **told, "node_index": node.id, "instance_index": node.id, "filename": name, "node_count": 1}
    children = [current_node(child, node.dist, **more) for child in (node.left, node.right)]
    return {"leaf": False, **told, "node_index": node.id, "children": children, "node_count": node.count}


def older_node(node: Any) -> dict[str, Any]:
    """As the CIFAR-100 files have it: ``merging_distance`` is the node's own, Ward²/2; instances are numbered as in the whole set."""
    if node.is_leaf():
        instance = 7 * node.id + 3
        return {
            "leaf": True, "node_index": node.id, "instance_index": instance, "filename": f"{instance}.png", "node_count": 1,
            "true_class": "cat", "predicted_class": "dog" if node.id % 2 else "cat",
        }  # fmt: skip
    children = [older_node(node.left), older_node(node.right)]
    return {"leaf": False, "merging_distance": node.dist**2 / 2, "node_index": node.id, "children": children, "node_count": node.count}


def written(path: Path, content: Any) -> Path:
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def same_tree(one: Tree, other: Tree) -> bool:
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in ("left", "right", "height"))


def test_own_height_of_the_current_kind_is_read_from_the_children(tmp_path: Path, Z: np.ndarray) -> None:
    found = read_dendromap(written(tmp_path / "a.json", {"tree": current_node(to_tree(Z)), "classes": []}))
    tree = found.trees["tree"].tree
    np.testing.assert_allclose(tree.height, Z[:, 2], atol=5.1e-4)
    assert np.array_equal(tree.left, Z[:, 0]) and np.array_equal(tree.right, Z[:, 1])
    assert found.samples["id"].tolist() == [f"im-{i}.png" for i in range(40)] and "label" not in found.samples


def test_heights_of_the_older_kind_are_normalised_to_ward(tmp_path: Path, Z: np.ndarray) -> None:
    X = np.random.default_rng(2).normal(size=(40, 6)).round(4)
    nodes = [
        {"instance_index": 7 * i + 3, "features": X[i].tolist(), "topk_instance_index_list": [7 * i + 3, 7 * ((i + 1) % 40) + 3, 10**6]}
        for i in reversed(range(40))
    ]
    content = {"dataset": "d", "filters": {"split": "test"}, "tree": older_node(to_tree(Z)), "nodes": nodes, "classes": list(CLASSES)}
    found = read_dendromap(written(tmp_path / "a.json", content))
    stored = found.trees["tree"]
    assert found.older and same_tree(of_linkage(np.c_[Z[:, :2], stored.tree.height, Z[:, 3]]), stored.tree)
    np.testing.assert_allclose(stored.tree.height, Z[:, 2], rtol=1e-12)
    assert np.array_equal(found.features, X.astype(np.float32))
    assert stored.similar.tolist() == [[(i + 1) % 40] for i in range(40)]  # neither itself nor an instance that is no leaf
    assert (found.samples["label"] == found.samples["prediction"]).sum() == 20


def test_class_files_have_one_tree_for_each_class_numbered_from_0(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    Zs = {name: linkage(rng.normal(size=(n, 3)), "ward") for name, n in (("cat", 9), ("eel", 6))}
    content = {"classes": list(CLASSES)} | {name: current_node(to_tree(Z)) for name, Z in Zs.items()}
    found = read_dendromap(written(tmp_path / "a.json", content))
    assert list(found.trees) == ["cat", "eel"] and found.trees["eel"].rows.tolist() == list(range(9, 15))
    assert found.samples["id"].tolist()[8:10] == ["cat/im-8.png", "eel/im-0.png"]  # file names repeat in these files
    for name, Z in Zs.items():
        assert np.array_equal(found.trees[name].tree.left, Z[:, 0])


@pytest.mark.parametrize("method", ["ward", "average"])
def test_what_is_written_is_read_back_equal(tmp_path: Path, samples: pd.DataFrame, method: str) -> None:
    X = np.random.default_rng(4).normal(size=(40, 3))
    tree = of_linkage(linkage(X, method), method)
    rows = np.random.default_rng(5).permutation(40)
    similar = np.stack([rows[(np.arange(3) + i + 1) % 40] for i in range(40)])
    similar[7, 2] = -1
    samples.loc[4, "prediction"] = np.nan
    found = read_dendromap(write_dendromap(tmp_path / "a.json", StoredTree(tree, rows, similar), samples))
    again = found.trees["tree"]
    assert same_tree(tree, again.tree) and again.tree.method == method
    assert np.array_equal(rows[again.similar[:7]], similar[:7]) and again.similar[7, 2] == -1
    pd.testing.assert_frame_equal(
        found.samples.drop(columns="id"), samples.drop(columns="id").iloc[rows].reset_index(drop=True), check_dtype=False
    )


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 30), st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_any_tree_is_read_back_equal(tmp_path: Path, n: int, heights: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    roots, left, right = list(rng.permutation(n)), [], []
    for i in range(n - 1):
        left.append(roots.pop(rng.integers(len(roots))))
        right.append(roots.pop(rng.integers(len(roots))))
        roots.append(n + i)
    tree = Tree(np.array(left, int), np.array(right, int), np.sort(rng.integers(0, heights, n - 1) / 7))  # with equal heights
    table = pd.DataFrame({"id": [f"é{i}" for i in range(n)]})
    found = read_dendromap(write_dendromap(tmp_path / "a.json", StoredTree(tree, np.arange(n)), table))
    assert same_tree(tree, found.trees["tree"].tree) and found.samples["id"].tolist() == table["id"].tolist()


def test_class_files_are_read_back_equal(tmp_path: Path, samples: pd.DataFrame) -> None:
    trees = {}
    for code, name in enumerate(CLASSES):
        rows = np.flatnonzero(samples["label"].cat.codes == code)
        trees[name] = StoredTree(of_linkage(linkage(np.random.default_rng(code).normal(size=(len(rows), 2)), "ward")), rows)
    found = read_dendromap(write_dendromap(tmp_path / "a.json", trees, samples))
    assert list(found.trees) == list(CLASSES) and found.classes == CLASSES
    for name, stored in trees.items():
        assert same_tree(stored.tree, found.trees[name].tree)
        assert found.samples["filename"].iloc[found.trees[name].rows].tolist() == samples["filename"].iloc[stored.rows].tolist()


def checked(node: dict[str, Any], parent: float | None, seen: set[int]) -> tuple[int, int, float]:
    """An independent reader of the current kind: its count, its correct ones and its own height; every claim of the node is checked."""
    assert ("merging_distance" in node) == (parent is not None) and node["node_index"] not in seen
    seen.add(node["node_index"])
    assert parent is None or node["merging_distance"] == parent
    if node["leaf"]:
        assert node["node_count"] == 1 and node["instance_index"] == node["node_index"] and "children" not in node
        correct = int(node["true_class"] == node["predicted_class"])
        assert node["correct_count"] == correct
        return 1, correct, 0.0
    one, other = node["children"]
    assert one["merging_distance"] == other["merging_distance"]
    own = one["merging_distance"]
    parts = [checked(child, own, seen) for child in (one, other)]
    count, correct = parts[0][0] + parts[1][0], parts[0][1] + parts[1][1]
    assert own >= max(parts[0][2], parts[1][2]) and node["node_index"] > max(one["node_index"], other["node_index"])
    assert (node["node_count"], node["correct_count"]) == (count, correct)
    assert node["accuracy"] == pytest.approx(correct / count, abs=1e-5)
    return count, correct, own


def test_a_written_file_is_of_the_current_format(tmp_path: Path, Z: np.ndarray, samples: pd.DataFrame) -> None:
    content = json.loads(write_dendromap(tmp_path / "a.json", StoredTree(of_linkage(Z), np.arange(40)), samples).read_text())
    assert set(content) == {"tree", "classes"} and content["classes"] == list(CLASSES)
    seen: set[int] = set()
    count, correct, own = checked(content["tree"], None, seen)
    assert (count, own) == (40, Z[-1, 2]) and seen == set(range(79))
    assert correct == (samples["label"] == samples["prediction"]).sum()


def test_unknown_predictions_are_unknown_and_not_wrong(tmp_path: Path, Z: np.ndarray, samples: pd.DataFrame) -> None:
    samples.loc[3, "prediction"] = np.nan
    content = json.loads(write_dendromap(tmp_path / "a.json", StoredTree(of_linkage(Z), np.arange(40)), samples).read_text())
    waiting, without = [content["tree"]], set()
    while waiting:
        node = waiting.pop()
        waiting += node.get("children", [])
        if "correct_count" not in node:
            without.add(node["node_index"])
    assert without == {3, *of_linkage(Z).ancestors(3)}
    assert read_dendromap(tmp_path / "a.json").samples["prediction"].isna().sum() == 1


def test_a_chain_of_60_000_leaves_is_written_and_read(tmp_path: Path) -> None:
    n = 60_000
    chain = Tree(np.r_[0, np.arange(n, 2 * n - 2)], np.arange(1, n), np.arange(1, n) / 8, "single")
    table = pd.DataFrame({"id": [f"s{i}" for i in range(n)]})
    found = read_dendromap(write_dendromap(tmp_path / "chain.json", StoredTree(chain, np.arange(n)), table))
    assert same_tree(chain, found.trees["tree"].tree) and found.samples["id"].iloc[-1] == "s59999"


def test_a_class_of_one_sample_is_a_tree(tmp_path: Path) -> None:
    leaf = {"leaf": True, "node_index": 0, "instance_index": 0, "filename": "a.png", "node_count": 1}
    content = {"classes": ["cat", "dog"], "cat": leaf, "dog": dict(leaf, filename="b.png")}
    found = read_dendromap(written(tmp_path / "a.json", content))
    assert [stored.tree.n for stored in found.trees.values()] == [1, 1]
    again = read_dendromap(write_dendromap(tmp_path / "b.json", found.trees, found.samples, found.classes))
    assert again.samples.equals(found.samples)


def test_halves_of_characters_are_replaced(tmp_path: Path) -> None:
    leaf = r'{"leaf": true, "instance_index": 0, "filename": "\ud800.png", "true_class": "\udfff"}'
    (tmp_path / "a.json").write_text(f'{{"tree": {leaf}}}')
    found = read_dendromap(tmp_path / "a.json")
    assert found.samples["id"].tolist() == ["?.png"] and found.classes == ("?",)


def test_heights_that_rounding_inverted_are_raised(tmp_path: Path) -> None:
    def leaf(i: int, distance: float) -> dict[str, Any]:
        return {"leaf": True, "merging_distance": distance, "node_index": i, "instance_index": i, "node_count": 1}

    inner = {"leaf": False, "merging_distance": 1.0, "node_index": 3, "children": [leaf(0, 1.01), leaf(1, 1.01)]}
    root = {"leaf": False, "node_index": 4, "children": [inner, leaf(2, 1.0)]}
    tree = read_dendromap(written(tmp_path / "a.json", {"tree": root, "classes": None})).trees["tree"].tree
    assert tree.height.tolist() == [1.01, 1.01] and tree.meta["raised"] == 1


def break_node(content: dict[str, Any], index: int, **fields: Any) -> dict[str, Any]:
    content = copy.deepcopy(content)
    waiting = [content["tree"]]
    while waiting:
        node = waiting.pop()
        waiting += node.get("children", [])
        if node["node_index"] == index:
            for name, value in fields.items():
                node.pop(name, None) if value is ... else node.update({name: value})
    return content


@pytest.mark.parametrize(
    ("index", "fields", "message"),
    [
        (2, {"children": []}, "node 2: expected two 'children', or 'leaf': true; got 0"),
        (3, {"children": "none"}, "node 3: expected two 'children', or 'leaf': true; got 'none'"),
        (3, {"children": [1, 2]}, "node 3: expected the two 'children' to be nodes; got 1"),
        (0, {"merging_distance": "far"}, "node 0: expected 'merging_distance' to be a number from 0; got 'far'"),
        (0, {"merging_distance": float("nan")}, "node 0: expected 'merging_distance' to be a number from 0; got nan"),
        (1, {"merging_distance": 9.0}, "expected its two children to have one 'merging_distance', that of their merge; got 5 and 9"),
        (1, {"instance_index": 0}, "node 1: every leaf needs an 'instance_index' of its own, but 0 is also that of another"),
        (1, {"instance_index": "b"}, "node 1: expected 'instance_index' to be a whole number from 0; got 'b'"),
        (1, {"true_class": "wolf"}, "node 1: 'true_class' is 'wolf', which is not among the classes (cat, dog)"),
        (1, {"true_class": 2.5}, "node 1: expected 'true_class' to be the name of a class; got 2.5"),
        (1, {"similar": "0"}, "node 1: expected 'similar' to be a list of instance indices; got '0'"),
        (1, {"similar": [0, "b"]}, "node 1: expected 'similar' to list instance indices, whole numbers; got 'b'"),
        (1, {"merging_distance": 10**400}, "node 1: expected 'merging_distance' to be a number from 0; got 1000"),
        (1, {"filename": 4}, "node 1: expected 'filename' to be text; got 4"),
    ],
)
def test_a_malformed_node_is_named(tmp_path: Path, index: int, fields: dict[str, Any], message: str) -> None:
    leaves = [{"leaf": True, "merging_distance": 5.0, "node_index": i, "instance_index": i, "filename": f"{i}.png"} for i in range(2)] + [
        {"leaf": True, "merging_distance": 7.0, "node_index": 2, "instance_index": 2, "filename": "2.png"}
    ]
    inner = {"leaf": False, "merging_distance": 7.0, "node_index": 3, "children": leaves[:2]}
    content = {"tree": {"leaf": False, "node_index": 4, "children": [inner, leaves[2]]}, "classes": ["cat", "dog"]}
    if index == 2:
        fields = {**fields, "leaf": False}
    with pytest.raises(SourceError) as error:
        read_dendromap(written(tmp_path / "a.json", break_node(content, index, **fields)))
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is not JSON"),
        ("[1]", "expected an object with a 'tree', or with one for each class; got a list of 1"),
        ('{"a": 1}', "expected a 'tree', or one for each class; it has a"),
        ('{"cat": {"leaf": true, "instance_index": 0}, "dog": {}}', "expected 'dog' to be a tree"),
        ('{"tree": {"leaf": true, "instance_index": 0}, "classes": "cat"}', "expected 'classes' to be a list of names; got 'cat'"),
        ('{"tree": {"leaf": true, "instance_index": 0}, "classes": ["a", "a"]}', "'a' repeats"),
        ('{"tree": {"leaf": true, "instance_index": 0}, "nodes": 3}', "expected 'nodes' to be a list of objects; got 3"),
        ('{"tree": {"leaf": true, "instance_index": 0}, "nodes": [{"instance_index": []}]}', "entry 0 of 'nodes' to be a whole number"),
        ('{"tree": {"children": [' + "[" * 5000 + "]" * 5000 + ", 1]}}", "to be nodes; got a list of 1"),
    ],
)
def test_what_is_no_dendromap_file_is_refused_in_one_sentence(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(SourceError) as error:
        read_dendromap(tmp_path / "a.json")
    assert message in str(error.value)


@pytest.mark.shared_data
@pytest.mark.skipif(not SHARED.exists(), reason="../shared/data is not here")
def test_the_cifar10_class_file_has_9_277_of_10_000_correct() -> None:
    found = read_dendromap(SHARED)
    assert len(found.trees) == 10 and len(found.samples) == 10_000 and found.samples["id"].is_unique
    assert (found.samples["label"] == found.samples["prediction"]).sum() == 9277
    for name, stored in found.trees.items():
        assert stored.tree.n == 1000 and stored.similar.shape == (1000, 25) and stored.tree.meta["raised"] == 0
        assert (found.samples["label"].iloc[stored.rows] == name).all()
    top = found.trees["airplane"].tree.height[-3:]
    assert top.tolist() == [89.69, 105.806, 148.51]
