"""``repgeom info``: what it says is what the bundle holds."""

from __future__ import annotations

import json

import numpy as np
import pytest

from repgeom_core.bundle import Bundle
from repgeom_core.cli import main


def test_json_reports_samples_splits_checkpoints_and_layers(bundle: Bundle, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", str(bundle.path), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["samples"] == 40
    assert report["classes"] == ["ant", "bee", "<b>cat</b>"]
    assert report["splits"] == {"train": 30, "test": 10}
    assert [(c["name"], c["step"]) for c in report["checkpoints"]] == [("step-0", 0), ("step-10", 10)]
    assert {name: layer["dim"] for name, layer in report["checkpoints"][0]["layers"].items()} == {"features": 5, "wide": 7}
    assert report["bytes"] == sum(file.stat().st_size for file in bundle.path.rglob("*") if file.is_file())
    assert report["verified"] is False


def test_accuracy_is_that_of_the_logits_on_each_split(bundle: Bundle, capsys: pytest.CaptureFixture[str]) -> None:
    main(["info", str(bundle.path), "--json"])
    report = json.loads(capsys.readouterr().out)
    logits = np.asarray(bundle.logits("step-10"))
    for split in ("train", "test"):
        rows = bundle.rows(split)
        expected = float(np.mean(logits[rows].argmax(1) == bundle.y[rows]))
        assert report["checkpoints"][1]["accuracy"][split] == pytest.approx(expected)


def test_text_names_every_checkpoint_and_layer(bundle: Bundle, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", str(bundle.path)]) == 0
    out = capsys.readouterr().out
    for word in ("40 samples (train 30, test 10)", "step-0", "step-10", "wide", "float32", "accuracy test"):
        assert word in out


def test_verify_finds_a_flipped_byte_and_names_the_file(bundle: Bundle, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", str(bundle.path), "--verify", "--progress", "none"]) == 0
    assert "every byte as written" in capsys.readouterr().out
    shard = next((bundle.path / "features").rglob("*.npy"))
    damaged = bytearray(shard.read_bytes())
    damaged[-1] ^= 1
    shard.write_bytes(damaged)
    assert main(["info", str(bundle.path), "--verify", "--progress", "none"]) == 1
    assert str(shard) in capsys.readouterr().err


def test_two_kinds_of_json_on_stdout_are_refused(bundle: Bundle, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["info", str(bundle.path), "--json", "--progress", "json"])
    assert stop.value.code == 2
    assert "stdout" in capsys.readouterr().err
