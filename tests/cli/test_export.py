"""``repgeom export`` passes on what it was told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from repgeom_core.bundle import Bundle, open_bundle
from repgeom_core.cli import main


def test_layer_checkpoint_and_split_are_those_asked_for(bundle: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "wide.npz"
    chosen = ["--layer", "wide", "--checkpoint", "step-0", "--split", "test"]
    assert main(["export", str(bundle.path), "--format", "npz", "--out", str(out), *chosen]) == 0
    assert str(out) in capsys.readouterr().out
    with np.load(out) as arrays:
        assert "features" not in arrays
        np.testing.assert_array_equal(arrays["wide"], bundle.features("wide", "step-0").take(bundle.rows("test")))


def test_the_default_place_is_named_after_bundle_and_checkpoint(bundle: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["export", str(bundle.path), "--format", "parquet", "--progress", "none"]) == 0
    assert (tmp_path / "small-step-10.parquet").is_file()
    assert main(["export", str(bundle.path), "--format", "parquet", "--progress", "none"]) == 1


@pytest.mark.parametrize("format", ["parquet", "npz"])
def test_an_exported_file_imports_as_the_same_samples_and_features(bundle: Bundle, tmp_path: Path, format: str) -> None:
    out = tmp_path / f"x.{format}"
    assert main(["export", str(bundle.path), "--format", format, "--out", str(out), "--progress", "none"]) == 0
    assert main(["import", str(out), "--out", str(tmp_path / "back"), "--progress", "none"]) == 0
    back = open_bundle(tmp_path / "back")
    assert back.ids.tolist() == bundle.ids.tolist()
    assert back.samples()["label"].astype(str).tolist() == bundle.samples()["label"].astype(str).tolist()
    np.testing.assert_array_equal(np.asarray(back.features("features", "data")), np.asarray(bundle.features("features", "step-10")))


def test_an_exported_projector_folder_imports_as_the_same_features(bundle: Bundle, tmp_path: Path) -> None:
    assert main(["export", str(bundle.path), "--format", "projector", "--out", str(tmp_path / "p"), "--progress", "none"]) == 0
    assert main(["import", str(tmp_path / "p"), "--out", str(tmp_path / "back"), "--progress", "none"]) == 0
    back = open_bundle(tmp_path / "back")
    np.testing.assert_array_equal(np.asarray(back.features("features", "data")), np.asarray(bundle.features("features", "step-10")))
    assert back.ids.tolist() == bundle.ids.tolist()
    assert back.thumbnails is not None
