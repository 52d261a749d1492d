from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repgeom_core.errors import RecipeError
from repgeom_core.extract import Recipe, load_recipe
from repgeom_core.toml_table import to_toml

FULL = """
name = "everything"
seed = 3

[model]
factory = "package.module:net"
arguments = { width = 2, deep = true, rates = [0.1, 1e-3], inner = { a = "b" } }
python_path = ["code", "../more"]

[[data]]
path = "test.npz"
split = "test"
limit = 100
[data.roles]
images = "image"
"label column" = "label"

[[data]]
path = "train.npz"

[inputs]
scale = 255
mean = [0.1, 0.2, 0.3]
std = 0.5
layout = "nchw"
resize = 64

[[checkpoints]]
path = "runs/*.pt"

[[checkpoints]]
path = "other.pt"
name = "other"
step = 7
model = { builtin = "mlp" }

[[checkpoints]]
name = "untrained"

[extract]
layers = ["layer*", "fc"]
batch_size = 32
device = "cpu"
precision = "bf16"
dtype = "float16"
classifier = "fc"
allow_mismatch = true
channels_last = true
[extract.pooling]
"layer*" = "gap"
"""

SMALL: dict[str, Any] = {"name": "small", "model": {"builtin": "mlp"}, "data": [{"path": "x.npz"}], "checkpoints": [{"path": "w.pt"}]}


def write(folder: Path, text: str) -> Path:
    path = folder / "recipe.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_key_is_read(tmp_path: Path) -> None:
    recipe = load_recipe(write(tmp_path, FULL))
    assert recipe.model is not None
    assert recipe.model.arguments == {"width": 2, "deep": True, "rates": [0.1, 1e-3], "inner": {"a": "b"}}
    assert recipe.data[0].roles == {"images": "image", "label column": "label"}
    assert recipe.inputs.resize == (64, 64)
    assert recipe.inputs.std == (0.5,)
    assert recipe.checkpoints[1].model is not None
    assert recipe.checkpoints[1].model.kind == "builtin"
    assert recipe.extract.pooling == {"layer*": "gap"}
    assert recipe.extract.dtype == "float16"


@pytest.mark.parametrize("text", [FULL, to_toml(SMALL)])
def test_recipe_written_and_read_again_is_equal(tmp_path: Path, text: str) -> None:
    recipe = load_recipe(write(tmp_path, text))
    assert load_recipe(write(tmp_path, recipe.to_toml())) == recipe
    assert Recipe.from_dict(recipe.to_dict()) == recipe


@given(name=st.text(st.characters(exclude_categories=["Cs"]), min_size=1), number=st.floats(allow_nan=False, allow_infinity=False))
def test_any_text_and_number_survives_writing(name: str, number: float, tmp_path_factory: pytest.TempPathFactory) -> None:
    tables = {**SMALL, "name": name, "model": {"builtin": "mlp", "arguments": {name: number, "nested": {name: [name, 1, False]}}}}
    recipe = Recipe.from_dict(tables)
    assert load_recipe(write(tmp_path_factory.mktemp("recipe"), recipe.to_toml())) == recipe


def test_relative_paths_are_relative_to_the_recipe(tmp_path: Path) -> None:
    recipe = load_recipe(write(tmp_path, to_toml(SMALL)))
    assert recipe.resolve(recipe.data[0].path) == tmp_path / "x.npz"
    assert recipe.resolve("/absolute.npz") == Path("/absolute.npz")


def test_recipe_without_a_name_is_called_like_its_file(tmp_path: Path) -> None:
    assert load_recipe(write(tmp_path, to_toml({k: v for k, v in SMALL.items() if k != "name"}))).name == "recipe"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"sede": 1}, "unknown key 'sede'. Did you mean 'seed'"),
        ({"extract": {"bach_size": 1}}, r"\[extract\].*'bach_size'. Did you mean 'batch_size'"),
        ({"model": None, "modle": {"builtin": "mlp"}}, "unknown key 'modle'. Did you mean 'model'"),
        ({"data": None, "daat": [{"path": "x"}]}, "unknown key 'daat'. Did you mean 'data'"),
        ({"model": {"bultin": "mlp"}}, "'bultin'. Did you mean 'builtin'"),
        ({"model": {"builtin": "mlp", "timm": "resnet18"}}, "exactly one of .*builtin and timm"),
        ({"model": {"builtin": "mlp", "argument": {}}}, "Did you mean 'arguments'"),
        ({"model": {}}, "none of them"),
        ({"seed": "one"}, "'seed' must be a whole number of at least 0, got 'one'"),
        ({"seed": True}, "'seed' must be"),
        ({"seed": -1}, "at least 0"),
        ({"data": []}, "names no data"),
        ({"data": {"path": "x"}}, r"\[\[data\]\] tables"),
        ({"data": [{"path": ""}]}, r"\[\[data\]\] number 1.*not empty"),
        ({"data": [{"path": "a"}, {"split": "x"}]}, r"\[\[data\]\] number 2.*needs 'path'"),
        ({"data": [{"path": "a", "limit": 0}]}, "at least 1"),
        ({"data": [{"path": "a", "roles": {"x": 1}}]}, "table of texts"),
        ({"checkpoints": []}, "names no checkpoints"),
        ({"checkpoints": [{"step": 1}]}, "needs a path, or a name"),
        ({"model": None}, "names no model"),
        ({"inputs": {"layout": "hwc"}}, "one of as_is, nchw"),
        ({"inputs": {"std": [0.1, 0]}}, "neither may be 0"),
        ({"inputs": {"mean": ["a"]}}, "a number or a list of numbers"),
        ({"inputs": {"mean": float("nan")}}, "a number or a list of numbers"),
        ({"inputs": {"resize": [1, 2, 3]}}, "resize"),
        ({"extract": {"precision": "fp8"}}, "one of float32, bf16, fp16"),
        ({"extract": {"dtype": "int8"}}, "one of float32, float16"),
        ({"extract": {"batch_size": 0}}, "at least 1"),
        ({"extract": {"layers": "all"}}, "list of texts"),
        ({"extract": {"pooling": {"fc": "max"}}}, "'pooling' of 'fc' must be one of auto"),
        ({"extract": {"pooling": "max"}}, "'pooling' must be one of auto"),
        ({"extract": {"allow_mismatch": 1}}, "true or false"),
        ({"extract": []}, "must be a table"),
    ],
)
def test_mistake_is_answered_by_its_key_and_what_would_be_right(change: dict, says: str) -> None:
    tables = {key: value for key, value in {**SMALL, **change}.items() if value is not None}
    with pytest.raises(RecipeError, match=says):
        Recipe.from_dict(tables)


def test_one_pooling_may_be_given_for_all_layers() -> None:
    assert Recipe.from_dict({**SMALL, "extract": {"pooling": "gap"}}).extract.pooling == {"*": "gap"}


def test_unreadable_recipe_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"no recipe .*absent\.toml"):
        load_recipe(tmp_path / "absent.toml")
    with pytest.raises(RecipeError, match=r"recipe\.toml is not valid TOML"):
        load_recipe(write(tmp_path, "name = "))
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RecipeError, match=r"binary\.toml cannot be read"):
        load_recipe(tmp_path / "binary.toml")
