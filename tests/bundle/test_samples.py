"""Predictions and accuracy beside the sample table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from repgeom_core.bundle import create_bundle, open_bundle
from repgeom_core.sources.dataset import Dataset

N = 50


def test_accuracy_is_the_share_of_right_predictions_by_split(written: Path) -> None:
    bundle = open_bundle(written)
    correct = bundle.samples("epoch 1")["correct"].to_numpy(dtype=bool)
    assert bundle.checkpoints[0].accuracy == {"train": correct[:30].mean(), "test": correct[30:].mean()}


def test_samples_without_labels_have_no_accuracy(tmp_path: Path, X: np.ndarray) -> None:
    dataset = Dataset(name="bare", samples=pd.DataFrame({"id": [str(i) for i in range(N)]}))
    writer = create_bundle(tmp_path / "b", dataset)
    entry = writer.add_checkpoint("only", features={"x": X}, logits=X[:, :3])
    assert entry.accuracy == {}
    table = open_bundle(tmp_path / "b").samples("only")
    assert table["loss"].isna().all() and list(table["prediction"].cat.categories) == ["class 0", "class 1", "class 2"]
