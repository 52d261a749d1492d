"""A small run: 150 colour images, two checkpoints of the built-in convolutional network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from repgeom_core.extract import Recipe
from repgeom_core.models.demo_networks import convnet

N = 150


@pytest.fixture(autouse=True)
def one_thread() -> Any:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def run_folder(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (N, 8, 8, 3), dtype=np.uint8)
    labels = rng.integers(0, 4, N)
    np.savez(tmp_path / "data_test.npz", images=images, labels=labels, class_names=np.array(["ant", "bee", "cat", "dog"]))
    for step in (1, 2):
        torch.manual_seed(step)
        torch.save({"state_dict": convnet(3, (4, 6), 4).state_dict(), "step": step}, tmp_path / f"step{step}.pt")
    return tmp_path


@pytest.fixture
def recipe_tables() -> dict[str, Any]:
    return {
        "name": "small",
        "model": {"builtin": "convnet", "arguments": {"channels": 3, "widths": [4, 6], "classes": 4}},
        "data": [{"path": "data_test.npz", "split": "test"}],
        "inputs": {"mean": [0.4, 0.5, 0.6], "std": [0.2, 0.3, 0.4]},
        "checkpoints": [{"path": "step*.pt"}],
        "extract": {"batch_size": 16, "device": "cpu"},
    }


@pytest.fixture
def recipe(run_folder: Path, recipe_tables: dict[str, Any]) -> Recipe:
    return Recipe.from_dict(recipe_tables, run_folder)
