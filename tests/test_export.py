"""Exported files hold the bundle's numbers, and other tools' readers take them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from repgeom_core.bundle import Bundle, Head, create_bundle, open_bundle
from repgeom_core.errors import Cancelled, RepGeomError
from repgeom_core.export import export_features
from repgeom_core.progress import Progress
from repgeom_core.sources import Dataset

N = 5000  # more than one piece


class Dots:
    def __len__(self) -> int:
        return N

    def load(self, rows: np.ndarray) -> list[Image.Image]:
        return [Image.new("RGB", (2, 2), (int(row) % 256, int(row) // 256, 0)) for row in rows]


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    random = np.random.default_rng(0)
    label = pd.Categorical.from_codes(np.r_[-1, np.arange(N - 1) % 3], categories=pd.Index(["a", "b", "c"]))
    split = np.where(np.arange(N) % 4 == 0, "test", "train")
    samples = pd.DataFrame({"id": [f"s{i}" for i in range(N)], "label": label, "split": split, "text": "tab\there\nand on"})
    writer = create_bundle(tmp_path_factory.mktemp("bundles") / "many", Dataset("many", samples, ("a", "b", "c"), images=Dots()))
    for name in ("first", "last"):
        X = random.normal(size=(N, 6)).astype(np.float32)
        W, b = random.normal(size=(3, 6)).astype(np.float32), np.zeros(3, np.float32)
        other = random.normal(size=(N, 2))
        writer.add_checkpoint(name, features={"features": X, "block/1": other}, head=Head(W, b, "features"), logits=X @ W.T)
    return open_bundle(writer.path)


def test_parquet_holds_every_column_and_the_features_of_the_split(bundle: Bundle, tmp_path: Path) -> None:
    out = export_features(bundle, "parquet", tmp_path / "x.parquet", checkpoint="first", split="test")
    table = pd.read_parquet(out)
    rows = bundle.rows("test")
    assert table["id"].tolist() == bundle.ids[rows].tolist()
    assert set(bundle.samples("first").columns) | {"features"} == set(table.columns)
    np.testing.assert_array_equal(np.stack(table["features"]), bundle.features("features", "first").take(rows))


def test_npz_loads_without_pickle_and_holds_features_labels_and_predictions(bundle: Bundle, tmp_path: Path) -> None:
    out = export_features(bundle, "npz", tmp_path / "x.npz")
    with np.load(out, allow_pickle=False) as arrays:
        np.testing.assert_array_equal(arrays["features"], np.asarray(bundle.features("features", "last")))
        np.testing.assert_array_equal(arrays["labels"], bundle.y)
        np.testing.assert_array_equal(arrays["predictions"], np.asarray(bundle.logits("last")).argmax(1))
        assert arrays["class_names"].tolist() == ["a", "b", "c"]
        assert arrays["ids"].tolist() == bundle.ids.tolist()
        assert arrays["splits"][:2].tolist() == ["test", "train"]


def test_projector_folder_has_matching_tensors_metadata_and_sprite(bundle: Bundle, tmp_path: Path) -> None:
    out = export_features(bundle, "projector", tmp_path / "p", layer="block/1")
    (embedding,) = json.loads((out / "projector_config.json").read_text())["embeddings"]
    tensors = np.fromfile(out / embedding["tensorPath"], "<f4").reshape(embedding["tensorShape"])
    np.testing.assert_array_equal(tensors, np.asarray(bundle.features("block/1", "last")))
    lines = (out / embedding["metadataPath"]).read_text().split("\n")
    assert lines[0].split("\t")[:2] == ["id", "label"]
    assert [line.split("\t")[:2] for line in lines[1:4]] == [["s0", ""], ["s1", "a"], ["s2", "b"]]
    assert len(lines) == N + 2  # header, samples, the end of the last line
    assert {line.count("\t") for line in lines[:-1]} == {lines[0].count("\t")}
    sprite = Image.open(out / embedding["sprite"]["imagePath"])
    width, height = embedding["sprite"]["singleImageDim"]
    columns = sprite.width // width
    assert sprite.getpixel((4321 % columns * width, 4321 // columns * height)) == (4321 % 256, 4321 // 256, 0)


def test_the_default_name_says_bundle_checkpoint_and_layer(bundle: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert export_features(bundle, "npz", layer="block/1") == Path("many-last-block_1.npz")
    assert Path("many-last-block_1.npz").exists()


def test_what_is_there_is_replaced_only_when_told(bundle: Bundle, tmp_path: Path) -> None:
    out = tmp_path / "x.npz"
    out.write_text("mine")
    with pytest.raises(RepGeomError, match="--overwrite"):
        export_features(bundle, "npz", out)
    assert out.read_text() == "mine"
    export_features(bundle, "npz", out, overwrite=True)
    assert np.load(out)["features"].shape == (N, 6)


def test_a_folder_with_other_things_is_never_replaced(bundle: Bundle, tmp_path: Path) -> None:
    export_features(bundle, "projector", tmp_path / "p")
    (tmp_path / "p" / "thesis.tex").write_text("precious")
    with pytest.raises(RepGeomError, match="other things"):
        export_features(bundle, "projector", tmp_path / "p", overwrite=True)
    assert (tmp_path / "p" / "thesis.tex").read_text() == "precious"


@pytest.mark.parametrize("format", ["parquet", "npz", "projector"])
def test_a_cancelled_export_leaves_nothing(bundle: Bundle, tmp_path: Path, format: str) -> None:
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        export_features(bundle, format, tmp_path / "x", progress=progress)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("wrong", "named"), [({"layer": "nose"}, "nose"), ({"checkpoint": "nose"}, "nose"), ({"split": "nose"}, "nose")])
def test_what_the_bundle_does_not_have_is_named(bundle: Bundle, tmp_path: Path, wrong: dict[str, str], named: str) -> None:
    with pytest.raises(RepGeomError, match=named):
        export_features(bundle, "npz", tmp_path / "x.npz", **wrong)
