from __future__ import annotations

import numpy as np
import pytest

from repgeom_core.sources import inspect_source, read_source


@pytest.mark.parametrize("name", ["{base}_{split}", "{split}_{base}"])
def test_arrays_split_by_name_are_joined(tmp_path, name):
    arrays = {}
    for k, (split, n) in enumerate({"train": 4, "val": 2, "test": 3}.items()):
        arrays[name.format(base="images", split=split)] = np.full((n, 5, 5), k, dtype=np.uint8)
        arrays[name.format(base="labels", split=split)] = np.full((n, 1), k)
    np.savez(tmp_path / "m.npz", **arrays)
    data = read_source(tmp_path / "m.npz")
    assert list(data.samples["split"]) == ["train"] * 4 + ["val"] * 2 + ["test"] * 3
    assert list(data.y) == [0] * 4 + [1] * 2 + [2] * 3
    assert list(data.inputs[:, 0, 0, 0]) == [0] * 4 + [1] * 2 + [2] * 3
    assert inspect_source(tmp_path / "m.npz").roles == {"images": "image", "labels": "label", "split": "split"}


def test_arrays_that_differ_between_splits_stay_apart(tmp_path):
    np.savez(tmp_path / "m.npz", x_train=np.ones((4, 3)), x_test=np.ones((4, 2)))
    assert list(read_source(tmp_path / "m.npz").features) == ["x_train", "x_test"]
