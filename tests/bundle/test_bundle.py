"""A bundle gives back what was written, refuses what is damaged, and names the file that is."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from repgeom_core.bundle import Head, append_to, create_bundle, delete_bundle, list_bundles, open_bundle
from repgeom_core.errors import BundleError
from repgeom_core.sources.dataset import Dataset

N, D, K = 50, 7, 3
CLASSES = ("cat", "dog", "<b>ship</b>")


class Squares:
    """Images whose colour is their row number."""

    def __len__(self) -> int:
        return N

    def load(self, rows):
        return [Image.new("RGB", (8, 8), (int(r) * 5, 0, 0)) for r in rows]


def make_dataset(images=None) -> Dataset:
    y = np.arange(N) % K
    samples = pd.DataFrame(
        {
            "id": [f"s{i}" for i in range(N)],
            "label": pd.Categorical.from_codes(y, categories=pd.Index(CLASSES)),
            "split": np.where(np.arange(N) < 30, "train", "test"),
            "brightness": np.linspace(0, 1, N),
        }
    )
    return Dataset(name="little", samples=samples, classes=CLASSES, images=images)


@pytest.fixture
def X() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(N, D)).astype(np.float32)


@pytest.fixture
def written(tmp_path: Path, X: np.ndarray) -> Path:
    rng = np.random.default_rng(1)
    W, b = rng.normal(size=(K, D)).astype(np.float32), rng.normal(size=K).astype(np.float32)
    writer = create_bundle(tmp_path / "b", make_dataset(Squares()), shard_rows=16)
    writer.add_checkpoint(
        "epoch 1", 1, {"layer1.0/relu": X, "..": X[:, :2]}, {"layer1.0/relu": "gap"}, Head(W, b, "layer1.0/relu"), X @ W.T + b
    )
    return tmp_path / "b"


def test_arrays_come_back_bit_for_bit(written: Path, X: np.ndarray) -> None:
    features = open_bundle(written).features("layer1.0/relu", "epoch 1")
    assert features.shape == (N, D) and len(features.entry.shards) == 4
    np.testing.assert_array_equal(np.asarray(features), X)
    np.testing.assert_array_equal(np.concatenate([piece for _, piece in features.chunks(5)]), X)
    rows = np.random.default_rng(2).integers(0, N, 200)
    np.testing.assert_array_equal(features.take(rows), X[rows])
    np.testing.assert_array_equal(features[X[:, 0] > 0], X[X[:, 0] > 0])
    np.testing.assert_array_equal(features[3], X[3])
    np.testing.assert_array_equal(features[10:40:7], X[10:40:7])


def test_rows_outside_the_array_are_refused(written: Path) -> None:
    features = open_bundle(written).features("..", "epoch 1")
    for rows in ([N], [-1]):
        with pytest.raises(IndexError, match=r"\[0, 50\)"):
            features.take(rows)


def test_shards_are_plain_npy_files(written: Path, X: np.ndarray) -> None:
    np.testing.assert_array_equal(np.load(written / "features/epoch 1/layer1.0%2Frelu/00001.npy", allow_pickle=False), X[16:32])


def test_layer_names_cannot_leave_the_folder(written: Path) -> None:
    inside = {p.name for p in (written / "features/epoch 1").iterdir()}
    assert inside == {"layer1.0%2Frelu", "%2E."}


def test_samples_keep_columns_and_gain_predictions(written: Path, X: np.ndarray) -> None:
    bundle = open_bundle(written)
    table = bundle.samples("epoch 1")
    head = bundle.head("epoch 1")
    logits = (X @ head.W.T + head.b).astype(np.float64)
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    y = np.arange(N) % K
    assert list(table["label"].cat.categories) == list(CLASSES)
    np.testing.assert_array_equal(table["prediction"].cat.codes, logits.argmax(axis=1))
    np.testing.assert_allclose(table["confidence"], probabilities.max(axis=1), rtol=1e-5)
    np.testing.assert_allclose(table["loss"], -np.log(probabilities[np.arange(N), y]), rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(table["correct"].astype(bool), logits.argmax(axis=1) == y)
    np.testing.assert_array_equal(bundle.y, y)
    np.testing.assert_allclose(table["brightness"], np.linspace(0, 1, N))
    assert "prediction" not in bundle.samples()


def test_accuracy_is_the_share_of_right_predictions_by_split(written: Path) -> None:
    bundle = open_bundle(written)
    correct = bundle.samples("epoch 1")["correct"].to_numpy(dtype=bool)
    assert bundle.checkpoints[0].accuracy == {"train": correct[:30].mean(), "test": correct[30:].mean()}


def test_samples_without_labels_have_no_accuracy(tmp_path: Path, X: np.ndarray) -> None:
    dataset = Dataset(name="bare", samples=pd.DataFrame({"id": [str(i) for i in range(N)]}))
    writer = create_bundle(tmp_path / "b", dataset)
    entry = writer.add_checkpoint("only", features={"x": X}, logits=X[:, :3])
    assert entry.accuracy == {}
    table = open_bundle(tmp_path / "b").samples("only")
    assert table["loss"].isna().all() and list(table["prediction"].cat.categories) == ["class 0", "class 1", "class 2"]


def test_splits_select_their_rows_in_order(written: Path) -> None:
    bundle = open_bundle(written)
    assert bundle.splits == ("train", "test")
    np.testing.assert_array_equal(bundle.rows("test"), np.arange(30, 50))
    np.testing.assert_array_equal(bundle.rows("all"), np.arange(50))
    with pytest.raises(BundleError, match="no split 'dev'"):
        bundle.rows("dev")


def test_thumbnails_come_back_in_the_order_asked(written: Path) -> None:
    images = open_bundle(written).thumbnails.images([40, 3, 40])
    assert [image.getpixel((4, 4)) for image in images] == [(200, 0, 0), (15, 0, 0), (200, 0, 0)]


def test_a_contact_sheet_holds_the_rows_in_reading_order(written: Path) -> None:
    sheet = Image.open(io.BytesIO(open_bundle(written).thumbnails.contact_sheet([40, 3, 7], columns=2)))
    assert sheet.size == (16, 16)
    assert [sheet.getpixel(at) for at in ((4, 4), (12, 4), (4, 12), (12, 12))] == [(200, 0, 0), (15, 0, 0), (35, 0, 0), (128, 128, 128)]


def test_sheets_of_a_split_are_numbered_by_its_rows(written: Path) -> None:
    sheet = Image.open(io.BytesIO(open_bundle(written).thumbnails.of_rows(np.arange(30, 50)).sheet_bytes(0)))
    assert [sheet.getpixel((8 * cell + 4, 4)) for cell in (0, 19)] == [(150, 0, 0), (245, 0, 0)]


def test_a_checkpoint_can_be_appended_and_deleted(written: Path, X: np.ndarray) -> None:
    writer = append_to(written)
    writer.add_checkpoint("epoch 2", 2, {"..": X})
    assert [c.name for c in open_bundle(written).checkpoints] == ["epoch 1", "epoch 2"]
    with pytest.raises(BundleError, match="already has a checkpoint 'epoch 2'"):
        writer.add_checkpoint("epoch 2", 2, {"..": X})
    writer.delete_checkpoint("epoch 1")
    assert [c.name for c in open_bundle(written).checkpoints] == ["epoch 2"]
    assert not (written / "features/epoch 1").exists()


def test_float16_overflow_is_refused_not_stored_as_infinity(tmp_path: Path, X: np.ndarray) -> None:
    writer = create_bundle(tmp_path / "b", make_dataset(), dtype="float16")
    X[13, 2] = 1e6
    with pytest.raises(BundleError, match=r"too large for float16.*first is row 13"):
        writer.add_checkpoint("c", features={"x": X})


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_non_finite_features_are_counted_and_the_first_is_named(tmp_path: Path, X: np.ndarray, bad: float) -> None:
    X[[21, 33], 0] = bad
    with pytest.raises(BundleError, match=r"layer 'x' of checkpoint 'c': 2 of the rows.*first is row 21"):
        create_bundle(tmp_path / "b", make_dataset()).add_checkpoint("c", features={"x": X})


def test_large_finite_values_are_kept(tmp_path: Path, X: np.ndarray) -> None:
    X[:] = 3e38
    create_bundle(tmp_path / "b", make_dataset()).add_checkpoint("c", features={"x": X})
    np.testing.assert_array_equal(np.asarray(open_bundle(tmp_path / "b").features("x", "c")), X)


def test_arrays_of_another_length_are_refused(tmp_path: Path, X: np.ndarray) -> None:
    with pytest.raises(BundleError, match="expected an array of 50 rows"):
        create_bundle(tmp_path / "b", make_dataset()).add_checkpoint("c", features={"x": X[:49]})


def test_an_existing_folder_is_not_overwritten_unless_asked(written: Path, tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="already a bundle"):
        create_bundle(written, make_dataset())
    create_bundle(written, make_dataset(), overwrite=True)
    assert open_bundle(written).checkpoints == ()
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis/chapter.txt").write_text("precious")
    with pytest.raises(BundleError, match="exists and is not a bundle"):
        create_bundle(tmp_path / "thesis", make_dataset(), overwrite=True)
    with pytest.raises(BundleError, match="not a bundle"):
        delete_bundle(tmp_path / "thesis")
    assert (tmp_path / "thesis/chapter.txt").read_text() == "precious"


def test_list_is_newest_first_and_delete_removes(written: Path) -> None:
    assert list_bundles(written.parent) == [written]
    delete_bundle(written)
    assert list_bundles(written.parent) == [] and not written.exists()


# -- damage -----------------------------------------------------------------------------------------------------


def edit_manifest(path: Path, change) -> None:
    manifest = json.loads((path / "manifest.json").read_text())
    change(manifest)
    (path / "manifest.json").write_text(json.dumps(manifest))


def test_newer_schema_is_refused_with_both_versions(written: Path) -> None:
    edit_manifest(written, lambda m: m.update(schema=99))
    with pytest.raises(BundleError, match=r"manifest.json has schema version 99; this RepGeom reads up to 1"):
        open_bundle(written)


@pytest.mark.parametrize(
    "file",
    [
        "samples.parquet",
        "features/epoch 1/%2E./00002.npy",
        "logits/epoch 1/00000.npy",
        "heads/epoch 1.safetensors",
        "predictions/epoch 1.parquet",
        "thumbnails/00000.webp",
    ],
)
def test_a_missing_file_is_named(written: Path, file: str) -> None:
    (written / file).unlink()
    with pytest.raises(BundleError, match="is missing") as caught:
        open_bundle(written)
    assert str(written / file) in str(caught.value)


@pytest.mark.parametrize("change", [-1, +1])
def test_truncated_shard_names_the_file(written: Path, change: int) -> None:
    path = written / "features/epoch 1/%2E./00001.npy"
    content = path.read_bytes()
    path.write_bytes(content[:-1] if change < 0 else content + b"x")
    with pytest.raises(BundleError, match="truncated" if change < 0 else "longer") as caught:
        open_bundle(written)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    "file", ["features/epoch 1/%2E./00001.npy", "heads/epoch 1.safetensors", "thumbnails/00000.webp", "predictions/epoch 1.parquet"]
)
def test_one_flipped_bit_is_found_by_verify(written: Path, file: str) -> None:
    bundle = open_bundle(written)
    bundle.verify()
    content = bytearray((written / file).read_bytes())
    content[-3] ^= 1
    (written / file).write_bytes(content)
    with pytest.raises(BundleError, match="digest differs") as caught:
        open_bundle(written).verify()
    assert str(written / file) in str(caught.value)


def test_other_ids_in_the_table_are_refused(written: Path, tmp_path: Path) -> None:
    other = make_dataset()
    other.samples["id"] = other.samples["id"] + "x"
    create_bundle(tmp_path / "other", other)
    (written / "samples.parquet").write_bytes((tmp_path / "other/samples.parquet").read_bytes())
    with pytest.raises(BundleError, match=r"samples.parquet holds other sample ids"):
        open_bundle(written)


def test_a_checkpoint_for_other_ids_is_refused(written: Path) -> None:
    edit_manifest(written, lambda m: m["checkpoints"][0].update(ids_digest="0" * 32))
    with pytest.raises(BundleError, match="extracted for other samples"):
        open_bundle(written)


@pytest.mark.parametrize("content", ["", "{", "[]", "\udcff"])
def test_a_broken_manifest_is_named(written: Path, content: str) -> None:
    (written / "manifest.json").write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(BundleError, match="manifest.json"):
        open_bundle(written)


@pytest.mark.parametrize("field", ["name", "samples", "checkpoints", "classes", "shard_rows"])
def test_a_missing_field_is_named(written: Path, field: str) -> None:
    edit_manifest(written, lambda m: m.pop(field))
    with pytest.raises(BundleError, match=f"'{field}' is missing"):
        open_bundle(written)


def test_a_folder_without_manifest_is_no_bundle(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"no manifest.json"):
        open_bundle(tmp_path)
    with pytest.raises(BundleError, match="There is no bundle at"):
        open_bundle(tmp_path / "nowhere")


def test_unknown_checkpoints_and_layers_are_answered_with_what_there_is(written: Path) -> None:
    bundle = open_bundle(written)
    with pytest.raises(BundleError, match="It has: epoch 1"):
        bundle.features("x", "epoch 9")
    with pytest.raises(BundleError, match=r"It has: layer1.0/relu"):
        bundle.features("x", "epoch 1")


# -- resuming ---------------------------------------------------------------------------------------------------


def test_a_writer_goes_on_at_the_first_missing_shard_and_ends_bit_identical(tmp_path: Path, X: np.ndarray) -> None:
    whole = create_bundle(tmp_path / "whole", make_dataset(), shard_rows=16)
    whole.add_checkpoint("c", features={"x": X})
    broken = create_bundle(tmp_path / "broken", make_dataset(), shard_rows=16)
    first = broken.shards("c", "x", D)
    first.append(X[:40])  # two whole shards and half a third, then the process dies
    resumed = append_to(tmp_path / "broken").shards("c", "x", D)
    assert resumed.done_rows == 32
    again = append_to(tmp_path / "broken")
    again.add_checkpoint("c", features={"x": X})
    a, b = open_bundle(tmp_path / "whole"), open_bundle(tmp_path / "broken")
    assert a.features("x", "c").digest == b.features("x", "c").digest
    b.verify()


def test_shards_of_another_shape_are_not_taken_over(tmp_path: Path, X: np.ndarray) -> None:
    writer = create_bundle(tmp_path / "b", make_dataset(), shard_rows=16)
    writer.shards("c", "x", 4).append(X[:20, :4])
    assert writer.shards("c", "x", 8).done_rows == 0


def test_layers_that_differ_only_in_case_are_refused_where_the_disk_takes_them_for_one(
    tmp_path: Path, X: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = create_bundle(tmp_path / "b", make_dataset(), shard_rows=16)
    writer.shards("c", "x", D).append(X)
    listing = Path.iterdir
    # Such a disk keeps the name under which a folder was first made.
    monkeypatch.setattr(Path, "iterdir", lambda folder: (path.with_name(path.name.lower()) for path in listing(folder)))
    with pytest.raises(BundleError, match=r"layer 'X' of checkpoint 'c': .* same folder as 'x'; choose names that differ"):
        writer.shards("c", "X", D)
    with pytest.raises(BundleError, match="same folder as 'c'"):
        writer.logit_shards("C", D)
    assert writer.shards("c", "x", D).done_rows == N


def test_finishing_too_early_is_refused(tmp_path: Path, X: np.ndarray) -> None:
    writer = create_bundle(tmp_path / "b", make_dataset(), shard_rows=16)
    writer.shards("c", "x", D).append(X[:20])
    with pytest.raises(BundleError, match="expected 50 rows, got 20"):
        writer.finish_checkpoint("c")
    assert open_bundle(tmp_path / "b").checkpoints == ()


def test_equal_content_has_equal_digests_and_other_content_other(tmp_path: Path, X: np.ndarray) -> None:
    writer = create_bundle(tmp_path / "b", make_dataset(), shard_rows=16)
    Y = X.copy()
    Y[49, 6] = np.nextafter(Y[49, 6], 9)
    writer.add_checkpoint("c", features={"x": X, "same": X.copy(), "other": Y, "narrow": X[:, :6]})
    digests = [writer.bundle.features(layer, "c").digest for layer in ("x", "same", "other", "narrow")]
    assert digests[0] == digests[1] and len(set(digests)) == 3
