from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from repgeom_core.errors import SourceError
from repgeom_core.sources import inspect_source, read_source

torch = pytest.importorskip("torch")


class Hostile:
    """Pickled, it creates a file when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self):
        return (Path.touch, (self.mark,))


X = torch.arange(24.0).reshape(6, 4)


@pytest.mark.parametrize("zipped", [True, False])
def test_dictionary_of_tensors_and_lists_is_read(tmp_path, zipped):
    content = {"features": X.bfloat16(), "y": torch.tensor([0, 1] * 3), "class_names": ["a", "b"], "id": list("uvwxyz"), "note": {"k": 1}}
    torch.save(content, tmp_path / "e.pt", _use_new_zipfile_serialization=zipped)
    data = read_source(tmp_path / "e.pt")
    np.testing.assert_array_equal(data.features["features"], X.numpy())
    assert data.classes == ("a", "b") and list(data.samples["id"]) == list("uvwxyz")
    assert data.warnings == ["Left out, as they are no tensors: note."]


def test_single_tensor_is_features(tmp_path):
    torch.save(X.requires_grad_(), tmp_path / "e.pth")
    assert inspect_source(tmp_path / "e.pth").n == 6
    np.testing.assert_array_equal(read_source(tmp_path / "e.pth").features["features"], X.detach().numpy())


@pytest.mark.filterwarnings("ignore:Detected pickle protocol")
def test_hostile_pickle_is_refused_and_not_executed(tmp_path):
    mark = tmp_path / "executed"
    torch.save({"features": X, "y": Hostile(mark)}, tmp_path / "a.pt")
    torch.save({"features": X, "y": Hostile(mark)}, tmp_path / "b.pt", _use_new_zipfile_serialization=False)
    (tmp_path / "c.pt").write_bytes(pickle.dumps(Hostile(mark)))
    for name in ("a.pt", "b.pt", "c.pt"):
        for read in (inspect_source, read_source):
            with pytest.raises(SourceError, match=rf"{name} holds more than tensors"):
                read(tmp_path / name)
    assert not mark.exists()
    torch.load(tmp_path / "a.pt", weights_only=False)
    assert mark.exists(), "the pickle would have left no mark, so this test proves nothing"


def test_model_weights_are_told_apart_from_samples(tmp_path):
    torch.save(torch.nn.Linear(3, 2).state_dict() | {"fc.weight": X}, tmp_path / "m.pt")
    with pytest.raises(SourceError, match="weights of a model.*checkpoint"):
        read_source(tmp_path / "m.pt")


def test_truncated_file_is_named(tmp_path):
    torch.save(X, tmp_path / "x.pt")
    raw = (tmp_path / "x.pt").read_bytes()
    (tmp_path / "x.pt").write_bytes(raw[: len(raw) // 2])
    with pytest.raises(SourceError, match=r"x\.pt"):
        read_source(tmp_path / "x.pt")
