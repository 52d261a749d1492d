"""Building a model from its description: a factory to import, a built-in network, or a name that an extra knows."""

from __future__ import annotations

import importlib
import importlib.machinery
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from repgeom_core.errors import ConfigError, ModelError
from repgeom_core.sentences import reason
from repgeom_core.suggest import did_you_mean

if TYPE_CHECKING:
    from torch import nn

    from repgeom_core.config import Config

KINDS = ("factory", "builtin", "timm", "torchvision", "transformers")
EXTRAS = {"timm": "vision", "torchvision": "vision", "transformers": "text"}

# Weights come from [[checkpoints]] alone; these would fetch them, read a pickle, or run code that came with them.
FORBIDDEN_ARGUMENTS = {
    "timm": {"pretrained", "pretrained_cfg", "pretrained_cfg_overlay", "checkpoint_path", "cache_dir"},
    "torchvision": {"pretrained", "weights", "pretrained_backbone", "weights_backbone"},
}


@dataclass(frozen=True)
class ModelSpec:
    """How to build a model.

    Attributes:
        kind: one of :data:`KINDS`.
        name: ``package.module:function`` for a factory; the name of a built-in, timm or torchvision model; for
            transformers a local folder with its ``config.json``.
        arguments: keyword arguments of the factory.
        python_path: folders searched first for the factory's module; relative ones are relative to the recipe.
    """

    kind: str
    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    python_path: tuple[str, ...] = ()


def build_model(spec: ModelSpec, folder: Path | None = None, restricted_to: Config | None = None) -> nn.Module:
    """The model with the weights its factory gives it (random ones use torch's global seed), in evaluation mode.

    Relative paths in ``spec`` are relative to ``folder`` (the working directory where None). With ``restricted_to``,
    factories, folders and paths outside that configuration raise :class:`ConfigError`; whatever else goes wrong is a
    :class:`ModelError`.
    """
    from torch import nn

    folder = folder or Path()
    if spec.kind == "factory":
        model = _from_factory(spec, folder, restricted_to)
    elif spec.kind == "builtin":
        from repgeom_core.models.demo_networks import BUILTIN

        if spec.name not in BUILTIN:
            raise ModelError(f"There is no built-in network {spec.name!r}. {did_you_mean(spec.name, BUILTIN)}")
        model = _called(BUILTIN[spec.name], spec)
    elif spec.kind == "transformers":
        model = _from_transformers(spec, folder, restricted_to)
    elif spec.kind in EXTRAS:
        model = _by_name(spec)
    else:
        raise ModelError(f"A model is one of {', '.join(KINDS)}, got {spec.kind!r}. {did_you_mean(spec.kind, KINDS)}")
    if not isinstance(model, nn.Module):
        raise ModelError(f"{spec.name} must return a torch.nn.Module, got {type(model).__name__}.")
    return model.eval()


def _called(function: Any, spec: ModelSpec) -> Any:
    try:
        return function(**spec.arguments)
    except ModelError:
        raise
    except Exception as error:  # other people's code may raise anything
        given = ", ".join(f"{key}={value!r}" for key, value in spec.arguments.items())
        raise ModelError(f"{spec.name}({given}) failed: {type(error).__name__}: {reason(error, 600)}.") from error


def _from_factory(spec: ModelSpec, folder: Path, restricted_to: Config | None) -> Any:
    module_name, _, function_name = spec.name.partition(":")
    if not module_name or not function_name.isidentifier():
        raise ModelError(f"A factory is named package.module:function, got {spec.name!r}.")
    python_path = [(folder / entry).resolve() for entry in spec.python_path]
    if restricted_to is not None:
        restricted_to.check_factory(spec.name)
        for entry in python_path:
            if entry not in restricted_to.python_path:
                raise ConfigError(
                    f"Code may not be imported from {entry} here; have the server's owner add it to python_path in the configuration."
                )
        python_path = list(restricted_to.python_path)
    with _searched_first(python_path):
        module = _import(module_name, python_path)
        function = getattr(module, function_name, None)
        if not callable(function):
            public = [name for name, value in vars(module).items() if callable(value) and not name.startswith("_")]
            raise ModelError(f"{module_name} has no function {function_name!r}. {did_you_mean(function_name, public)}")
        if restricted_to is not None and getattr(function, "__module__", None) != module_name:
            raise ConfigError(f"{spec.name} is not defined in {module_name} but imported there; name it where it is defined.")
        return _called(function, spec)


