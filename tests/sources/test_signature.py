"""Files under another name are told by what they hold."""

from __future__ import annotations

import gzip
import zipfile

import numpy as np
import pandas as pd
import pytest
import torch

from repgeom_core.errors import SourceError
from repgeom_core.sources import inspect_source, read_source

X = np.ones((6, 4), np.float32)


@pytest.mark.parametrize("name", ["x.csv", "x.xyz", "x", "x.parquet"])
@pytest.mark.parametrize("read", [inspect_source, read_source])
def test_npz_under_another_name_is_called_one(tmp_path, name, read):
    with (tmp_path / name).open("wb") as file:
        np.savez(file, X=X)
    with pytest.raises(SourceError, match=rf"{name} is an archive of numpy arrays under another name; rename it to x\.npz\.") as caught:
        read(tmp_path / name)
    assert "encoding" not in str(caught.value)


def test_other_formats_under_the_name_of_a_table_are_called_what_they_are(tmp_path):
    path = tmp_path / "x.csv"

    def refused() -> str:
        with pytest.raises(SourceError) as caught:
            read_source(path)
        return str(caught.value)

    with path.open("wb") as file:
        np.save(file, X)
    assert "a numpy array under another name; rename it to x.npy" in refused()
    pd.DataFrame({"a": [1, 2]}).to_parquet(path)
    assert "a parquet file under another name; rename it to x.parquet" in refused()
    torch.save(torch.ones(3), path)
    assert "a file of torch.save under another name; rename it to x.pt" in refused()
    path.write_bytes(gzip.compress(b"a,b\n1,2\n3,4\n"))
    assert "unpack it (gunzip)" in refused()
    for member, said in (("xl/workbook.xml", "an Excel workbook; save its table as CSV"), ("a.txt", "a zip archive; unpack it")):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(member, "x")
        assert said in refused()
    path.write_bytes(b"PK\x03\x04 and nothing more")
    assert "a zip archive" in refused()
