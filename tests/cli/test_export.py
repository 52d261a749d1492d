"""``repgeom export`` passes on what it was told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from repgeom_core.bundle import Bundle, create_bundle, open_bundle
from repgeom_core.cli import main
from repgeom_core.sources import Dataset


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
@pytest.mark.parametrize("name", ["x", "x.v2"])
def test_a_name_without_the_formats_suffix_gets_it(
    bundle: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str], format: str, name: str
) -> None:
    assert main(["export", str(bundle.path), "--format", format, "--out", str(tmp_path / name), "--progress", "none"]) == 0
    assert capsys.readouterr().out == f"Wrote {tmp_path / name}.{format}\n"
    assert main(["import", f"{tmp_path / name}.{format}", "--out", str(tmp_path / "back"), "--progress", "none"]) == 0


@pytest.mark.parametrize("format", ["parquet", "npz", "projector"])
def test_layers_with_numbered_names_come_back_as_layers(tmp_path: Path, format: str) -> None:
    random = np.random.default_rng(0)
    layers = {f"hidden{k}": random.normal(size=(12, 4)).astype(np.float32) for k in (1, 2, 3)}
    layers["features"] = random.normal(size=(12, 7)).astype(np.float32)
    writer = create_bundle(tmp_path / "b", Dataset("b", pd.DataFrame({"id": [f"s{k}" for k in range(12)], "size": range(12)})))
    writer.add_checkpoint("last", 1, layers)
    out = tmp_path / ("p" if format == "projector" else f"x.{format}")
    assert main(["export", str(tmp_path / "b"), "--format", format, "--out", str(out), "--progress", "none"]) == 0
    assert main(["import", str(out), "--out", str(tmp_path / "back"), "--progress", "none"]) == 0
    back = open_bundle(tmp_path / "back")
    assert set(back.checkpoints[0].layers) == set(layers)
    for layer, X in layers.items():
        np.testing.assert_array_equal(np.asarray(back.features(layer, "data")), X)
    assert back.samples()["size"].tolist() == list(range(12))


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
