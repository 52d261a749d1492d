from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from repgeom_core.bundle import Head, create_bundle
from repgeom_core.bundle.export import ROWS_AT_A_TIME, export_bundle
from repgeom_core.errors import BundleError, Cancelled
from repgeom_core.progress import Progress
from repgeom_core.sources import Dataset, read_source
from repgeom_core.sources.images import ArrayImages

N = 40
RNG = np.random.default_rng(0)
A, B = RNG.normal(size=(N, 5)).astype(np.float32), RNG.normal(size=(N, 3)).astype(np.float32)
LOGITS = RNG.normal(size=(N, 2)).astype(np.float32)
HEAD = (RNG.normal(size=(2, 3)).astype(np.float32), np.zeros(2, np.float32))
CLASSES = ("<b>cat</b>", "dog")
CODES = np.array([0, 1, -1, 1] * 10)


def dataset() -> Dataset:
    samples = pd.DataFrame(
        {
            "id": [f"s{k}" for k in range(N)],
            "label": pd.Categorical.from_codes(CODES, categories=list(CLASSES)),
            "split": ["train"] * 30 + ["test"] * 10,
            "text": ["tab\there", "line\nbreak", "quote\"d", "ü\u2028x"] * 10,
            "age": np.arange(N),
            "weight": np.where(np.arange(N) == 3, np.nan, 0.5),
        }
    )  # fmt: skip
    images = ArrayImages(np.repeat(np.arange(N, dtype=np.uint8)[:, None], 64, 1).reshape(N, 8, 8))
    return Dataset("demo", samples, CLASSES, images=images)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    writer = create_bundle(tmp_path_factory.mktemp("bundle") / "b", dataset())
    writer.add_checkpoint("first", 0, {"a": A * 0})
    writer.add_checkpoint("last", 1, {"a": A, "text": B}, head=Head(*HEAD, "text"), logits=LOGITS)
    return writer.bundle


def test_parquet_holds_all_columns_and_layers(bundle, tmp_path):
    (path,) = export_bundle(bundle, "parquet", tmp_path / "x.parquet")
    table = pd.read_parquet(path)
    assert list(table["id"]) == list(bundle.ids) and list(table["age"]) == list(range(N))
    np.testing.assert_array_equal(np.stack(table["a"]), A)
    np.testing.assert_array_equal(np.stack(table["text (features)"]), B)
    assert {"prediction", "confidence", "loss", "correct"} <= set(table.columns)
    data = read_source(path)
    np.testing.assert_array_equal(data.features["a"], A)
    assert list(data.samples["label"].astype(object).fillna("")) == ["<b>cat</b>", "dog", "", "dog"] * 10
    assert list(data.predictions) == list(LOGITS.argmax(1))


def test_parquet_of_one_split_and_layer(bundle, tmp_path):
    (path,) = export_bundle(bundle, "parquet", tmp_path / "x.parquet", "first", layers=["a"], split="test")
    table = pd.read_parquet(path)
    assert list(table["id"]) == [f"s{k}" for k in range(30, 40)] and (np.stack(table["a"]) == 0).all()
    assert "prediction" not in table


def test_npz_comes_back_by_our_own_reader(bundle, tmp_path):
    (path,) = export_bundle(bundle, "npz", tmp_path / "x.npz")
    data = read_source(path)
    np.testing.assert_array_equal(data.features["a"], A)
    np.testing.assert_array_equal(data.features["text (features)"], B)
    np.testing.assert_array_equal(data.logits, LOGITS)
    np.testing.assert_array_equal(data.head[0], HEAD[0])
    assert data.classes == CLASSES and list(data.y) == list(CODES) and list(data.predictions) == list(LOGITS.argmax(1))
    assert list(data.samples["id"]) == list(bundle.ids) and list(data.samples["split"]) == ["train"] * 30 + ["test"] * 10
    assert data.samples["text"][1] == "line\nbreak" and np.isnan(data.samples["weight"][3])


def test_npz_keeps_columns_that_are_called_like_its_own_arrays(tmp_path):
    samples = dataset().samples.assign(ids=range(N), W=1.5, labels="mine")
    writer = create_bundle(tmp_path / "b", Dataset("demo", samples, CLASSES))
    writer.add_checkpoint("last", features={"text": B}, head=Head(*HEAD, "text"))
    (path,) = export_bundle(writer.bundle, "npz", tmp_path / "x.npz")
    with np.load(path) as arrays:
        assert list(arrays["ids"]) == list(samples["id"]) and list(arrays["ids (column)"]) == list(range(N))
        np.testing.assert_array_equal(arrays["W"], HEAD[0])
        np.testing.assert_array_equal(arrays["labels"], CODES)
        assert set(arrays["labels (column)"]) == {"mine"} and set(arrays["W (column)"]) == {1.5}


def test_npz_without_its_suffix_is_found_taken_under_its_whole_name(bundle, tmp_path):
    assert export_bundle(bundle, "npz", tmp_path / "x") == [tmp_path / "x.npz"]
    assert export_bundle(bundle, "npz", tmp_path / "Y.NPZ") == [tmp_path / "Y.NPZ"]
    with pytest.raises(BundleError, match="x.npz exists"):
        export_bundle(bundle, "npz", tmp_path / "x")


