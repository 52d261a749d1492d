"""A small bundle that many tests look at: 240 digits, three checkpoints, markup in a class name and in an id."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import settings

settings.register_profile("busy machine", deadline=None)  # how long an example takes says nothing there
settings.load_profile("busy machine")

MARKUP = "<img src=x onerror=alert(1)>"
CLASSES = ("zero", "one", "two", MARKUP)
CHECKPOINTS = ("start", "middle", "end")


@pytest.fixture(scope="session")
def digits_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Do not modify; ask for ``workspace`` instead."""
    from PIL import Image
    from sklearn.datasets import load_digits

    from repgeom_core.bundle import Head, create_bundle
    from repgeom_core.sources.dataset import Dataset

    digits = load_digits(n_class=4)
    pixels, y = digits.data[:240] / 16, digits.target[:240]

    class Pictures:
        def __len__(self) -> int:
            return 240

        def load(self, rows):
            return [Image.fromarray(np.uint8(pixels[int(r)].reshape(8, 8) * 255)).convert("RGB") for r in rows]

    samples = pd.DataFrame(
        {
            "id": [f"digit-{i:03d}" for i in range(239)] + [MARKUP],
            "label": pd.Categorical.from_codes(y, categories=pd.Index(CLASSES)),
            "split": np.where(np.arange(240) < 160, "train", "test"),
            "ink": pixels.sum(axis=1),
            "note": [MARKUP if i % 50 == 0 else f"drawn by {i % 7}" for i in range(240)],
        }
    )
    path = tmp_path_factory.mktemp("bundles") / "digits"
    writer = create_bundle(path, Dataset("digits", samples, CLASSES, images=Pictures()), shard_rows=100)
    rng = np.random.default_rng(0)
    means = np.stack([pixels[y == k].mean(axis=0) for k in range(4)])
    for step, name in enumerate(CHECKPOINTS):
        X = (pixels + 0.6 * step * means[y] + rng.normal(0, 0.3 / (step + 1), pixels.shape)).astype(np.float32)
        W, b = (4 * means).astype(np.float32), (-2 * (means**2).sum(axis=1)).astype(np.float32)
        writer.add_checkpoint(name, step * 100, {"pixels": X[:, ::2], "features": X}, head=Head(W, b, "features"), logits=X @ W.T + b)
    return path


@pytest.fixture
def workspace(tmp_path: Path, digits_bundle: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A server's workspace with a copy of the small bundle in it, named by $REPGEOM_CONFIG."""
    folder = tmp_path / "workspace"
    shutil.copytree(digits_bundle, folder / "bundles" / "digits")
    (tmp_path / "repgeom.toml").write_text(f'workspace = "{folder}"\n')
    monkeypatch.setenv("REPGEOM_CONFIG", str(tmp_path / "repgeom.toml"))
    monkeypatch.delenv("REPGEOM_BUNDLE", raising=False)
    return folder