@contextmanager
def _searched_first(folders: Sequence[Path]) -> Iterator[None]:
    added = [str(folder) for folder in folders]
    sys.path[:0] = added
    try:
        yield
    finally:
        for entry in added:
            sys.path.remove(entry)


def _import(name: str, python_path: Sequence[Path]) -> ModuleType:
    top = name.partition(".")[0]
    loaded = sys.modules.get(top)
    found = importlib.machinery.PathFinder.find_spec(top, [str(folder) for folder in python_path]) if python_path else None
    if loaded is not None and found is not None and found.origin and getattr(loaded, "__file__", None) != found.origin:
        raise ModelError(
            f"Another module named {top!r} is already loaded ({getattr(loaded, '__file__', 'built in')}), so {found.origin} cannot be; "
            "rename one of them."
        )
    try:
        return importlib.import_module(name)
    except Exception as error:  # importing runs other people's code
        where = ", ".join(str(folder) for folder in python_path) or "the installed packages"
        raise ModelError(
            f"{name} cannot be imported ({type(error).__name__}: {reason(error, 600)}); searched {where}. "
            "Add the folder that holds it to python_path in the recipe."
        ) from error


def _extra(package: str) -> ModuleType:
    try:
        return importlib.import_module(package)
    except ImportError:
        extra = EXTRAS[package]
        raise ModelError(f"{package} is not installed; install it with: pip install '.[{extra}]'") from None


def _by_name(spec: ModelSpec) -> Any:
    """A timm or torchvision architecture without weights."""
    if forbidden := FORBIDDEN_ARGUMENTS[spec.kind].intersection(spec.arguments):
        raise ModelError(f"The argument {min(forbidden)!r} of {spec.kind} is not taken: name local weights in [[checkpoints]].")
    if ":" in spec.name or "/" in spec.name:
        raise ModelError(f"A {spec.kind} model is named like 'resnet50', got {spec.name!r}; models on a hub are not fetched.")
    package = _extra(spec.kind)
    if spec.kind == "timm":
        return _called(lambda **arguments: package.create_model(spec.name, pretrained=False, **arguments), spec)
    models = importlib.import_module("torchvision.models")
    return _called(lambda **arguments: models.get_model(spec.name, weights=None, **arguments), spec)


def _from_transformers(spec: ModelSpec, folder: Path, restricted_to: Config | None) -> Any:
    """A transformers architecture from a local ``config.json``; the argument ``auto_class`` names the AutoModel (default ``AutoModel``)."""
    auto_class = spec.arguments.get("auto_class", "AutoModel")
    if unknown := sorted(set(spec.arguments) - {"auto_class"}):
        raise ModelError(f"A transformers model takes only the argument 'auto_class', got {unknown[0]!r}; set it in config.json.")
    if not isinstance(auto_class, str) or not auto_class.startswith("AutoModel"):
        raise ModelError(f"auto_class must be one of the AutoModel classes of transformers, got {auto_class!r}.")
    path = (folder / spec.name).resolve()
    if restricted_to is not None:
        path = restricted_to.allowed_path(path)
    if not (path / "config.json").is_file():
        raise ModelError(f"{path} has no config.json; name the local folder of a transformers model.")
    transformers = _extra("transformers")
    if not hasattr(transformers, auto_class):
        raise ModelError(f"transformers has no class {auto_class!r}.")

    def from_local_configuration(auto_class: str) -> Any:
        config = transformers.AutoConfig.from_pretrained(str(path), local_files_only=True, trust_remote_code=False)
        # Any other attention implementation may be named in config.json and would be fetched as code from a hub.
        return getattr(transformers, auto_class).from_config(config, trust_remote_code=False, attn_implementation="eager")

    return _called(from_local_configuration, ModelSpec(spec.kind, spec.name, {"auto_class": auto_class}))
