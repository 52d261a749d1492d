"""``repgeom import``: files of people's own become bundles; mistakes are answered by a sentence and leave nothing."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from repgeom_core.bundle import list_bundles, open_bundle
from repgeom_core.cli import main
from repgeom_core.config import Config


@pytest.fixture
def embeddings(tmp_path: Path) -> Path:
    random = np.random.default_rng(0)
    np.savez(tmp_path / "mine.npz", embeddings=random.normal(size=(30, 4)).astype(np.float32), labels=np.arange(30) % 3)
    return tmp_path / "mine.npz"


def test_an_npz_becomes_a_bundle_with_the_same_numbers(embeddings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", str(embeddings), "--out", str(tmp_path / "out"), "--progress", "none"]) == 0
    assert "30 samples" in capsys.readouterr().out
    bundle = open_bundle(tmp_path / "out")
    (checkpoint,) = bundle.checkpoints
    (layer,) = checkpoint.layers
    with np.load(embeddings) as arrays:
        np.testing.assert_array_equal(np.asarray(bundle.features(layer, checkpoint.name)), arrays["embeddings"])
        np.testing.assert_array_equal(bundle.y, arrays["labels"])


def test_roles_and_name_are_those_given(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("what,a=b,u,v\n" + "".join(f"w{i},k{i % 2},{i}.5,{-i}.25\n" for i in range(6)))
    arguments = ["--role", "a=b=label", "--role", "what=id", "--name", "My table", "--progress", "none"]
    assert main(["import", str(tmp_path / "table.csv"), "--out", str(tmp_path / "out"), *arguments]) == 0
    bundle = open_bundle(tmp_path / "out")
    assert bundle.name == "My table"
    assert bundle.ids.tolist() == [f"w{i}" for i in range(6)]
    assert bundle.samples()["label"].tolist() == ["k0", "k1"] * 3


def test_two_files_become_two_splits(embeddings: Path, tmp_path: Path) -> None:
    arguments = ["--split", "train", "--split", "test", "--prefix-ids", "--progress", "none"]
    assert main(["import", str(embeddings), str(embeddings), "--out", str(tmp_path / "out"), *arguments]) == 0
    bundle = open_bundle(tmp_path / "out")
    assert bundle.splits == ("train", "test")
    assert (bundle.n, len(bundle.rows("test"))) == (60, 30)


def test_splits_that_do_not_match_the_paths_are_wrong_usage(embeddings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["import", str(embeddings), "--out", str(tmp_path / "out"), "--split", "a", "--split", "b"])
    assert stop.value.code == 2
    assert "got 2 for 1" in capsys.readouterr().err


def test_a_role_without_equals_sign_is_wrong_usage(embeddings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["import", str(embeddings), "--out", str(tmp_path / "out"), "--role", "label"])
    assert stop.value.code == 2
    assert "COLUMN=ROLE" in capsys.readouterr().err


def test_invalid_rows_are_refused_and_left_out_only_when_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    X = np.ones((10, 3), np.float32) * np.arange(10)[:, None]
    X[4, 1] = np.nan
    np.save(tmp_path / "holes.npy", X)
    arguments = ["import", str(tmp_path / "holes.npy"), "--out", str(tmp_path / "out"), "--progress", "none"]
    assert main(arguments) == 1
    said = capsys.readouterr().err
    assert "row 4, counted from 0" in said
    assert "leave out this one of 10 samples: --drop-invalid." in said
    assert not (tmp_path / "out").exists()
    assert main([*arguments, "--drop-invalid"]) == 0
    assert open_bundle(tmp_path / "out").n == 9


def test_a_bundle_that_is_there_stays_unless_overwritten(embeddings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["import", str(embeddings), "--out", str(tmp_path / "out"), "--progress", "none"]
    assert main([*arguments, "--name", "first"]) == 0
    assert main([*arguments, "--name", "second"]) == 1
    assert "--overwrite" in capsys.readouterr().err
    assert open_bundle(tmp_path / "out").name == "first"
    assert main([*arguments, "--name", "second", "--overwrite"]) == 0
    assert open_bundle(tmp_path / "out").name == "second"


def test_guessed_roles_and_every_warning_are_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "t.csv").write_text("x0,x1,grade,name\n1,2,7,a\n1,2,K,b\n3,4,8,c\n")
    for kind in ("none", "bar"):
        assert main(["import", str(tmp_path / "t.csv"), "--out", str(tmp_path / kind), "--progress", kind]) == 0
        said = capsys.readouterr().out.splitlines()
        assert said[0] == "Read as features: x0..x1; column: grade, name. Another role is given with --role COLUMN=ROLE."
        assert said[1].startswith("Warning: Column 'grade' holds 'K' in row 1")
    assert main(["import", str(tmp_path / "t.csv"), "--out", str(tmp_path / "json"), "--progress", "json"]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [event["message"][:7] for event in events if event["event"] == "log"] == ["Read as", "Warning"]
    assert len(events[-1]["warnings"]) == 1


def test_an_error_names_options_on_the_terminal_and_widgets_for_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "typo.csv").write_text("a,b,label\n1,2,x\n3,oops,y\n4,5,x\n")
    assert main(["import", str(tmp_path / "typo.csv"), "--out", str(tmp_path / "out"), "--progress", "json"]) == 1
    out, err = capsys.readouterr()
    assert "--role b=features --drop-invalid" in err
    event = json.loads(out.splitlines()[-1])
    assert event["event"] == "error"
    assert "--role" not in event["message"]
    assert "role text in the table" in event["message"]


def test_json_progress_ends_with_the_bundle(embeddings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", str(embeddings), "--out", str(tmp_path / "out"), "--progress", "json"]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert events[-1]["event"] == "done"
    assert events[-1]["bundle"] == str(tmp_path / "out")
    assert {event["event"] for event in events} <= {"progress", "log", "done"}


def test_restricted_imports_stay_within_roots_and_workspace(embeddings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    roots = tmp_path / "roots"
    roots.mkdir()
    config = Config(workspace=tmp_path / "space", data_roots=(roots,)).write(tmp_path / "allowed.toml")
    inside = roots / "mine.npz"
    inside.write_bytes(embeddings.read_bytes())
    restricted = ["--restricted", str(config), "--progress", "none"]
    out = tmp_path / "space" / "bundles" / "out"
    assert main(["import", str(embeddings), "--out", str(out), *restricted]) == 1
    assert "outside" in capsys.readouterr().err
    assert main(["import", str(inside), "--out", str(roots / "out"), *restricted]) == 1
    assert "workspace" in capsys.readouterr().err
    assert main(["import", str(inside), "--out", str(out), *restricted]) == 0
    assert list_bundles(out.parent) == [out]


def test_an_error_comes_alone_where_stderr_is_no_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.npz").write_text("no archive")
    assert main(["import", str(tmp_path / "bad.npz"), "--out", str(tmp_path / "out")]) == 1
    err = capsys.readouterr().err
    assert err.startswith("repgeom: error: ") and err.count("\n") == 1
