"""Whatever happens to a file, reading it gives data or one clear sentence, never another error."""

from __future__ import annotations

import shutil

import numpy as np
import pandas as pd
import pytest
from safetensors.numpy import save_file

from repgeom_core.errors import SourceError
from repgeom_core.sources import inspect_source, read_source

X = np.random.default_rng(0).normal(size=(40, 4)).astype(np.float32)
Y = np.arange(40) % 3


def write_torch(path):
    import torch

    torch.save({"features": torch.from_numpy(X), "y": torch.from_numpy(Y)}, path)


def write_table(path):
    table = pd.DataFrame(X, columns=[f"x{k}" for k in range(4)]).assign(label=Y, text="wörds")
    table.to_csv(path, index=False) if path.suffix == ".csv" else table.assign(v=list(X)).to_parquet(path)


WRITERS = {
    "a.npz": lambda path: np.savez_compressed(path, X=X, y=Y, name=Y.astype(str)),
    "a.npy": lambda path: np.save(path, X),
    "a.csv": write_table,
    "a.parquet": write_table,
    "a.safetensors": lambda path: save_file({"X": X, "y": Y}, path),
    "a.pt": write_torch,
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", list(WRITERS))
def test_damage_anywhere_gives_data_or_one_sentence(tmp_path, name):
    WRITERS[name](tmp_path / name)
    whole = (tmp_path / name).read_bytes()
    rng = np.random.default_rng(1)
    refused = 0
    for trial in range(100):
        raw = bytearray(whole)
        if trial % 2:
            raw = raw[: rng.integers(1, len(raw))]
        else:
            for place in rng.integers(0, len(raw), 4):
                raw[place] = rng.integers(256)
        # A new name each time: memory maps of the last trial may still be open.
        path = tmp_path / str(trial) / name
        path.parent.mkdir()
        path.write_bytes(raw)
        for read in (inspect_source, read_source):
            try:
                read(path)
            except SourceError as error:
                refused += 1
                assert name in str(error) and "\n" not in str(error)
        shutil.rmtree(path.parent)
    assert refused > 10
