"""A small bundle: 40 samples of 3 classes, two checkpoints, two layers, thumbnails."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from repgeom_core.bundle import Bundle, Head, create_bundle, open_bundle
from repgeom_core.sources import Dataset

CLASSES = ("ant", "bee", "<b>cat</b>")
N = 40


class Squares:
    """Image i is a square of 8 pixels whose red is 5 i."""

    def __len__(self) -> int:
        return N

    def load(self, rows: np.ndarray) -> list[Image.Image]:
        return [Image.new("RGB", (8, 8), (5 * int(row), 0, 0)) for row in rows]


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    random = np.random.default_rng(0)
    y = np.arange(N) % 3
    samples = pd.DataFrame(
        {
            "id": [f"s{i:02d}" for i in range(N)],
            "label": pd.Categorical.from_codes(y, categories=pd.Index(CLASSES)),
            "split": ["train"] * 30 + ["test"] * 10,
            "text": [f"line one\nand\ttwo of {i}" for i in range(N)],
        }
    )
    writer = create_bundle(tmp_path / "small", Dataset("small", samples, CLASSES, images=Squares()))
    for step in (0, 10):
        X = random.normal(size=(N, 5)).astype(np.float32)
        W, b = random.normal(size=(3, 5)).astype(np.float32), np.zeros(3, np.float32)
        features = {"features": X, "wide": random.normal(size=(N, 7)).astype(np.float32)}
        writer.add_checkpoint(f"step-{step}", step, features, head=Head(W, b, "features"), logits=X @ W.T + b)
    return open_bundle(tmp_path / "small")
