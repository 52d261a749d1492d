"""What a recipe amounts to: its samples, its checkpoints in order, the layers of its models, the bytes it will write."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from repgeom_core.errors import ExtractionError, RecipeError
from repgeom_core.extract.inputs import Preparation
from repgeom_core.extract.layers import LayerPlan, ModelTrace, plan_layers, trace
from repgeom_core.models import CheckpointInfo, ModelSpec, build_model, find_checkpoints, load_weights, weights_digest
from repgeom_core.models.find import fixed_folder

if TYPE_CHECKING:
    import torch
    from torch import nn

    from repgeom_core.config import Config
    from repgeom_core.extract.recipe import Recipe
    from repgeom_core.progress import Progress
    from repgeom_core.sources.dataset import Dataset

SPARE = 256 * 2**20  # bytes left free on the disk, for thumbnails, tables and other programs


@dataclass(frozen=True)
class PlannedCheckpoint:
    """One set of weights to run; ``path`` None keeps the weights of the model's factory.

    ``step`` is the recipe's own; where that is None, the file's; where it has none, ``step_in_name``.
    """

    name: str
    path: Path | None
    step: int | None
    step_in_name: int | None
    model: ModelSpec


def load_dataset(recipe: Recipe, restricted_to: Config | None = None) -> Dataset:
    """The recipe's data, one file after another, with splits set and limits taken; ``digits`` are those of scikit-learn.

    Where ids repeat between files, the split is put before each. A single array of features serves as inputs where there
    are no others.
    """
    from repgeom_core.sources import concatenate, read_source

    parts = []
    for spec in recipe.data:
        path: Path | str = recipe.resolve(spec.path)
        if spec.path == "digits" and not Path(path).exists():
            path = spec.path
        elif restricted_to is not None:
            path = restricted_to.allowed_path(path)
        part = read_source(path, dict(spec.roles) or None, image_size=recipe.inputs.resize)
        if spec.limit is not None and spec.limit < part.n:
            part = part.take(np.arange(spec.limit))
        if spec.split is not None:
            part.samples = part.samples.assign(split=pd.Categorical([spec.split] * part.n))
        parts.append(part)
    ids = pd.concat([part.samples["id"] for part in parts])
    dataset = concatenate(parts, prefix_ids=bool(ids.duplicated().any())) if len(parts) > 1 else parts[0]
    dataset.name = recipe.name
    if dataset.inputs is None and len(dataset.features) == 1:
        (dataset.inputs,) = dataset.features.values()
    return dataset


def plan_checkpoints(recipe: Recipe, restricted_to: Config | None = None) -> list[PlannedCheckpoint]:
    """Every weight file the recipe names, in the order it names them (natural order within a glob), under unique names."""
    planned: list[PlannedCheckpoint] = []
    for spec in recipe.checkpoints:
        model = recipe.model_of(spec)
        if spec.path is None:
            assert spec.name is not None  # the recipe has seen to it
            planned.append(PlannedCheckpoint(spec.name, None, spec.step, None, model))
            continue
        pattern = recipe.resolve(spec.path)
        if restricted_to is not None:
            restricted_to.allowed_path(fixed_folder(pattern))
        files = find_checkpoints(pattern)
        if len(files) > 1 and (spec.name is not None or spec.step is not None):
            raise RecipeError(f"{spec.path} matches {len(files)} files, so they cannot all have the name or step given; leave those out.")
        for file in files:
            if restricted_to is not None:
                restricted_to.allowed_path(file.path)
            planned.append(PlannedCheckpoint(spec.name or file.name, file.path, spec.step, file.step, model))
    names = [checkpoint.name for checkpoint in planned]
    for name in names:
        if names.count(name) > 1:
            raise RecipeError(f"Two checkpoints are called {name!r}; give them names in [[checkpoints]].")
    return planned


def load_model(recipe: Recipe, checkpoint: PlannedCheckpoint, restricted_to: Config | None) -> tuple[nn.Module, CheckpointInfo]:
    """The checkpoint's model with its weights, on the CPU; random ones come from the recipe's seed."""
    import torch

    torch.manual_seed(recipe.seed)
    model = build_model(checkpoint.model, recipe.folder, restricted_to)
    if checkpoint.path is None:
        return model, CheckpointInfo(checkpoint.step, weights_digest(model))
    info = load_weights(model, checkpoint.path, recipe.extract.allow_mismatch, restricted_to)
    steps = (checkpoint.step, info.step, checkpoint.step_in_name)
    return model, replace(info, step=next((step for step in steps if step is not None), None))


def trace_model(recipe: Recipe, model: nn.Module, dataset: Dataset, device: torch.device) -> ModelTrace:
    """Run the model on the first two samples."""
    import torch

    prepare = Preparation(recipe.inputs, dataset, device)
    assert dataset.inputs is not None  # Preparation has seen to it
    sample = prepare(torch.from_numpy(np.array(dataset.inputs[0 : min(2, dataset.n)])).to(device))
    return trace(model.to(device), sample, recipe.extract.pooling)


def plan_models(
    recipe: Recipe,
    checkpoints: Sequence[PlannedCheckpoint],
    dataset: Dataset,
    device: torch.device,
    restricted_to: Config | None,
    progress: Progress,
) -> list[tuple[LayerPlan, CheckpointInfo]]:
    """The layers to keep of each checkpoint and what its weights are: all are loaded once, so that misfits show before the work begins."""
    plans: list[tuple[LayerPlan, CheckpointInfo]] = []
    for i, checkpoint in enumerate(checkpoints):
        progress.update("check weights", i, len(checkpoints))
        model, info = load_model(recipe, checkpoint, restricted_to)
        alike = (plan for (plan, _), other in zip(plans, checkpoints, strict=False) if other.model == checkpoint.model)
        plan = next(alike, None) or plan_layers(
            trace_model(recipe, model, dataset, device), recipe.extract.layers, recipe.extract.classifier
        )
        plans.append((plan, info))
    progress.update("check weights", len(checkpoints), len(checkpoints))
    return plans


def needed_bytes(plans: Sequence[LayerPlan], n: int, dtype: str) -> int:
    """Bytes of all features (in ``dtype``) and logits (float32) of ``n`` samples."""
    features = sum(sum(plan.dims.values()) for plan in plans) * np.dtype(dtype).itemsize
    logits = sum(plan.classifier.classes for plan in plans if plan.classifier) * 4
    return n * (features + logits)


def check_space(out: Path, needed: int) -> None:
    """Refuse to start what the disk cannot hold; what ``out`` already holds of it is counted as there."""
    there = sum(file.stat().st_size for file in out.rglob("*.npy")) if out.is_dir() else 0
    existing = next(folder for folder in (out, *out.absolute().parents) if folder.is_dir())
    free = shutil.disk_usage(existing).free
    if needed - there + SPARE > free:
        raise ExtractionError(
            f"The features need {(needed - there) / 2**30:,.1f} GiB, and {existing} has {free / 2**30:,.1f} GiB free; "
            'free some space, keep fewer layers, or store dtype = "float16".'
        )
