from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repgeom_core.atomic import folder_name, written_whole

NAMES = st.text(min_size=1, max_size=400)


@given(NAMES)
def test_any_name_becomes_one_visible_folder_that_file_systems_take(name: str) -> None:
    folder = folder_name(name)
    assert Path(folder).name == folder
    assert not folder.startswith(".")
    assert len(folder.encode()) <= 180


@given(NAMES, NAMES)
def test_different_names_have_different_folders(one: str, other: str) -> None:
    assert (folder_name(one) == folder_name(other)) == (one == other)


def test_long_names_that_differ_at_their_end_are_told_apart(tmp_path: Path) -> None:
    names = [folder_name("epoch/" * 60 + end) for end in ("1", "2")]
    for name in names:
        with written_whole(tmp_path / f"{name}.safetensors") as temporary:
            temporary.touch()
    assert len(list(tmp_path.iterdir())) == 2


def test_a_block_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "file"
    with written_whole(path) as temporary:
        temporary.write_text("old")
    with pytest.raises(ZeroDivisionError), written_whole(path) as temporary:
        temporary.write_text("half")
        raise ZeroDivisionError
    assert path.read_text() == "old"
    assert list(path.parent.iterdir()) == [path]
