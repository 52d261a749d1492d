from __future__ import annotations

import io
import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from repgeom_core.errors import SourceError
from repgeom_core.sources import inspect_source, read_source

X = np.random.default_rng(0).normal(size=(6, 4)).astype(np.float32)


def png(value: int, size: tuple[int, int] = (5, 4)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, (value, 0, 0)).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(
    "kind", [pa.list_(pa.float32()), pa.list_(pa.float32(), 4), pa.large_list(pa.float64()), pa.list_(pa.float16(), 4)]
)
def test_list_columns_are_features(tmp_path, kind):
    dtype = np.float16 if "half" in str(kind) else np.float32
    column = pa.array([list(row) for row in X.astype(dtype)], type=kind)
    pq.write_table(pa.table({"embedding": column, "label": list("abcabc")}), tmp_path / "e.parquet", row_group_size=4)
    data = read_source(tmp_path / "e.parquet")
    np.testing.assert_array_equal(np.asarray(data.features["embedding"], dtype=np.float32), X.astype(dtype).astype(np.float32))
    assert data.classes == ("a", "b", "c")


@pytest.mark.parametrize("names", [("hidden1", "hidden2"), ("x0", "x1", "x2"), ("1", "2")])
def test_each_list_column_is_a_layer_though_their_names_are_numbered(tmp_path, names):
    layers = {name: X + k for k, name in enumerate(names)}
    pq.write_table(pa.table({name: list(values) for name, values in layers.items()}), tmp_path / "e.parquet")
    data = read_source(tmp_path / "e.parquet")
    assert list(data.features) == list(names)
    for name, values in layers.items():
        np.testing.assert_array_equal(data.features[name], values)
    preview = inspect_source(tmp_path / "e.parquet")
    assert [(column.name, column.shape, column.role) for column in preview.columns] == [(name, (4,), "features") for name in names]


def test_numbered_columns_of_single_numbers_are_one_layer_beside_a_list_column(tmp_path):
    table = {f"x{k}": X[:, k] for k in range(4)} | {"x4": list(X)}
    pq.write_table(pa.table(table), tmp_path / "e.parquet")
    data = read_source(tmp_path / "e.parquet")
    np.testing.assert_array_equal(data.features["features"], X)
    np.testing.assert_array_equal(data.features["x4"], X)


def test_embedding_atlas_table_keeps_text_and_projection(tmp_path):
    table = pd.DataFrame({"text": ["some words"] * 6, "projection_x": X[:, 0], "projection_y": X[:, 1]})
    table["neighbors"] = [{"ids": [0, 1], "distances": [0.0, 1.0]}] * 6
    table["vector"] = list(X)
    table.to_parquet(tmp_path / "atlas.parquet")
    data = read_source(tmp_path / "atlas.parquet")
    assert list(data.features) == ["vector"] and data.roles["neighbors"] == "ignore"
    assert list(data.samples.columns) == ["id", "text", "projection_x", "projection_y"]
    table.drop(columns="vector").to_parquet(tmp_path / "atlas.parquet")
    assert read_source(tmp_path / "atlas.parquet").features["features"].shape == (6, 2)


def test_hugging_face_images_and_class_names_are_read(tmp_path):
    images = [{"bytes": png(k), "path": None} for k in range(4)]
    features = {"image": {"_type": "Image"}, "label": {"_type": "ClassLabel", "names": ["cat", "dog"]}}
    table = pa.table({"image": images, "label": [0, 1, 1, 0]}).replace_schema_metadata(
        {"huggingface": json.dumps({"info": {"features": features}})}
    )
    pq.write_table(table, tmp_path / "hf.parquet")
    data = read_source(tmp_path / "hf.parquet")
    assert list(data.samples["label"]) == ["cat", "dog", "dog", "cat"]
    assert data.inputs.shape == (4, 4, 5, 3) and data.inputs[[2]][0, 0, 0, 0] == 2
    assert data.images.load([3])[0].getpixel((0, 0)) == (3, 0, 0)
    assert inspect_source(tmp_path / "hf.parquet").rows["label"][1] == "dog"


def test_image_path_outside_the_folder_is_refused(tmp_path):
    Image.new("RGB", (3, 3)).save(tmp_path / "secret.png")
    (tmp_path / "data").mkdir()
    images = [{"bytes": None, "path": "../secret.png"}] * 2
    pq.write_table(pa.table({"image": images}), tmp_path / "data" / "x.parquet")
    with pytest.raises(SourceError, match="row 0 .*outside"):
        read_source(tmp_path / "data" / "x.parquet")


