"""Reading checkpoints: wrappers and formats, and that nothing in a hostile file ever runs."""

from __future__ import annotations

import json
import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from repgeom_core.errors import CheckpointError
from repgeom_core.models.weight_files import read_weights

W = {"fc.weight": torch.arange(6.0).reshape(2, 3), "fc.bias": torch.ones(2)}


class Mark:
    """Leaves a file behind when unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.system, (f"touch {self.path}",)


def test_the_hostile_object_does_leave_its_mark_when_unpickled(tmp_path: Path) -> None:
    pickle.loads(pickle.dumps(Mark(tmp_path / "mark")))
    assert (tmp_path / "mark").exists()


def write_torch_zip(path: Path, content: Any) -> None:
    torch.save(content, path)


def write_torch_legacy(path: Path, content: Any) -> None:
    torch.save(content, path, _use_new_zipfile_serialization=False)


def write_bare_pickle(path: Path, content: Any) -> None:
    path.write_bytes(pickle.dumps(content))


@pytest.mark.filterwarnings("ignore:Detected pickle protocol")
@pytest.mark.parametrize("write", [write_torch_zip, write_torch_legacy, write_bare_pickle])
@pytest.mark.parametrize("suffix", [".pt", ".pth", ".th", ".ckpt", ".bin", ".tar", ""])
@pytest.mark.parametrize("wrapped", [False, True])
def test_hostile_torch_file_is_refused_by_name_of_its_call_and_leaves_no_mark(
    tmp_path: Path, write: Any, suffix: str, wrapped: bool
) -> None:
    mark, path = tmp_path / "mark", tmp_path / f"weights{suffix}"
    write(path, {"state_dict": dict(W), "extra": Mark(mark)} if wrapped else Mark(mark))
    with pytest.raises(CheckpointError, match=r"weights.* is refused: .*could run any code") as error:
        read_weights(path)
    assert "system" in str(error.value) or write is write_bare_pickle
    assert "weights_only" not in str(error.value)
    assert not mark.exists()


def test_hostile_numpy_files_are_refused_and_leave_no_mark(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    objects = np.array([Mark(mark)], dtype=object)
    np.save(tmp_path / "one.npy", objects)
    np.savez(tmp_path / "several.npz", weight=np.ones(3), extra=objects)
    (tmp_path / "raw.npz").write_bytes(pickle.dumps(Mark(mark)))
    (tmp_path / "raw.npy").write_bytes(pickle.dumps(Mark(mark)))
    for name in ("one.npy", "several.npz", "raw.npz", "raw.npy"):
        with pytest.raises(CheckpointError, match=f"{name} is refused"):
            read_weights(tmp_path / name)
    assert not mark.exists()


def test_pickle_disguised_as_safetensors_leaves_no_mark(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    (tmp_path / "weights.safetensors").write_bytes(pickle.dumps(Mark(mark)))
    (tmp_path / "model.safetensors.index.json").write_bytes(pickle.dumps(Mark(mark)))
    for name in ("weights.safetensors", "model.safetensors.index.json"):
        with pytest.raises(CheckpointError, match=name):
            read_weights(tmp_path / name)
    assert not mark.exists()


def test_whole_saved_model_is_refused_with_the_class_it_needs(tmp_path: Path) -> None:
    torch.save(torch.nn.Linear(3, 2), tmp_path / "model.pt")
    with pytest.raises(CheckpointError, match=r"torch\.nn\.modules\.linear\.Linear.*state_dict"):
        read_weights(tmp_path / "model.pt")


@pytest.mark.parametrize("wrapper", ["state_dict", "model", "model_state_dict", "net"])
def test_wrapped_state_dict_is_found(tmp_path: Path, wrapper: str) -> None:
    torch.save({wrapper: W, "optimizer": {"state": {}}, "best": 0.9}, tmp_path / "weights.pt")
    assert read_weights(tmp_path / "weights.pt").tensors.keys() == W.keys()


def test_state_dict_wrapped_twice_is_found(tmp_path: Path) -> None:
    torch.save({"model": {"state_dict": W}}, tmp_path / "weights.pt")
    assert read_weights(tmp_path / "weights.pt").tensors.keys() == W.keys()


@pytest.mark.parametrize(("key", "value"), [("step", 7), ("global_step", torch.tensor(7)), ("epoch", 7)])
def test_step_is_read_from_the_file(tmp_path: Path, key: str, value: Any) -> None:
    torch.save({"state_dict": W, key: value}, tmp_path / "weights.pt")
    assert read_weights(tmp_path / "weights.pt").step == 7


def test_safetensors_and_their_step_are_read(tmp_path: Path) -> None:
    save_file(W, tmp_path / "weights.safetensors", metadata={"step": "12"})
    weights = read_weights(tmp_path / "weights.safetensors")
    assert weights.step == 12
    assert torch.equal(weights.tensors["fc.weight"], W["fc.weight"])


def sharded(folder: Path, weight_map: dict[str, str]) -> Path:
    for name, file in weight_map.items():
        save_file({name: W[name]}, folder / Path(file).name)
    path = folder / "model.safetensors.index.json"
    path.write_text(json.dumps({"weight_map": weight_map}))
    return path


def test_sharded_safetensors_are_joined(tmp_path: Path) -> None:
    path = sharded(tmp_path, {"fc.weight": "a.safetensors", "fc.bias": "b.safetensors"})
    assert read_weights(path).tensors.keys() == W.keys()


def test_missing_shard_is_named(tmp_path: Path) -> None:
    path = sharded(tmp_path, {"fc.weight": "a.safetensors", "fc.bias": "b.safetensors"})
    (tmp_path / "b.safetensors").unlink()
    with pytest.raises(CheckpointError, match=r"b\.safetensors"):
        read_weights(path)


def test_index_cannot_lead_out_of_its_folder(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    save_file(W, tmp_path / "secret.safetensors")
    path = inside / "model.safetensors.index.json"
    path.write_text(json.dumps({"weight_map": {"fc.weight": "../secret.safetensors"}}))
    with pytest.raises(CheckpointError, match="beside it"):
        read_weights(path)


def test_npz_of_arrays_is_a_checkpoint(tmp_path: Path) -> None:
    np.savez(tmp_path / "weights.npz", **{name: tensor.numpy() for name, tensor in W.items()})
    assert torch.equal(read_weights(tmp_path / "weights.npz").tensors["fc.weight"], W["fc.weight"])


@pytest.mark.parametrize("suffix", [".pt", ".safetensors", ".npz", ".npy", ".safetensors.index.json"])
@pytest.mark.parametrize("content", [b"", b"\x80", b"not a checkpoint at all", b"PK\x03\x04broken", b"{}"])
def test_damaged_file_is_named(tmp_path: Path, suffix: str, content: bytes) -> None:
    path = tmp_path / f"weights{suffix}"
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match="weights"):
        read_weights(path)


def test_truncated_torch_file_is_named(tmp_path: Path) -> None:
    torch.save(W, tmp_path / "whole.pt")
    (tmp_path / "part.pt").write_bytes((tmp_path / "whole.pt").read_bytes()[:-200])
    with pytest.raises(CheckpointError, match=r"part\.pt"):
        read_weights(tmp_path / "part.pt")


def test_file_without_tensors_says_what_it_holds(tmp_path: Path) -> None:
    torch.save({"lr": 0.1, "epochs": 3}, tmp_path / "weights.pt")
    with pytest.raises(CheckpointError, match="it holds: lr, epochs"):
        read_weights(tmp_path / "weights.pt")
