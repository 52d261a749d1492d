"""Shards give back every bit, refuse what cannot be stored, and digests tell content apart."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from repgeom_core.bundle import create_bundle, open_bundle
from repgeom_core.errors import BundleError
from repgeom_core.sources.dataset import Dataset

N = 50
D = 7


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


def test_float16_overflow_is_refused_not_stored_as_infinity(tmp_path: Path, X: np.ndarray, make_dataset: Callable[..., Dataset]) -> None:
    writer = create_bundle(tmp_path / "b", make_dataset(), dtype="float16")
    X[13, 2] = 1e6
    with pytest.raises(BundleError, match=r"too large for float16.*first is row 13"):
        writer.add_checkpoint("c", features={"x": X})


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_non_finite_features_are_counted_and_the_first_is_named(
    tmp_path: Path, X: np.ndarray, bad: float, make_dataset: Callable[..., Dataset]
) -> None:
    X[[21, 33], 0] = bad
    with pytest.raises(BundleError, match=r"layer 'x' of checkpoint 'c': 2 of the rows.*first is row 21"):
        create_bundle(tmp_path / "b", make_dataset()).add_checkpoint("c", features={"x": X})


def test_large_finite_values_are_kept(tmp_path: Path, X: np.ndarray, make_dataset: Callable[..., Dataset]) -> None:
    X[:] = 3e38
    create_bundle(tmp_path / "b", make_dataset()).add_checkpoint("c", features={"x": X})
    np.testing.assert_array_equal(np.asarray(open_bundle(tmp_path / "b").features("x", "c")), X)


def test_shards_of_another_shape_are_not_taken_over(tmp_path: Path, X: np.ndarray, make_dataset: Callable[..., Dataset]) -> None:
    writer = create_bundle(tmp_path / "b", make_dataset(), shard_rows=16)
    writer.shards("c", "x", 4).append(X[:20, :4])
    assert writer.shards("c", "x", 8).done_rows == 0


def test_equal_content_has_equal_digests_and_other_content_other(
    tmp_path: Path, X: np.ndarray, make_dataset: Callable[..., Dataset]
) -> None:
    writer = create_bundle(tmp_path / "b", make_dataset(), shard_rows=16)
    Y = X.copy()
    Y[49, 6] = np.nextafter(Y[49, 6], 9)
    writer.add_checkpoint("c", features={"x": X, "same": X.copy(), "other": Y, "narrow": X[:, :6]})
    digests = [writer.bundle.features(layer, "c").digest for layer in ("x", "same", "other", "narrow")]
    assert digests[0] == digests[1] and len(set(digests)) == 3
