"""The extraction: for each checkpoint, every batch once through the model, every chosen layer into its shards.

Batches are cut at shard borders and the seed is set there, so an extraction that was killed goes on at the first missing
shard and ends with the same bits as one that was not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from repgeom_core.bundle import Head
from repgeom_core.bundle.staging import check_free
from repgeom_core.bundle.writer import UNFINISHED
from repgeom_core.errors import ExtractionError
from repgeom_core.extract.forward import LOGITS, LayerReader, check_head, read_head
from repgeom_core.extract.inputs import Preparation
from repgeom_core.extract.layers import LayerInfo, LayerPlan, ModelTrace
from repgeom_core.extract.mapped import release_pages
from repgeom_core.extract.plan import (
    PlannedCheckpoint,
    check_space,
    load_dataset,
    load_model,
    needed_bytes,
    plan_checkpoints,
    plan_models,
    trace_model,
)
from repgeom_core.extract.state import FILE_NAME, RunState, begin_run
from repgeom_core.extract.transfer import Transfer
from repgeom_core.models import build_model
from repgeom_core.progress import Progress

if TYPE_CHECKING:
    import torch
    from torch import nn

    from repgeom_core.bundle import BundleWriter, CheckpointEntry, ShardWriter
    from repgeom_core.config import Config
    from repgeom_core.extract.recipe import Recipe
    from repgeom_core.models import CheckpointInfo
    from repgeom_core.sources.dataset import Dataset

SHARD_ROWS = 16_384


def extract(
    recipe: Recipe,
    out: str | Path,
    device: str = "auto",
    resume: bool = False,
    progress: Progress | None = None,
    restricted_to: Config | None = None,
    overwrite: bool = False,
    shard_rows: int = SHARD_ROWS,
) -> Path:
    """Run the recipe into the bundle ``out`` and return its path.

    Args:
        device: ``auto`` (what the recipe says), ``cpu`` or ``cuda``.
        resume: go on with an extraction into ``out`` that was killed, cancelled or failed; begins one where there is none.
        overwrite: replace a bundle that is there, finished or not, once everything has been checked; never another folder.
        restricted_to: refuse code and paths outside this configuration, and an ``out`` outside its workspace.
        shard_rows: samples in one file of features.

    Raises:
        ExtractionError: too little disk space; a resumed run whose recipe, data, weights or device changed; a classifier
            whose logits are not X Wᵀ + b.
        RepGeomError: whatever is wrong with recipe, data, model or weights, before anything is written.
    """
    import torch

    progress = progress or Progress()
    out = restricted_to.allowed_output(out) if restricted_to is not None else Path(out)
    chosen = choose_device(recipe.extract.device if device == "auto" else device)
    if not resume and not (out / UNFINISHED).exists():
        check_free(out, overwrite or (out / FILE_NAME).exists())
    checkpoints = plan_checkpoints(recipe, restricted_to)
    if overwrite:
        _keep_own_inputs(recipe, checkpoints, out)
    dataset = load_dataset(recipe, restricted_to)
    for warning in dataset.warnings:
        progress.log(warning)
    with _own_random_state(chosen), torch.backends.cudnn.flags(enabled=True, benchmark=False, deterministic=True):
        plans = plan_models(recipe, checkpoints, dataset, chosen, restricted_to, progress)
        check_space(out, needed_bytes([plan for plan, _ in plans], dataset.n, recipe.extract.dtype))
        writer, state = begin_run(recipe, dataset, out, chosen.type, resume, overwrite, shard_rows, progress)
        run = _Run(recipe, dataset, chosen, writer, state, progress, restricted_to, len(checkpoints))
        for number, (checkpoint, (plan, info)) in enumerate(zip(checkpoints, plans, strict=True)):
            run.checkpoint(number, checkpoint, plan, info)
    state.finish()
    return out


def _keep_own_inputs(recipe: Recipe, checkpoints: Sequence[PlannedCheckpoint], out: Path) -> None:
    """Refuse to replace a bundle that holds what this run reads, as the demo holds its checkpoints."""
    read = [recipe.resolve(data.path) for data in recipe.data] + [c.path for c in checkpoints if c.path is not None]
    inside = next((path for path in read if path.exists() and path.resolve().is_relative_to(out.resolve())), None)
    if inside is not None:
        raise ExtractionError(f"{inside} lies in {out}, which would be replaced; extract into another place.")


def list_layers(recipe: Recipe, restricted_to: Config | None = None) -> list[LayerInfo]:
    """Every layer of the recipe's model (of its first checkpoint's, where they differ) in the order in which it runs on real samples."""
    return list(traced_model(recipe, restricted_to).layers)


def traced_model(recipe: Recipe, restricted_to: Config | None = None) -> ModelTrace:
    """The recipe's model (its first checkpoint's, where they differ) as it ran on real samples."""
    import torch

    device = choose_device(recipe.extract.device)
    dataset = load_dataset(recipe, restricted_to)
    with _own_random_state(device):
        torch.manual_seed(recipe.seed)
        model = build_model(recipe.model or recipe.model_of(recipe.checkpoints[0]), recipe.folder, restricted_to)
        return trace_model(recipe, model, dataset, device)


def choose_device(name: str) -> torch.device:
    """``auto`` is CUDA where there is one; ``cuda`` where there is none is an :class:`ExtractionError`."""
    import torch

    available = torch.cuda.is_available()
    if name == "cuda" and not available:
        raise ExtractionError("There is no CUDA device here; use --device cpu, or auto.")
    return torch.device("cuda" if name == "cuda" or (name == "auto" and available) else "cpu")


@contextmanager
def _own_random_state(device: torch.device) -> Iterator[None]:
    import torch

    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        yield


def batch_slices(n: int, start: int, shard_rows: int, batch_size: int) -> list[slice]:
    """The batches from row ``start`` (a shard's first) on; none crosses from one shard into the next."""
    ends = ((first, min(first + shard_rows, n)) for first in range(start, n, shard_rows))
    return [slice(i, min(i + batch_size, end)) for first, end in ends for i in range(first, end, batch_size)]


class _Run:
    """One extraction under way."""

    def __init__(
        self,
        recipe: Recipe,
        dataset: Dataset,
        device: torch.device,
        writer: BundleWriter,
        state: RunState,
        progress: Progress,
        restricted_to: Config | None,
        total: int,
    ) -> None:
        self.recipe, self.dataset, self.device, self.writer, self.state = recipe, dataset, device, writer, state
        self.progress, self.restricted_to, self.total = progress, restricted_to, total
        self.prepare = Preparation(recipe.inputs, dataset, device, recipe.extract.channels_last)
        self.transfer = Transfer(device)
        self.precision = recipe.extract.precision if device.type == "cuda" else "float32"
        if self.precision != recipe.extract.precision:
            progress.log(f"precision {recipe.extract.precision} is for CUDA; the CPU computes in float32.")

    def checkpoint(self, number: int, checkpoint: PlannedCheckpoint, plan: LayerPlan, info: CheckpointInfo) -> None:
        """Extract one checkpoint, unless it is done already."""
        name = checkpoint.name
        done = {entry.name: entry for entry in self.writer.bundle.checkpoints}
        self.state.begin(name, info.digest, done[name].weight_digest if name in done else None)
        if name in done:
            return
        for mismatch in info.mismatches:
            self.progress.log(f"{name}: went on although weights do not fit: {mismatch}")
        model = self._on_device(load_model(self.recipe, checkpoint, self.restricted_to)[0])
        head = read_head(model, plan)
        keeps_logits = self._keeps_logits(name, plan)
        shards = {layer: self.writer.shards(name, layer, dim) for layer, dim in plan.dims.items()}
        if plan.classifier and keeps_logits:
            shards[LOGITS] = self.writer.logit_shards(name, plan.classifier.classes)
        try:
            self._fill(number, name, model, plan, head, shards)
        finally:
            for shard in shards.values():
                shard.abandon()
        entry = self.writer.finish_checkpoint(name, info.step, plan.poolings, head, info.digest)
        self.progress.log(_summary(entry))

    def _on_device(self, model: nn.Module) -> nn.Module:
        import torch

        if self.recipe.extract.channels_last:
            model = model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # missing from torch's own types
        return model.to(self.device)

    def _keeps_logits(self, name: str, plan: LayerPlan) -> bool:
        classes = self.dataset.classes
        if plan.classifier and classes and plan.classifier.classes != len(classes):
            self.progress.log(
                f"{name}: the classifier {plan.classifier.module!r} has {plan.classifier.classes} outputs and the data {len(classes)} "
                "classes, so there are no predictions."
            )
            return False
        return True

    def _fill(self, number: int, name: str, model: nn.Module, plan: LayerPlan, head: Head | None, shards: dict[str, ShardWriter]) -> None:
        """Run all batches that some layer still lacks; reading the next and writing the last go on beside the forward pass."""
        n, shard_rows = self.dataset.n, self.writer.bundle.manifest.shard_rows
        there = {layer: shard.done_rows for layer, shard in shards.items()}
        slices = batch_slices(n, min(there.values()), shard_rows, self.recipe.extract.batch_size)

        def read(rows: slice) -> Callable[[], torch.Tensor]:
            assert self.dataset.inputs is not None  # Preparation has seen to it
            arrive = self.transfer.upload(np.asarray(self.dataset.inputs[rows]))
            release_pages(self.dataset.inputs)
            return arrive

        def write(rows: slice, arrive: Callable[[], dict[str, np.ndarray]]) -> None:
            values = arrive()
            if head is not None and rows is slices[0]:
                check_head(values[head.layer], head, values[LOGITS], self.precision, self.recipe.extract.dtype, name)
            for layer, shard in shards.items():
                if rows.start >= there[layer]:
                    shard.append(values[layer])

        with (
            LayerReader(model, plan, self.precision) as forward,
            ThreadPoolExecutor(1, "read") as reader,
            ThreadPoolExecutor(1, "write") as writer,
        ):
            upcoming = reader.submit(read, slices[0]) if slices else None
            written: Future[None] | None = None
            for i, rows in enumerate(slices):
                assert upcoming is not None
                batch = upcoming.result()()
                if i + 1 < len(slices):
                    upcoming = reader.submit(read, slices[i + 1])
                if rows.start % shard_rows == 0:
                    _seed(self.recipe.seed, rows.start)
                arrive = self.transfer.download(forward(self.prepare(batch)))
                if written is not None:
                    written.result()
                written = writer.submit(write, rows, arrive)
                self.progress.update("extract", number * n + rows.stop, self.total * n)
            if written is not None:
                written.result()


def _seed(seed: int, row: int) -> None:
    import torch

    torch.manual_seed(seed + row)


def _summary(entry: CheckpointEntry) -> str:
    accuracy = ", ".join(f"{split} {value:.4f}" for split, value in entry.accuracy.items())
    return f"{entry.name}: {len(entry.layers)} layers" + (f", accuracy {accuracy}" if accuracy else "")
