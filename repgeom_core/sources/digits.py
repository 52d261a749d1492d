"""The handwritten digits that come with scikit-learn: 1,797 images of 8 x 8 pixels, split once and for all."""

from __future__ import annotations

import numpy as np
import pandas as pd

from repgeom_core.sources.dataset import Dataset
from repgeom_core.sources.images import ArrayImages

TEST = 397
SEED = 0


def read_digits() -> Dataset:
    """1,400 training and 397 test images, stratified. ``inputs`` and the layer ``pixels`` are (1797, 64) float32 in [0, 1]."""
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    digits = load_digits()
    rows = np.arange(len(digits.target))
    _, test = train_test_split(rows, test_size=TEST, stratify=digits.target, random_state=SEED)
    split = np.full(len(rows), "train", dtype=object)
    split[test] = "test"
    classes = tuple(str(digit) for digit in range(10))
    samples = pd.DataFrame(
        {
            "id": [f"digits-{row:04d}" for row in rows],
            "label": pd.Categorical.from_codes(digits.target, categories=pd.Index(list(classes))),
            "split": split,
        }
    )
    inputs = (digits.data / 16).astype(np.float32)
    images = ArrayImages(np.round(digits.images / 16 * 255).astype(np.uint8))
    roles = {"data": "features", "images": "image", "target": "label"}
    return Dataset("digits", samples, classes, {"pixels": inputs}, inputs, images, roles=roles)
