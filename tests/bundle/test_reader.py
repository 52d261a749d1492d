"""An open bundle says what it holds, and names the file that is missing or damaged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from repgeom_core.bundle import create_bundle, delete_bundle, list_bundles, open_bundle
from repgeom_core.errors import BundleError
from repgeom_core.sources.dataset import Dataset

N = 50
K = 3
CLASSES = ("cat", "dog", "<b>ship</b>")


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
    np.testing.assert_array_equal(bundle.predicted("epoch 1"), logits.argmax(axis=1))
    np.testing.assert_array_equal(bundle.wrong("epoch 1"), logits.argmax(axis=1) != y)


def test_splits_select_their_rows_in_order(written: Path) -> None:
    bundle = open_bundle(written)
    assert bundle.splits == ("train", "test")
    np.testing.assert_array_equal(bundle.rows("test"), np.arange(30, 50))
    np.testing.assert_array_equal(bundle.rows("all"), np.arange(50))
    with pytest.raises(BundleError, match="no split 'dev'"):
        bundle.rows("dev")


def test_list_is_newest_first_and_delete_removes(written: Path) -> None:
    assert list_bundles(written.parent) == [written]
    delete_bundle(written)
    assert list_bundles(written.parent) == [] and not written.exists()


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


def test_other_ids_in_the_table_are_refused(written: Path, tmp_path: Path, make_dataset: Callable[..., Dataset]) -> None:
    other = make_dataset()
    other.samples["id"] = other.samples["id"] + "x"
    create_bundle(tmp_path / "other", other)
    (written / "samples.parquet").write_bytes((tmp_path / "other/samples.parquet").read_bytes())
    with pytest.raises(BundleError, match=r"samples.parquet holds other sample ids"):
        open_bundle(written)


def test_a_checkpoint_for_other_ids_is_refused(written: Path, edit_manifest: Callable[..., None]) -> None:
    edit_manifest(written, lambda m: m["checkpoints"][0].update(ids_digest="0" * 32))
    with pytest.raises(BundleError, match="extracted for other samples"):
        open_bundle(written)


def test_a_folder_without_manifest_is_no_bundle(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"no manifest.json"):
        open_bundle(tmp_path)
    with pytest.raises(BundleError, match="There is no bundle at"):
        open_bundle(tmp_path / "nowhere")


def test_unknown_checkpoints_and_layers_are_answered_with_what_there_is(written: Path) -> None:
    bundle = open_bundle(written)
    with pytest.raises(BundleError, match="Did you mean 'epoch 1'"):
        bundle.features("x", "epoch 9")
    with pytest.raises(BundleError, match=r"Known: layer1.0/relu"):
        bundle.features("x", "epoch 1")
