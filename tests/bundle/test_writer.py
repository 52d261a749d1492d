"""Checkpoints are appended whole; a creation that was cut off goes on, and nothing else is overwritten."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from repgeom_core.bundle import append_to, create_bundle, delete_bundle, open_bundle
from repgeom_core.errors import BundleError
from repgeom_core.sources.dataset import Dataset

N = 50
D = 7


def test_a_checkpoint_can_be_appended_and_deleted(written: Path, X: np.ndarray) -> None:
    writer = append_to(written)
    writer.add_checkpoint("epoch 2", 2, {"..": X})
    assert [c.name for c in open_bundle(written).checkpoints] == ["epoch 1", "epoch 2"]
    with pytest.raises(BundleError, match="already has a checkpoint 'epoch 2'"):
        writer.add_checkpoint("epoch 2", 2, {"..": X})
    writer.delete_checkpoint("epoch 1")
    assert [c.name for c in open_bundle(written).checkpoints] == ["epoch 2"]
    assert not (written / "features/epoch 1").exists()


def test_arrays_of_another_length_are_refused(tmp_path: Path, X: np.ndarray, make_dataset: Callable[..., Dataset]) -> None:
    with pytest.raises(BundleError, match="expected an array of 50 rows"):
        create_bundle(tmp_path / "b", make_dataset()).add_checkpoint("c", features={"x": X[:49]})


def test_an_existing_folder_is_not_overwritten_unless_asked(written: Path, tmp_path: Path, make_dataset: Callable[..., Dataset]) -> None:
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


def test_a_writer_goes_on_at_the_first_missing_shard_and_ends_bit_identical(
    tmp_path: Path, X: np.ndarray, make_dataset: Callable[..., Dataset]
) -> None:
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


def test_layers_that_differ_only_in_case_are_refused_where_the_disk_takes_them_for_one(
    tmp_path: Path, X: np.ndarray, monkeypatch: pytest.MonkeyPatch, make_dataset: Callable[..., Dataset]
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


def test_finishing_too_early_is_refused(tmp_path: Path, X: np.ndarray, make_dataset: Callable[..., Dataset]) -> None:
    writer = create_bundle(tmp_path / "b", make_dataset(), shard_rows=16)
    writer.shards("c", "x", D).append(X[:20])
    with pytest.raises(BundleError, match="expected 50 rows, got 20"):
        writer.finish_checkpoint("c")
    assert open_bundle(tmp_path / "b").checkpoints == ()
