"""Named selections survive in a file that belongs to its samples."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from repgeom_core.errors import SelectionError
from repgeom_core.selection import Selection, SelectionHistory


def some(*rows: int, n: int = 6, digest: str = "d") -> Selection:
    return Selection.of_rows(rows, n, digest)


def mask(*rows: int, n: int = 6) -> np.ndarray:
    return some(*rows, n=n).mask


def test_names_survive_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "selections.json"
    history = SelectionHistory(6, "d")
    history.replace(mask(1, 5), "map")
    history.save_as('<b>"é"</b>')
    history.save(file)
    again = SelectionHistory(6, "d")
    again.load(file)
    assert again.names == ('<b>"é"</b>',)
    assert again.named('<b>"é"</b>') == some(1, 5)
    assert again.named('<b>"é"</b>').writer == "map"


def test_two_sessions_keep_each_others_names(tmp_path: Path) -> None:
    file = tmp_path / "selections.json"
    one, two = SelectionHistory(6, "d"), SelectionHistory(6, "d")
    one.save_as("one")
    one.save(file)
    two.save_as("two")
    two.save(file)
    one.delete("one")
    one.save(file)
    assert one.names == ("two",)


@pytest.mark.parametrize(("n", "digest", "reason"), [(7, "d", "of 6 samples, here are 7"), (6, "e", "the ids differ")])
def test_file_of_other_samples_is_refused_and_kept(tmp_path: Path, n: int, digest: str, reason: str) -> None:
    file = tmp_path / "selections.json"
    history = SelectionHistory(6, "d")
    history.save_as("mine")
    history.save(file)
    before = file.read_bytes()
    other = SelectionHistory(n, digest)
    other.save_as("theirs")
    with pytest.raises(SelectionError, match=reason):
        other.load(file)
    with pytest.raises(SelectionError, match=reason):
        other.save(file)
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b'{"schema": 99}',
        json.dumps({"schema": 1, "n": 6, "ids_digest": "d", "selections": {"a": {"writer": "", "bits": "!"}}}).encode(),
        json.dumps({"schema": 1, "n": 6, "ids_digest": "d", "selections": {"a": {"writer": "", "bits": "AAAA"}}}).encode(),
    ],
)
def test_damaged_file_is_named(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "selections.json"
    file.write_bytes(content)
    with pytest.raises(SelectionError, match=r"selections\.json"):
        SelectionHistory(6, "d").load(file)
