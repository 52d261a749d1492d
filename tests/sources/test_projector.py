from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from repgeom_core.errors import SourceError
from repgeom_core.sources import inspect_source, read_source

X = np.random.default_rng(0).normal(size=(5, 3)).astype("<f4")


def make(folder, metadata=None, with_sprite=False, tensor="t.bytes", **entry):
    config = {"tensorName": "T", "tensorShape": [5, 3], "tensorPath": tensor}
    if tensor.endswith("bytes"):
        X.tofile(folder / "t.bytes")
    else:
        np.savetxt(folder / tensor, X, fmt="%.9g", delimiter="\t")
    if metadata is not None:
        (folder / "meta.tsv").write_text(metadata)
        config["metadataPath"] = "meta.tsv"
    if with_sprite:
        sheet = np.zeros((12, 8, 3), dtype=np.uint8)  # 3 rows of 2 cells, 4 x 4 each
        for k in range(5):
            sheet[k // 2 * 4 : k // 2 * 4 + 4, k % 2 * 4 : k % 2 * 4 + 4] = 40 * k
        Image.fromarray(sheet).save(folder / "s.png")
        config["sprite"] = {"imagePath": "s.png", "singleImageDim": [4, 4]}
    (folder / "projector_config.json").write_text(json.dumps({"embeddings": [config | entry]}))
    return folder


@pytest.mark.parametrize("tensor", ["t.bytes", "t.tsv"])
def test_tensor_is_read(tmp_path, tensor):
    data = read_source(make(tmp_path, tensor=tensor))
    np.testing.assert_array_equal(data.features["features"], X)
    assert data.name == "T" and data.classes == ()


def test_single_column_without_header_is_the_label(tmp_path):
    data = read_source(make(tmp_path, 'a\nb\na\nthe "quoted\n<b>\n'))
    assert list(data.samples["label"]) == ["a", "b", "a", 'the "quoted', "<b>"]


def test_columns_with_header_are_named(tmp_path):
    data = read_source(make(tmp_path, "label\tsize\n" + "".join(f"c{k % 2}\t{k}\n" for k in range(5))))
    assert data.classes == ("c0", "c1") and list(data.samples["size"]) == [0, 1, 2, 3, 4]


def test_sprite_cells_are_the_images(tmp_path):
    data = read_source(make(tmp_path, with_sprite=True))
    assert [image.getpixel((0, 0))[0] for image in data.images.load([4, 1, 0])] == [160, 40, 0]
    assert data.images.load([0])[0].size == (4, 4)


def test_config_file_and_folder_are_the_same_source(tmp_path):
    make(tmp_path)
    assert inspect_source(tmp_path / "projector_config.json").n == inspect_source(tmp_path).n == 5


def test_tensors_of_the_same_samples_are_layers_and_others_are_named(tmp_path):
    make(tmp_path, "T\n" * 5)
    X.tofile(tmp_path / "u.bytes")
    (config,) = json.loads((tmp_path / "projector_config.json").read_text())["embeddings"]
    second = config | {"tensorName": "U", "tensorPath": "u.bytes"}
    shorter = config | {"tensorName": "short", "tensorShape": [3, 5]}
    elsewhere = config | {"tensorName": "words", "metadataPath": "words.tsv"}
    (tmp_path / "projector_config.json").write_text(json.dumps({"embeddings": [config, second, shorter, elsewhere]}))
    data = read_source(tmp_path)
    assert list(data.features) == ["T", "U"] and data.name == tmp_path.name and data.classes == ("T",)
    np.testing.assert_array_equal(data.features["U"], X)
    assert data.warnings == ["Read tensors 'T', 'U'; also here: short, words."]
    assert list(read_source(tmp_path, tensor="U").features) == ["features"]


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"tensorShape": [6, 3]}, r"60 bytes, but float32 of shape \[6, 3\] has 72"),
        ({"tensorShape": "5x3"}, "must be .rows, columns."),
        ({"tensorPath": "gone.bytes"}, "none of the tensors .* is here"),
        ({"tensorPath": "../outside.bytes"}, "none of the tensors .* is here"),
        ({"metadataPath": "gone.tsv"}, "the metadata 'gone.tsv' .* is not here"),
        ({"sprite": {"imagePath": "t.bytes", "singleImageDim": [4, 4]}}, "cannot be read as an image"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path, entry, message):
    X.tofile(tmp_path / "outside.bytes")
    (tmp_path / "p").mkdir()
    with pytest.raises(SourceError, match=message):
        read_source(make(tmp_path / "p", **entry))


def test_metadata_of_another_length_is_refused(tmp_path):
    with pytest.raises(SourceError, match="3 lines for 5 samples"):
        read_source(make(tmp_path, "a\nb\nc\n"))


def test_sprite_with_too_few_cells_is_refused(tmp_path):
    with pytest.raises(SourceError, match="room for 1 images of 8 x 8"):
        read_source(make(tmp_path, with_sprite=True, sprite={"imagePath": "s.png", "singleImageDim": [8, 8]}))


def test_config_that_is_no_json_is_named(tmp_path):
    (tmp_path / "projector_config.json").write_text("{")
    with pytest.raises(SourceError, match="is no projector config"):
        read_source(tmp_path)


@pytest.mark.shared_data
def test_iris_is_found_beside_its_config():
    folder = Path("../shared/data/projector")
    if not folder.exists():
        pytest.skip("../shared/data is absent")
    data = read_source(folder)
    assert data.n == 150 and data.classes == ("Iris-setosa", "Iris-versicolor", "Iris-virginica")
    measured = data.samples[["sepal-length", "sepal-width", "petal-length", "petal-width"]].to_numpy()
    np.testing.assert_allclose(data.features["features"], measured, rtol=1e-6)
