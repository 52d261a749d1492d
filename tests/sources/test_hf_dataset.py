from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from repgeom_core.errors import SourceError
from repgeom_core.sources import inspect_source, read_source

datasets = pytest.importorskip("datasets")
X = np.arange(18.0, dtype=np.float32).reshape(6, 3)


@pytest.fixture(scope="module")
def part():
    features = datasets.Features(
        {
            "emb": datasets.List(datasets.Value("float32")),
            "image": datasets.Image(),
            "label": datasets.ClassLabel(names=["cat", "dog"]),
            "grid": datasets.Array2D((2, 2), "uint8"),
        }
    )
    images = [Image.new("RGB", (5, 4), (k, 0, 0)) for k in range(6)]
    columns = {"emb": X.tolist(), "image": images, "label": [0, 1] * 3, "grid": [[[0, 1], [2, 3]]] * 6}
    return datasets.Dataset.from_dict(columns, features=features)


def test_data_set_on_disk_is_read_with_vectors_images_and_class_names(tmp_path, part):
    part.save_to_disk(tmp_path / "hf")
    data = read_source(tmp_path / "hf")
    np.testing.assert_array_equal(data.features["emb"], X)
    assert list(data.samples["label"]) == ["cat", "dog"] * 3
    assert data.images.load([4])[0].getpixel((0, 0)) == (4, 0, 0) and data.inputs.shape == (6, 4, 5, 3)
    seen = inspect_source(tmp_path / "hf")
    assert seen.n == 6 and seen.roles["label"] == "label" and seen.roles["emb"] == "features"


def test_splits_follow_one_another(tmp_path, part):
    datasets.DatasetDict({"train": part.select([5, 0]), "test": part.select([1, 2, 3])}).save_to_disk(tmp_path / "hf")
    data = read_source(tmp_path / "hf")
    assert list(data.samples["split"]) == ["train"] * 2 + ["test"] * 3
    np.testing.assert_array_equal(data.features["emb"], X[[5, 0, 1, 2, 3]])


def test_missing_shard_is_a_clear_error(tmp_path, part):
    part.save_to_disk(tmp_path / "hf")
    next((tmp_path / "hf").glob("*.arrow")).unlink()
    with pytest.raises(SourceError, match="hf is damaged"):
        read_source(tmp_path / "hf")
