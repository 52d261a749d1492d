from __future__ import annotations

import json

import numpy as np
import pytest
from safetensors.numpy import save_file

from repgeom_core.errors import SourceError
from repgeom_core.sources import inspect_source, read_source

X = np.random.default_rng(0).normal(size=(6, 4)).astype(np.float32)


def test_tensors_and_class_names_are_read(tmp_path):
    path = tmp_path / "e.safetensors"
    save_file({"features": X, "labels": np.arange(6) % 2, "W": X[:2], "b": X[:2, 0]}, path, {"class_names": json.dumps(["<b>", "c"])})
    data = read_source(path)
    np.testing.assert_array_equal(data.features["features"], X)
    assert data.classes == ("<b>", "c") and list(data.samples["label"].cat.codes) == [0, 1] * 3
    np.testing.assert_array_equal(data.head[0], X[:2])
    assert inspect_source(path).n == 6


def test_bfloat16_is_read_as_float32(tmp_path):
    import torch
    from safetensors.torch import save_file as save_torch

    save_torch({"X": torch.arange(8.0).reshape(4, 2).bfloat16()}, tmp_path / "b.safetensors")
    features = read_source(tmp_path / "b.safetensors").features["X"]
    assert features.dtype == np.float32
    np.testing.assert_array_equal(features, np.arange(8).reshape(4, 2))


def test_truncated_file_is_named(tmp_path):
    save_file({"X": X}, tmp_path / "x.safetensors")
    raw = (tmp_path / "x.safetensors").read_bytes()
    (tmp_path / "x.safetensors").write_bytes(raw[:-10])
    with pytest.raises(SourceError, match=r"x\.safetensors is truncated"):
        read_source(tmp_path / "x.safetensors")