@pytest.mark.parametrize("tensors", ["bytes", "tsv"])
def test_projector_folder_comes_back_by_our_own_reader(bundle, tmp_path, tensors):
    files = export_bundle(bundle, "projector", tmp_path / "p", tensors=tensors)
    names = {"metadata.tsv", "projector_config.json", "sprite.png", f"a.{tensors}", f"text.{tensors}"}
    assert {path.name for path in files} == names
    for layer, X in (("a", A), ("text", B)):
        data = read_source(tmp_path / "p", tensor=layer)
        np.testing.assert_array_equal(data.features["features"], X)
    assert list(data.samples["id"]) == list(bundle.ids)
    assert list(data.y) == list(CODES) and list(data.predictions) == list(LOGITS.argmax(1))
    assert list(data.samples["text"][:4]) == ["tab here", "line break", 'quote"d', "ü x"]
    shown = [np.asarray(image)[4, 4, 0] for image in data.images.load(range(N))]
    np.testing.assert_allclose(shown, range(N), atol=2)


def test_projector_config_names_files_that_tensorboard_finds(bundle, tmp_path):
    export_bundle(bundle, "projector", tmp_path / "p", layers=["a"], split="test")
    (entry,) = json.loads((tmp_path / "p" / "projector_config.json").read_text())["embeddings"]
    assert entry["tensorShape"] == [10, 5] and (tmp_path / "p" / entry["tensorPath"]).stat().st_size == 10 * 5 * 4
    lines = (tmp_path / "p" / entry["metadataPath"]).read_text().splitlines()
    assert len(lines) == 11 and lines[0].split("\t")[:2] == ["id", "label"]
    assert entry["sprite"]["singleImageDim"] == [8, 8]


def test_rows_beyond_one_row_group_stay_in_order(tmp_path):
    n = ROWS_AT_A_TIME + 7
    X = np.arange(n, dtype=np.float32)[:, None] * np.ones(2, np.float32)
    writer = create_bundle(tmp_path / "b", Dataset("long", pd.DataFrame({"id": [str(k) for k in range(n)]})))
    writer.add_checkpoint("c", features={"x": X})
    for format in ("parquet", "npz"):
        (path,) = export_bundle(writer.bundle, format, tmp_path / f"x.{format}")
        np.testing.assert_array_equal(np.asarray(read_source(path).features["x"]), X)
    export_bundle(writer.bundle, "projector", tmp_path / "p")
    data = read_source(tmp_path / "p")  # the only column is the id
    np.testing.assert_array_equal(data.features["features"], X)
    assert list(data.samples["id"][:2]) == ["0", "1"]


@pytest.mark.parametrize("format", ["parquet", "npz", "projector"])
def test_what_is_there_is_not_overwritten_unless_told(bundle, tmp_path, format):
    out = tmp_path / "x"
    export_bundle(bundle, format, out)
    before = sorted((p, p.stat().st_mtime_ns) for p in tmp_path.rglob("*"))
    with pytest.raises(BundleError, match="exists.*--overwrite"):
        export_bundle(bundle, format, out)
    assert sorted((p, p.stat().st_mtime_ns) for p in tmp_path.rglob("*")) == before
    export_bundle(bundle, format, out, overwrite=True)


def test_layers_called_like_the_metadata_or_like_one_another_keep_their_numbers(tmp_path):
    writer = create_bundle(tmp_path / "b", dataset())
    writer.add_checkpoint("last", 1, {"metadata": A, "Conv": B, "conv": B + 1})
    export_bundle(writer.bundle, "projector", tmp_path / "p", tensors="tsv")
    for name, values in {"metadata": A, "Conv": B, "conv": B + 1}.items():
        data = read_source(tmp_path / "p", tensor=name)
        np.testing.assert_array_equal(data.features["features"], values)
        assert list(data.samples["id"]) == [f"s{k}" for k in range(N)]


def test_folder_of_other_things_is_never_replaced(bundle, tmp_path):
    export_bundle(bundle, "projector", tmp_path / "p")
    (tmp_path / "p" / "thesis.txt").write_text("x")
    with pytest.raises(BundleError, match="holds other things .thesis.txt."):
        export_bundle(bundle, "projector", tmp_path / "p", overwrite=True)
    assert (tmp_path / "p" / "thesis.txt").exists()


def test_folder_of_tables_without_a_projector_configuration_is_never_replaced(bundle, tmp_path):
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "results.tsv").write_text("a\tb\n")
    with pytest.raises(BundleError, match="holds other things .results.tsv."):
        export_bundle(bundle, "projector", tmp_path / "p", overwrite=True)
    assert (tmp_path / "p" / "results.tsv").exists()


def test_existing_folder_gets_a_file_named_after_bundle_and_checkpoint(bundle, tmp_path):
    assert export_bundle(bundle, "npz", tmp_path) == [tmp_path / "demo-last.npz"]


@pytest.mark.parametrize("format", ["parquet", "npz", "projector"])
def test_cancelled_export_leaves_nothing_behind(bundle, tmp_path, format):
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        export_bundle(bundle, format, tmp_path / "x", progress=progress)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"format": "xlsx"}, "formats are parquet, npz, projector"),
        ({"format": "npz", "checkpoint": "middle"}, "middle"),
        ({"format": "npz", "layers": ["c"]}, "no layer 'c'. Known: a, text"),
        ({"format": "npz", "split": "val"}, "no split 'val'"),
        ({"format": "projector", "layers": []}, "no layers"),
        ({"format": "projector", "tensors": "json"}, "'bytes' or 'tsv'"),
    ],
)
def test_wrong_choices_list_the_right_ones(bundle, tmp_path, arguments, message):
    with pytest.raises(BundleError, match=message):
        export_bundle(bundle, out=tmp_path / "x", **arguments)