def test_broken_image_is_named_and_may_be_dropped(tmp_path):
    images = [{"bytes": png(1), "path": "a.png"}, {"bytes": b"no image", "path": "b.png"}, {"bytes": png(3), "path": "c.png"}]
    pq.write_table(pa.table({"image": images}), tmp_path / "x.parquet")
    with pytest.raises(SourceError, match=r"row 1 \(b.png\) cannot be read as an image"):
        read_source(tmp_path / "x.parquet")
    data = read_source(tmp_path / "x.parquet", drop_invalid=True)
    assert data.n == 2 and data.images.load([1])[0].getpixel((0, 0)) == (3, 0, 0) and data.inputs[[1]][0, 0, 0, 0] == 3


def test_ragged_vectors_name_the_row(tmp_path):
    pq.write_table(pa.table({"v": [[1.0, 2.0], [3.0, 4.0], [5.0]]}), tmp_path / "x.parquet")
    with pytest.raises(SourceError, match=r"row 2 has 1 values where row 0 has 2 \(1 rows differ\)"):
        read_source(tmp_path / "x.parquet")


@pytest.mark.parametrize("kind", [pa.list_(pa.float64()), pa.list_(pa.float64(), 2)])
def test_missing_vectors_and_values_count_as_invalid(tmp_path, kind):
    column = pa.array([[1.0, 2.0], None, [3.0, None], [5.0, 6.0]], type=kind)
    pq.write_table(pa.table({"v": column}), tmp_path / "x.parquet")
    with pytest.raises(SourceError, match="2 rows have NaN.*first is row 1"):
        read_source(tmp_path / "x.parquet")
    np.testing.assert_array_equal(np.asarray(read_source(tmp_path / "x.parquet", drop_invalid=True).features["v"]), [[1, 2], [5, 6]])


def test_nested_lists_are_arrays_of_higher_rank(tmp_path):
    pixels = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)
    column = pa.array(pixels.tolist(), type=pa.list_(pa.list_(pa.uint8())))
    pq.write_table(pa.table({"pixels": column}), tmp_path / "x.parquet")
    data = read_source(tmp_path / "x.parquet", roles={"pixels": "input"})
    np.testing.assert_array_equal(data.inputs, pixels)


def test_columns_of_every_plain_type_survive(tmp_path):
    table = pd.DataFrame(
        {"x0": X[:, 0], "x1": X[:, 1], "when": pd.date_range("2024", periods=6), "flag": [True, None] * 3, "n": [1, None] * 3}
    )
    table.astype({"n": "Int64"}).to_parquet(tmp_path / "x.parquet")
    samples = read_source(tmp_path / "x.parquet").samples
    assert samples["when"][1].day == 2 and samples["flag"].isna().sum() == 3 and samples["n"].isna().sum() == 3


@pytest.mark.parametrize("content", [b"PAR1 nonsense", b"x" * 100])
def test_damaged_file_is_named(tmp_path, content):
    (tmp_path / "x.parquet").write_bytes(content)
    with pytest.raises(SourceError, match=r"x\.parquet is truncated or no parquet file"):
        read_source(tmp_path / "x.parquet")


def test_table_without_rows_is_refused(tmp_path):
    pq.write_table(pa.table({"v": pa.array([], type=pa.list_(pa.float32(), 3))}), tmp_path / "x.parquet")
    with pytest.raises(SourceError, match="holds no samples"):
        read_source(tmp_path / "x.parquet")


def test_inspecting_reads_the_first_rows_only(tmp_path, monkeypatch):
    pq.write_table(pa.table({"v": [[1.0, 2.0]] * 100, "label": ["a"] * 100}), tmp_path / "x.parquet")
    monkeypatch.setattr(pq.ParquetFile, "read", lambda *a, **k: pytest.fail("whole columns were read"))
    seen = inspect_source(tmp_path / "x.parquet")
    assert (seen.n, seen.roles, len(seen.rows)) == (100, {"v": "features", "label": "label"}, 5)


@pytest.mark.parametrize("below", ["", "data"])
def test_folder_of_parquet_files_is_one_data_set(tmp_path, below):
    folder = tmp_path / "hub" / below
    folder.mkdir(parents=True)
    for k, name in enumerate(["test-00000-of-00001", "train-00000-of-00002", "train-00001-of-00002"]):
        pq.write_table(pa.table({"v": (X + k).tolist(), "label": list("abcabc")}), folder / f"{name}.parquet")
    data = read_source([tmp_path / "hub"])
    assert list(data.samples["split"]) == ["test"] * 6 + ["train"] * 12 and data.name == "hub"
    np.testing.assert_allclose(np.asarray(data.features["v"]), np.concatenate([X, X + 1, X + 2]), rtol=1e-6)
    assert inspect_source(tmp_path / "hub").n == 18
