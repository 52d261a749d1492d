"""A little bundle: 50 samples of 3 classes in two splits, one checkpoint, thumbnails."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from repgeom_core.bundle import Head, create_bundle
from repgeom_core.sources.dataset import Dataset

N, D, K = 50, 7, 3
CLASSES = ("cat", "dog", "<b>ship</b>")


class Squares:
    """Images whose colour is their row number."""

    def __len__(self) -> int:
        return N

    def load(self, rows):
        return [Image.new("RGB", (8, 8), (int(r) * 5, 0, 0)) for r in rows]


@pytest.fixture(name="make_dataset")
def fixture_make_dataset() -> Callable[..., Dataset]:
    return make_dataset


def make_dataset(images=None) -> Dataset:
    y = np.arange(N) % K
    samples = pd.DataFrame(
        {
            "id": [f"s{i}" for i in range(N)],
            "label": pd.Categorical.from_codes(y, categories=pd.Index(CLASSES)),
            "split": np.where(np.arange(N) < 30, "train", "test"),
            "brightness": np.linspace(0, 1, N),
        }
    )
    return Dataset(name="little", samples=samples, classes=CLASSES, images=images)


@pytest.fixture
def X() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(N, D)).astype(np.float32)


@pytest.fixture
def written(tmp_path: Path, X: np.ndarray) -> Path:
    rng = np.random.default_rng(1)
    W, b = rng.normal(size=(K, D)).astype(np.float32), rng.normal(size=K).astype(np.float32)
    writer = create_bundle(tmp_path / "b", make_dataset(Squares()), shard_rows=16)
    writer.add_checkpoint(
        "epoch 1", 1, {"layer1.0/relu": X, "..": X[:, :2]}, {"layer1.0/relu": "gap"}, Head(W, b, "layer1.0/relu"), X @ W.T + b
    )
    return tmp_path / "b"


@pytest.fixture
def edit_manifest() -> Callable[..., None]:
    def edit(path: Path, change: Callable[[dict], object]) -> None:
        manifest = json.loads((path / "manifest.json").read_text())
        change(manifest)
        (path / "manifest.json").write_text(json.dumps(manifest))

    return edit
