from __future__ import annotations

import os
import pickle
from pathlib import Path

import pytest
import torch

from repgeom_core.unpickling import refused_call


class Hostile:
    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple:
        return os.system, (f"touch {self.mark}",)


@pytest.mark.parametrize("save", [lambda value, path: path.write_bytes(pickle.dumps(value)), torch.save])
def test_the_function_that_a_pickle_would_call_is_named_and_not_called(tmp_path: Path, save) -> None:
    save(Hostile(tmp_path / "mark"), tmp_path / "x.pt")
    with pytest.raises(pickle.UnpicklingError) as caught:
        torch.load(tmp_path / "x.pt", weights_only=True)
    assert refused_call(caught.value) in ("posix.system", "nt.system", None)
    assert not (tmp_path / "mark").exists()


def test_another_error_names_none() -> None:
    assert refused_call(ValueError("truncated")) is None
