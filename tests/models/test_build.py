from __future__ import annotations

import sys
import types
from pathlib import Path

import pytest
from torch import nn

from repgeom_core.config import Config
from repgeom_core.errors import ConfigError, ModelError
from repgeom_core.models import ModelSpec, build_model

FACTORY = """
from math import sqrt
from torch import nn

def tower(width=3):
    return nn.Sequential(nn.Linear(width, 2))

def broken():
    raise RuntimeError("no luck")

def number():
    return 7
"""


@pytest.fixture
def package(tmp_path: Path) -> str:
    """A module of its own for each test, as Python keeps what it has imported."""
    name = f"factory_of_{tmp_path.name}"
    (tmp_path / f"{name}.py").write_text(FACTORY)
    return name


def test_factory_is_imported_from_the_recipes_folder_with_its_arguments(tmp_path: Path, package: str) -> None:
    before = list(sys.path)
    model = build_model(ModelSpec("factory", f"{package}:tower", {"width": 5}, (".",)), folder=tmp_path)
    assert isinstance(model, nn.Module)
    assert model[0].in_features == 5
    assert not model.training
    assert sys.path == before


@pytest.mark.parametrize(
    ("function", "arguments", "says"),
    [
        ("towr", {}, "Did you mean 'tower'"),
        ("tower", {"widht": 5}, "widht"),
        ("broken", {}, "RuntimeError: no luck"),
        ("number", {}, "must return a torch.nn.Module, got int"),
        ("", {}, "package.module:function"),
    ],
)
def test_wrong_factory_is_named(tmp_path: Path, package: str, function: str, arguments: dict, says: str) -> None:
    with pytest.raises(ModelError, match=says):
        build_model(ModelSpec("factory", f"{package}:{function}", arguments, (str(tmp_path),)))


def test_missing_module_says_where_it_was_searched(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no_such_module_anywhere cannot be imported.*python_path"):
        build_model(ModelSpec("factory", "no_such_module_anywhere:net", {}, (str(tmp_path),)))


def test_module_of_the_same_name_from_elsewhere_is_not_mistaken_for_it(tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text(FACTORY)
    with pytest.raises(ModelError, match="already loaded"):
        build_model(ModelSpec("factory", "json:tower", {}, (str(tmp_path),)))


def test_builtin_network_is_built_and_its_name_suggested() -> None:
    assert isinstance(build_model(ModelSpec("builtin", "mlp")), nn.Module)
    with pytest.raises(ModelError, match="Did you mean 'mlp'"):
        build_model(ModelSpec("builtin", "mpl"))


def test_restricted_factory_outside_the_import_paths_is_never_imported(tmp_path: Path, package: str) -> None:
    mark = tmp_path / "mark"
    (tmp_path / f"{package}.py").write_text(f"open({str(mark)!r}, 'w')\n" + FACTORY)
    config = Config(workspace=tmp_path, python_path=(tmp_path.resolve(),), import_paths=("another_module",))
    with pytest.raises(ConfigError, match="may not be imported"):
        build_model(ModelSpec("factory", f"{package}:tower"), restricted_to=config)
    assert not mark.exists()


def test_restricted_python_path_outside_the_configuration_is_refused(tmp_path: Path, package: str) -> None:
    allowed = tmp_path / "allowed"
    allowed.mkdir()
    config = Config(workspace=tmp_path, python_path=(allowed.resolve(),), import_paths=(package,))
    with pytest.raises(ConfigError, match="may not be imported from"):
        build_model(ModelSpec("factory", f"{package}:tower", {}, (str(tmp_path),)), restricted_to=config)


def test_restricted_factory_is_found_by_the_configured_python_path(tmp_path: Path, package: str) -> None:
    config = Config(workspace=tmp_path, python_path=(tmp_path.resolve(),), import_paths=(package,))
    assert isinstance(build_model(ModelSpec("factory", f"{package}:tower"), restricted_to=config), nn.Module)


def test_restricted_function_that_the_module_merely_imported_is_refused(tmp_path: Path, package: str) -> None:
    config = Config(workspace=tmp_path, python_path=(tmp_path.resolve(),), import_paths=(package,))
    with pytest.raises(ConfigError, match="not defined in"):
        build_model(ModelSpec("factory", f"{package}:sqrt"), restricted_to=config)


def stub(monkeypatch: pytest.MonkeyPatch, name: str, **members: object) -> types.ModuleType:
    module = types.ModuleType(name)
    vars(module).update(members)
    monkeypatch.setitem(sys.modules, name, module)
    return module


@pytest.mark.parametrize(("kind", "extra"), [("timm", "vision"), ("torchvision", "vision"), ("transformers", "text")])
def test_missing_extra_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str, extra: str) -> None:
    monkeypatch.setitem(sys.modules, kind, None)
    (tmp_path / "config.json").write_text("{}")
    name = str(tmp_path) if kind == "transformers" else "resnet50"
    with pytest.raises(ModelError, match=rf"pip install '\.\[{extra}\]'"):
        build_model(ModelSpec(kind, name))


def test_timm_model_is_made_without_pretrained_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple] = []

    def create_model(name: str, **arguments: object) -> nn.Module:
        asked.append((name, arguments))
        return nn.Linear(2, 2)

    stub(monkeypatch, "timm", create_model=create_model)
    build_model(ModelSpec("timm", "resnet50", {"num_classes": 7}))
    assert asked == [("resnet50", {"pretrained": False, "num_classes": 7})]


def test_torchvision_model_is_made_without_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple] = []

    def get_model(name: str, **arguments: object) -> nn.Module:
        asked.append((name, arguments))
        return nn.Linear(2, 2)

    stub(monkeypatch, "torchvision")
    stub(monkeypatch, "torchvision.models", get_model=get_model)
    build_model(ModelSpec("torchvision", "resnet18"))
    assert asked == [("resnet18", {"weights": None})]


@pytest.mark.parametrize(
    ("kind", "name", "arguments"),
    [
        ("timm", "resnet50", {"pretrained": True}),
        ("timm", "resnet50", {"checkpoint_path": "x.pt"}),
        ("timm", "hf-hub:someone/model", {}),
        ("torchvision", "resnet18", {"weights": "DEFAULT"}),
        ("transformers", ".", {"trust_remote_code": True}),
        ("transformers", ".", {"auto_class": "pipeline"}),
    ],
)
def test_nothing_is_fetched_and_no_foreign_code_is_asked_for(kind: str, name: str, arguments: dict) -> None:
    with pytest.raises(ModelError):
        build_model(ModelSpec(kind, name, arguments))


def test_transformers_model_comes_from_a_local_configuration_without_remote_code(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[tuple] = []

    class AutoConfig:
        @staticmethod
        def from_pretrained(path: str, **arguments: object) -> str:
            asked.append((path, arguments))
            return "configuration"

    class AutoModel:
        @staticmethod
        def from_config(config: str, **arguments: object) -> nn.Module:
            asked.append((config, arguments))
            return nn.Linear(2, 2)

    stub(monkeypatch, "transformers", AutoConfig=AutoConfig, AutoModel=AutoModel)
    (tmp_path / "config.json").write_text("{}")
    build_model(ModelSpec("transformers", "."), folder=tmp_path)
    assert asked[0] == (str(tmp_path.resolve()), {"local_files_only": True, "trust_remote_code": False})
    assert asked[1][1]["trust_remote_code"] is False


def test_restricted_transformers_folder_outside_the_roots_is_refused(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ConfigError, match="outside"):
        build_model(ModelSpec("transformers", str(tmp_path)), restricted_to=Config(workspace=inside.resolve()))
