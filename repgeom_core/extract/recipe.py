"""The recipe: one run described completely (data, model, checkpoints, layers, batches), as TOML.

Paths are kept as written; relative ones are relative to the recipe's folder. Loading checks names, types and choices,
and nothing else: files are looked for when the run starts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from repgeom_core.errors import RecipeError
from repgeom_core.extract.pooling import POOLINGS
from repgeom_core.models.build import KINDS, ModelSpec
from repgeom_core.toml_table import Table, read_toml, to_toml

DEVICES = ("auto", "cpu", "cuda")
PRECISIONS = ("float32", "bf16", "fp16")
DTYPES = ("float32", "float16")
LAYOUTS = ("as_is", "nchw", "nhwc", "flat")


@dataclass(frozen=True)
class DataSpec:
    """A file or folder of samples; ``limit`` takes the first so many."""

    path: str
    split: str | None = None
    roles: Mapping[str, str] = field(default_factory=dict)
    limit: int | None = None


@dataclass(frozen=True)
class InputSpec:
    """From stored samples to what the model eats: ``(x / scale - mean) / std``, resized, in the model's layout.

    ``mean`` and ``std`` are one number or one per channel. ``scale`` None: 255 for uint8, 1 otherwise. ``layout`` None:
    ``nchw`` for images, which every source gives as (n, H, W[, C]), and ``as_is`` for all else; a layout that is given takes the
    stored samples to be channels-last. ``resize`` is (height, width) in pixels, bilinear with antialiasing.
    """

    scale: float | None = None
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()
    layout: str | None = None
    resize: tuple[int, int] | None = None


@dataclass(frozen=True)
class CheckpointSpec:
    """A weight file or a glob of several; without a path, the model as its factory makes it (random weights, from the seed)."""

    path: str | None = None
    name: str | None = None
    step: int | None = None
    model: ModelSpec | None = None


@dataclass(frozen=True)
class ExtractSpec:
    """What is kept, and how it is computed.

    Attributes:
        layers: names or globs of layers; none: the model's top-level modules. The classifier's input is always kept.
        pooling: layer name or glob -> pooling, the first that matches; ``auto`` for the rest.
        batch_size: samples per forward pass.
        device: ``auto`` takes CUDA where there is one.
        precision: of the forward pass on CUDA (autocast); the CPU computes in float32.
        dtype: of the stored features.
        classifier: ``auto`` (the last linear layer that runs), ``none``, or a module's name.
        allow_mismatch: go on where names or shapes of the weights do not fit.
        channels_last: memory format of images; faster convolutions, but not every model can do it.
    """

    layers: tuple[str, ...] = ()
    pooling: Mapping[str, str] = field(default_factory=dict)
    batch_size: int = 128
    device: str = "auto"
    precision: str = "float32"
    dtype: str = "float32"
    classifier: str = "auto"
    allow_mismatch: bool = False
    channels_last: bool = False


@dataclass(frozen=True)
class Recipe:
    """One run. ``folder`` is what relative paths are relative to; it is no part of the recipe's content."""

    name: str
    data: tuple[DataSpec, ...]
    checkpoints: tuple[CheckpointSpec, ...]
    model: ModelSpec | None = None
    inputs: InputSpec = field(default_factory=InputSpec)
    extract: ExtractSpec = field(default_factory=ExtractSpec)
    seed: int = 0
    folder: Path = field(default_factory=Path, compare=False)

    @staticmethod
    def from_dict(values: Mapping[str, Any], folder: str | Path = ".", source: str = "the recipe") -> Recipe:
        """Check and read the tables of a recipe; raises :class:`RecipeError` that names the key."""
        table = Table(values, source, RecipeError)
        recipe = Recipe(
            name=table.text("name", Path(folder).resolve().name),
            seed=table.integer("seed", 0, low=0),
            model=_model(table.table("model")) if "model" in table else None,
            data=tuple(_data(entry) for entry in table.tables("data")),
            inputs=_inputs(table.table("inputs")),
            checkpoints=tuple(_checkpoint(entry) for entry in table.tables("checkpoints")),
            extract=_extract(table.table("extract")),
            folder=Path(folder),
        )
        table.finish()
        if not recipe.data:
            raise RecipeError(f"{source} names no data; add a [[data]] table with the path of a file or folder.")
        if not recipe.checkpoints:
            raise RecipeError(
                f"{source} names no checkpoints; add a [[checkpoints]] table with a path, or with a name alone for random weights."
            )
        if recipe.model is None and any(entry.model is None for entry in recipe.checkpoints):
            raise RecipeError(f"{source} names no model; add a [model] table with one of {', '.join(KINDS)}.")
        return recipe

    def to_dict(self) -> dict[str, Any]:
        """The recipe as plain tables, without what has its default value; :meth:`from_dict` reads it back equal."""
        tables = {
            "name": self.name,
            "seed": self.seed,
            "model": _model_table(self.model),
            "data": [_plain(entry) for entry in self.data],
            "inputs": _plain(self.inputs),
            "checkpoints": [{**_plain(entry), **_under("model", _model_table(entry.model))} for entry in self.checkpoints],
            "extract": _plain(self.extract),
        }
        return {key: value for key, value in tables.items() if value != {}}

    def to_toml(self) -> str:
        """The text of a recipe file; :func:`load_recipe` reads it back equal."""
        return to_toml(self.to_dict())

    def resolve(self, path: str) -> Path:
        """``path`` of this recipe as one that can be opened."""
        return self.folder / path

    def model_of(self, checkpoint: CheckpointSpec) -> ModelSpec:
        spec = checkpoint.model or self.model
        assert spec is not None  # from_dict has seen to it
        return spec


