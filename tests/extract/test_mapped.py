from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from repgeom_core.extract.mapped import release_pages
from repgeom_core.sources.rows import ConcatenatedRows, SelectedRows

SMAPS = Path("/proc/self/smaps")


def resident_kilobytes(path: Path) -> int:
    """Of the file's mapping in this process."""
    entry = SMAPS.read_text().split(str(path))[1]
    match = re.search(r"Rss:\s+(\d+) kB", entry)
    assert match is not None
    return int(match[1])


@pytest.mark.skipif(not SMAPS.exists(), reason="resident memory of a mapping is read from Linux's /proc")
@pytest.mark.parametrize("viewed", [False, True])
def test_pages_of_a_memory_map_are_given_back_and_come_again(tmp_path: Path, viewed: bool) -> None:
    path = tmp_path / "rows.npy"
    values = np.arange(4_000_000, dtype=np.int32).reshape(4000, 1000)
    np.save(path, values)
    mapped = np.load(path, mmap_mode="r")
    array = ConcatenatedRows([SelectedRows(mapped, np.arange(4000))]) if viewed else mapped
    assert np.asarray(array[0:4000]).sum(dtype=np.int64) == values.sum(dtype=np.int64)
    assert resident_kilobytes(path) > 15_000
    release_pages(array)
    assert resident_kilobytes(path) == 0
    np.testing.assert_array_equal(array[[3, 3999]], values[[3, 3999]])


def test_maps_that_may_hold_changes_and_plain_arrays_are_left_alone(tmp_path: Path) -> None:
    np.save(tmp_path / "rows.npy", np.zeros(10))
    changed = np.load(tmp_path / "rows.npy", mmap_mode="c")
    changed[3] = 7
    release_pages(changed)
    assert changed[3] == 7
    release_pages(np.zeros(3))
