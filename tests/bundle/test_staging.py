"""A staged bundle is there whole or not at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from repgeom_core.bundle import create_bundle, list_bundles, open_bundle
from repgeom_core.bundle.staging import staged_bundle, sweep
from repgeom_core.errors import BundleError, Cancelled
from repgeom_core.sources import Dataset


def make(path: Path, name: str = "new") -> None:
    samples = pd.DataFrame({"id": ["a", "b"]})
    create_bundle(path, Dataset(name, samples)).add_checkpoint("only", features={"x": np.eye(2, dtype=np.float32)})


def test_a_bundle_appears_when_the_block_ends(tmp_path: Path) -> None:
    with staged_bundle(tmp_path / "deep" / "out") as staged:
        make(staged)
        assert list_bundles(tmp_path / "deep") == []
    open_bundle(tmp_path / "deep" / "out").verify()
    assert [p.name for p in (tmp_path / "deep").iterdir()] == ["out"]


def test_a_block_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), staged_bundle(tmp_path / "out") as staged:
        make(staged)
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_cancelling_says_that_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(Cancelled, match="nothing is left"), staged_bundle(tmp_path / "out"):
        raise Cancelled("What was finished is kept.")


def test_a_bundle_is_replaced_only_when_told_and_only_at_the_end(tmp_path: Path) -> None:
    make(tmp_path / "out", "old")
    with pytest.raises(BundleError, match="--overwrite"), staged_bundle(tmp_path / "out"):
        pytest.fail("the block must not run")
    with pytest.raises(ValueError, match="no"), staged_bundle(tmp_path / "out", overwrite=True):
        raise ValueError("no")
    assert open_bundle(tmp_path / "out").name == "old"
    with staged_bundle(tmp_path / "out", overwrite=True) as staged:
        make(staged, "new")
    assert open_bundle(tmp_path / "out").name == "new"


def test_what_a_killed_process_left_is_swept_away_and_what_is_being_made_stays(tmp_path: Path) -> None:
    left, fresh, other = tmp_path / ".out.abc.part", tmp_path / ".out.def.part", tmp_path / ".out2.abc.part"
    for folder in (left, fresh, other):
        (folder / "out").mkdir(parents=True)
    (left / "alive").touch()  # nobody holds it
    (other / "alive").touch()
    with staged_bundle(tmp_path / "out") as staged:
        assert not left.exists()
        assert fresh.exists()  # its process may be about to lock it
        assert other.exists()
        sweep(tmp_path / "out")  # as another process would that makes the same bundle
        assert staged.parent.exists()
        make(staged)
    open_bundle(tmp_path / "out")


def test_a_folder_that_is_no_bundle_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.tex").write_text("precious")
    with pytest.raises(BundleError, match="not a bundle"), staged_bundle(tmp_path / "out", overwrite=True):
        pytest.fail("the block must not run")
    assert (tmp_path / "out" / "thesis.tex").read_text() == "precious"
