"""The demo: a small network trained on handwritten digits until its features collapse onto class means.

Its bundle is self-contained: ``recipe.toml`` and ``checkpoints/`` lie in it, so the extraction can be repeated and changed.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from repgeom_core.progress import Progress

if TYPE_CHECKING:
    import torch
    from torch import nn

# Gradient steps after which the weights are kept: early ones close together, as most changes then, later ones around the
# learning-rate drops.
CHECKPOINT_STEPS = (0, 2, 5, 10, 20, 40, 80, 160, 320, 640, 1000, 1400, 1750, 2100, 2800)
LEARNING_RATE_DROPS = (1400, 2100)  # divided by ten at each
LEARNING_RATE = 0.1
WEIGHT_DECAY = 5e-3  # strong: what pulls the class means into a simplex within so few steps
BATCH = 100
HIDDEN = (128, 128, 128, 128)


def make_demo(out: str | Path, seed: int = 0, overwrite: bool = False, progress: Progress | None = None) -> Path:
    """Trains the network, extracts all its layers for train and test at every checkpoint, and returns the bundle ``out``.

    ``seed`` fixes initial weights and batches; the same seed gives the same bundle on the same machine. The bundle appears
    whole or not at all. Raises :class:`~repgeom_core.errors.BundleError` where something is in the way.
    """
    from repgeom_core.bundle.staging import staged_bundle
    from repgeom_core.extract import Recipe, extract

    progress = progress or Progress()
    with staged_bundle(out, overwrite) as staged:
        progress.log(
            f"Training a small network on handwritten digits: {CHECKPOINT_STEPS[-1]:,} steps, {len(CHECKPOINT_STEPS)} checkpoints."
        )
        folder = staged.parent / "run"
        recipe = Recipe.from_dict(recipe_tables(seed), folder)
        with one_thread():
            train(folder / "checkpoints", seed, progress)
            extract(recipe, staged, device="cpu", progress=progress)
        (staged / "recipe.toml").write_text(recipe.to_toml(), encoding="utf-8")
        shutil.move(folder / "checkpoints", staged / "checkpoints")
    return Path(out)


def recipe_tables(seed: int) -> dict[str, object]:
    """The demo's extraction as a recipe in the bundle's own folder."""
    return {
        "name": "Digits: from initialisation to collapse",
        "seed": seed,
        "model": {"builtin": "mlp", "arguments": {"inputs": 64, "hidden": list(HIDDEN), "classes": 10}},
        "data": [{"path": "digits"}],
        "checkpoints": [{"path": "checkpoints/*.safetensors"}],
        # The classifier's input, the output of the last hidden layer, is always kept, as `features`.
        "extract": {"layers": ["input", *(f"hidden{i}" for i in range(1, len(HIDDEN)))], "device": "cpu"},
    }


def train(folder: Path, seed: int, progress: Progress) -> nn.Module:
    """Trains on the training split by SGD and writes ``step-00000.safetensors``, ... into ``folder``; returns the network."""
    import torch

    from repgeom_core.models.demo_networks import mlp
    from repgeom_core.sources.digits import read_digits

    digits = read_digits()
    assert digits.inputs is not None  # read_digits always gives them
    mine = (digits.samples["split"] == "train").to_numpy()
    X, y = torch.from_numpy(digits.inputs[mine]), torch.from_numpy(digits.y[mine])
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = mlp(inputs=X.shape[1], hidden=HIDDEN, classes=len(digits.classes)).train()
        optimiser = torch.optim.SGD(network.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
        schedule = torch.optim.lr_scheduler.MultiStepLR(optimiser, LEARNING_RATE_DROPS)
        folder.mkdir(parents=True)
        save(network, folder, step=0)
        last = CHECKPOINT_STEPS[-1]
        for step, rows in zip(range(1, last + 1), batches(len(X)), strict=False):
            optimiser.zero_grad()
            torch.nn.functional.cross_entropy(network(X[rows]), y[rows]).backward()
            optimiser.step()
            schedule.step()
            if step in CHECKPOINT_STEPS:
                save(network, folder, step)
            progress.update("train", step, last)
    return network.eval()


def batches(n: int) -> Iterator[torch.Tensor]:
    """Shuffled batches of row numbers, epoch after epoch, without end."""
    import torch

    while True:
        yield from torch.randperm(n).split(BATCH)


def save(network: nn.Module, folder: Path, step: int) -> None:
    from safetensors.torch import save_file

    save_file(network.state_dict(), folder / f"step-{step:05d}.safetensors")


@contextmanager
def one_thread() -> Iterator[None]:
    """torch on one thread: these matrices are too small to share, and the order of sums stays the same."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
