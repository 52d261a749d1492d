"""DendroMap's JSON as a source: samples, trees, features and images, and the bundle made of it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from repgeom_core.bundle import open_bundle
from repgeom_core.errors import SourceError
from repgeom_core.hierarchy.files.stored import stored_trees
from repgeom_core.sources import inspect_source, read_source
from repgeom_core.sources.to_bundle import dataset_to_bundle

SHARED = Path(__file__).parents[2].parent / "shared/data/dendromap/cifar10_resnet50_classes.json"


def pair(name: str, height: float, classes: tuple[str, str] = ("cat", "cat")) -> dict:
    """A tree of two leaves of the true class ``name``."""
    leaves = [
        {"leaf": True, "merging_distance": height, "node_index": i, "instance_index": i, "filename": f"{name}-{i}.png", "node_count": 1,
         "true_class": name, "predicted_class": classes[i], "similar": [1 - i]}
        for i in range(2)
    ]  # fmt: skip
    return {"leaf": False, "node_index": 2, "children": leaves, "node_count": 2}


@pytest.fixture
def class_file(tmp_path: Path) -> Path:
    path = tmp_path / "pets.json"
    path.write_text(json.dumps({"classes": ["cat", "dog"], "cat": pair("cat", 2.0), "dog": pair("dog", 3.0, ("cat", "dog"))}))
    return path


@pytest.fixture
def older_file(tmp_path: Path) -> Path:
    path = tmp_path / "older.json"
    leaves = [{"leaf": True, "node_index": i, "instance_index": 5 - i, "filename": f"{i}.png", "true_class": "a"} for i in range(2)]
    tree = {"leaf": False, "merging_distance": 8.0, "node_index": 2, "children": leaves}
    nodes = [{"instance_index": 5 - i, "features": [i, i + 0.5, 7]} for i in range(2)]
    path.write_text(json.dumps({"dataset": "d", "filters": [], "tree": tree, "nodes": nodes, "classes": ["a", "b"]}))
    return path


def test_a_class_file_gives_its_trees_and_one_of_all_classes(class_file: Path) -> None:
    dataset = read_source(class_file)
    assert dataset.name == "pets" and dataset.classes == ("cat", "dog") and dataset.features == {}
    assert dataset.samples["id"].tolist() == ["cat-0.png", "cat-1.png", "dog-0.png", "dog-1.png"]
    assert dataset.y.tolist() == [0, 0, 1, 1] and dataset.predictions.tolist() == [0, 0, 0, 1]
    assert list(dataset.trees) == ["all classes", "cat", "dog"]
    whole = dataset.trees["all classes"]
    assert whole.tree.height[:2].tolist() == [2, 3] and whole.tree.height[2] > 3
    assert whole.tree.approximate.tolist() == [False, False, True] and whole.similar.tolist() == [[1], [0], [3], [2]]


def test_the_preview_names_the_trees(class_file: Path, older_file: Path) -> None:
    preview = inspect_source(class_file)
    assert preview.kind == "DendroMap trees" and preview.n == 4 and preview.trees == ("all classes", "cat", "dog")
    assert preview.roles == {"id": "id", "label": "label", "prediction": "prediction"}
    assert preview.rows["prediction"].tolist() == ["cat", "cat", "cat", "dog"]
    older = inspect_source(older_file)
    assert older.kind == "DendroMap trees (older format)" and older.roles["features"] == "features"


def test_features_of_the_older_kind_are_a_layer(older_file: Path, tmp_path: Path) -> None:
    dataset = read_source(older_file)
    assert dataset.trees["tree"].tree.height.tolist() == [4.0]
    bundle = dataset_to_bundle(dataset, tmp_path / "b")
    assert np.asarray(bundle.features("features", "data")).tolist() == [[1, 1.5, 7], [0, 0.5, 7]]  # by instance_index
    assert dataset.samples["id"].tolist() == ["1.png", "0.png"]


def test_a_bundle_of_trees_has_no_layers_and_keeps_its_trees(class_file: Path, tmp_path: Path) -> None:
    dataset_to_bundle(read_source(class_file), tmp_path / "b")
    bundle = open_bundle(tmp_path / "b")
    bundle.verify()
    (checkpoint,) = bundle.checkpoints
    assert checkpoint.layers == {} and checkpoint.accuracy == {"all": 0.75}
    found = stored_trees(bundle)
    assert list(found) == ["all classes", "cat", "dog"] and found["dog"].rows.tolist() == [2, 3]
    assert found["dog"].similar.tolist() == [[3], [2]]


def test_images_beside_the_file_are_its_thumbnails(class_file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "images"
    folder.mkdir()
    names = ["cat-0.png", "cat-1.png", "dog-0.png", "dog-1.png"]
    for i, name in enumerate(names[:3]):
        Image.new("RGB", (4, 4), (60 * i, 0, 0)).save(folder / name)
    dataset = read_source(class_file)
    assert dataset.images is None and "holds only 3 of 4 images" in dataset.warnings[0]
    Image.new("RGB", (4, 4), (180, 0, 0)).save(folder / names[3])
    bundle = dataset_to_bundle(read_source(class_file), tmp_path / "b")
    assert [image.getpixel((0, 0))[0] // 50 for image in bundle.thumbnails.images([0, 1, 2, 3])] == [0, 1, 2, 3]
    assert bundle.checkpoints[0].layers == {}


def test_images_of_a_folder_that_was_named_must_be_there(class_file: Path, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="does not hold 'cat-0.png', an image that pets.json names"):
        read_source(class_file, images=tmp_path)
    assert read_source(class_file).images is None


def test_file_names_that_lead_elsewhere_are_no_images(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    Image.new("RGB", (4, 4)).save(tmp_path / "secret.png")
    tree = pair("cat", 1.0)
    for leaf, name in zip(tree["children"], ("../secret.png", str(tmp_path / "secret.png")), strict=True):
        leaf["filename"] = name
    (tmp_path / "in" / "a.json").write_text(json.dumps({"tree": tree, "classes": ["cat"]}))
    assert read_source(tmp_path / "in" / "a.json").images is None


def test_trees_of_several_files_are_kept_each_over_its_own_samples(class_file: Path, tmp_path: Path) -> None:
    other = tmp_path / "more.json"
    other.write_text(json.dumps({"tree": pair("eel", 1.0, ("eel", "eel")), "classes": ["eel"]}))
    dataset = read_source([class_file, other], splits=["one", "two"])
    assert dataset.classes == ("cat", "dog", "eel") and dataset.trees["tree"].rows.tolist() == [4, 5]
    assert dataset.trees["tree"].similar.tolist() == [[5], [4]]
    twice = read_source([class_file, class_file], splits=["one", "two"], prefix_ids=True)
    assert list(twice.trees)[::3] == ["pets: all classes", "pets: all classes (2)"] and len(twice.trees) == 6


def test_a_tree_goes_with_its_last_sample(class_file: Path) -> None:
    kept = read_source(class_file).take([3, 2, 1])
    assert list(kept.trees) == ["dog"] and kept.trees["dog"].rows.tolist() == [1, 0]
    assert [warning for warning in kept.warnings if "all classes" in warning]


@pytest.mark.parametrize("content", ['{"type": "FeatureCollection"}', "[]", "{"])
def test_other_json_is_refused_by_name(tmp_path: Path, content: str) -> None:
    (tmp_path / "map.json").write_text(content)
    with pytest.raises(SourceError, match=r"map\.json"):
        read_source(tmp_path / "map.json")


@pytest.mark.shared_data
@pytest.mark.skipif(not SHARED.exists(), reason="../shared/data is not here")
def test_the_cifar10_class_file_becomes_a_bundle(tmp_path: Path) -> None:
    bundle = dataset_to_bundle(read_source(SHARED), tmp_path / "b")
    found = stored_trees(bundle)
    assert bundle.n == 10_000 and bundle.samples("data")["correct"].sum() == 9277
    assert found["all classes"].tree.n == 10_000 and len(found) == 11 and not found.damaged