def load_recipe(path: str | Path) -> Recipe:
    """The recipe in a ``.toml`` file; raises :class:`RecipeError`."""
    path = Path(path)
    values = read_toml(path, RecipeError, "recipe")
    return Recipe.from_dict({"name": path.stem, **values}, path.parent, path.name)


def _model(table: Table) -> ModelSpec:
    kinds = [kind for kind in KINDS if kind in table]
    if len(kinds) != 1:
        got = " and ".join(kinds) or "none of them"
        table.unknown((*KINDS, "arguments", "python_path"))
        raise RecipeError(f"{table.where} must name exactly one of {', '.join(KINDS)}; got {got}.")
    spec = ModelSpec(
        kind=kinds[0],
        name=table.text(kinds[0]),
        arguments=table.values("arguments"),
        python_path=tuple(table.texts("python_path")),
    )
    table.finish((*KINDS, "arguments", "python_path"))
    return spec


def _data(table: Table) -> DataSpec:
    spec = DataSpec(table.text("path"), table.text("split", None), table.text_table("roles"), table.integer("limit", None, low=1))
    table.finish()
    return spec


def _inputs(table: Table) -> InputSpec:
    resize = table.integers("resize")
    if len(resize) > 2:
        raise RecipeError(f"{table.where}: resize is a side or [height, width] in pixels, got {list(resize)}.")
    spec = InputSpec(
        scale=table.number("scale", None),
        mean=table.numbers("mean"),
        std=table.numbers("std"),
        layout=table.choice("layout", LAYOUTS, None),
        resize=(resize[0], resize[-1]) if resize else None,
    )
    table.finish()
    if spec.scale == 0 or 0 in spec.std:
        raise RecipeError(f"{table.where}: samples are divided by scale and std, so neither may be 0.")
    return spec


def _checkpoint(table: Table) -> CheckpointSpec:
    spec = CheckpointSpec(
        path=table.text("path", None),
        name=table.text("name", None),
        step=table.integer("step", None),
        model=_model(table.table("model")) if "model" in table else None,
    )
    table.finish()
    if spec.path is None and spec.name is None:
        raise RecipeError(f"{table.where} needs a path, or a name alone for a model with random weights.")
    return spec


def _extract(table: Table) -> ExtractSpec:
    if isinstance(table.raw("pooling"), str):
        pooling: Mapping[str, str] = {"*": table.choice("pooling", POOLINGS, "auto")}
    else:
        pooling = table.choice_table("pooling", POOLINGS)
    spec = ExtractSpec(
        layers=tuple(table.texts("layers")),
        pooling=pooling,
        batch_size=table.integer("batch_size", 128, low=1),
        device=table.choice("device", DEVICES, "auto"),
        precision=table.choice("precision", PRECISIONS, "float32"),
        dtype=table.choice("dtype", DTYPES, "float32"),
        classifier=table.text("classifier", "auto"),
        allow_mismatch=table.boolean("allow_mismatch", False),
        channels_last=table.boolean("channels_last", False),
    )
    table.finish()
    return spec


def _plain(spec: Any) -> dict[str, Any]:
    """Fields that differ from their default, tuples as lists; the model is left to :func:`_model_table`."""
    default = type(spec)(path="") if isinstance(spec, DataSpec) else type(spec)()
    changed = {key: value for key, value in vars(spec).items() if key != "model" and value != getattr(default, key)}
    return {key: list(v) if isinstance(v, tuple) else dict(v) if isinstance(v, Mapping) else v for key, v in changed.items()}


def _model_table(spec: ModelSpec | None) -> dict[str, Any]:
    if spec is None:
        return {}
    return {
        spec.kind: spec.name,
        **_under("arguments", dict(spec.arguments)),
        **_under("python_path", list(spec.python_path)),
    }


def _under(key: str, value: Any) -> dict[str, Any]:
    return {key: value} if value else {}
