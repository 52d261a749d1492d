"""``repgeom extract`` and ``repgeom layers``: from a recipe file to a bundle, and what there is to extract."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from repgeom_core.bundle import open_bundle
from repgeom_core.cli import main
from repgeom_core.config import Config

RECIPE = """
[model]
builtin = "mlp"
arguments = { hidden = [8, 6] }

[[data]]
path = "digits"

[[checkpoints]]
name = "random"
step = 0

[extract]
layers = ["hidden1", "hidden2"]
"""


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.toml"
    path.write_text(RECIPE)
    return path


def test_a_recipe_becomes_a_bundle_where_told(recipe: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["extract", str(recipe), "--out", str(tmp_path / "out"), "--device", "cpu", "--progress", "json"]) == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (last["event"], last["bundle"]) == ("done", str(tmp_path / "out"))
    (checkpoint,) = open_bundle(tmp_path / "out").checkpoints
    assert {name: layer.dim for name, layer in checkpoint.layers.items()} == {"hidden1": 8, "hidden2": 6, "features": 6}


def test_without_out_the_bundle_is_in_the_workspace_under_the_recipes_name(
    recipe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REPGEOM_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)
    assert main(["extract", str(recipe), "--progress", "none"]) == 0
    assert open_bundle(tmp_path / ".repgeom" / "bundles" / "tiny").n == 1797


def test_a_recipes_name_cannot_lead_out_of_the_bundles(recipe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REPGEOM_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)
    recipe.write_text('name = "../../run"\n' + RECIPE)
    assert main(["extract", str(recipe), "--progress", "none"]) == 0
    (made,) = (tmp_path / ".repgeom" / "bundles").iterdir()
    assert open_bundle(made).name == "../../run"
    assert not (tmp_path / "run").exists()


def test_a_bundle_that_is_there_is_replaced_only_by_overwrite(recipe: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["extract", str(recipe), "--out", str(tmp_path / "out"), "--device", "cpu", "--progress", "none"]
    assert main(arguments) == 0
    assert main(arguments) == 1
    assert "replace it with --overwrite" in capsys.readouterr().err
    assert main([*arguments, "--overwrite"]) == 0
    with pytest.raises(SystemExit) as stop:
        main([*arguments, "--overwrite", "--resume"])
    assert stop.value.code == 2


def test_a_missing_data_file_is_shown_where_it_was_looked_for(recipe: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recipe.write_text(RECIPE.replace('"digits"', '"../elsewhere/none.npz"'))
    assert main(["extract", str(recipe), "--out", str(tmp_path / "out"), "--progress", "none"]) == 1
    assert f"There is no file or folder {tmp_path.parent}/elsewhere/none.npz" in capsys.readouterr().err


def test_restricted_extraction_writes_in_the_workspace_only(recipe: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = Config(workspace=tmp_path / "ws", data_roots=(tmp_path,)).write(tmp_path / "allowed.toml")
    arguments = ["extract", str(recipe), "--out", str(tmp_path / "out"), "--progress", "none", "--restricted", str(config)]
    assert main(arguments) == 1
    assert "outside the workspace" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_restricted_extraction_refuses_a_factory_that_is_not_listed(
    recipe: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe.write_text(RECIPE.replace('builtin = "mlp"\narguments = { hidden = [8, 6] }', 'factory = "torch.nn:Linear"'))
    config = Config(workspace=tmp_path).write(tmp_path / "allowed.toml")
    for command in (["extract", "--out", str(tmp_path / "out"), "--progress", "none"], ["layers"]):
        assert main([command[0], str(recipe), *command[1:], "--restricted", str(config)]) == 1
        assert "torch.nn" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_layers_lists_names_shapes_and_parameters(recipe: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["layers", str(recipe), "--json"]) == 0
    layers = {layer["name"]: layer for layer in json.loads(capsys.readouterr().out)}
    assert layers["hidden1"]["shape"] == [8]
    assert layers["hidden1"]["parameters"] == 64 * 8 + 8 + 2 * 8
    assert layers["head"]["type"] == "Linear"
    assert main(["layers", str(recipe)]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()[:3]] == ["layer", *list(layers)[:2]]


def test_layers_tells_of_the_layer_that_extraction_adds(recipe: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["layers", str(recipe)]) == 0
    assert "keeps 'features', 6 values: what goes into 'head', the classifier." in capsys.readouterr().out
    assert main(["extract", str(recipe), "--out", str(tmp_path / "out"), "--device", "cpu", "--progress", "none"]) == 0
    capsys.readouterr()
    bundle = open_bundle(tmp_path / "out")
    head = bundle.head("random")
    assert head is not None and head.layer == "features" and bundle.layers("random")["features"].dim == 6
    recipe.write_text(RECIPE + 'classifier = "none"\n')
    assert main(["layers", str(recipe)]) == 0
    assert "features" not in capsys.readouterr().out
    recipe.write_text(RECIPE + 'classifier = "haed"\n')
    assert main(["layers", str(recipe)]) == 0
    out = capsys.readouterr().out
    assert "hidden1" in out and "Did you mean 'head'?" in out


def test_a_recipe_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["layers", str(tmp_path / "none.toml")]) == 1
    assert "none.toml" in capsys.readouterr().err
