from __future__ import annotations

import io
import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repgeom_core import workspace
from repgeom_core.config import Config
from repgeom_core.errors import ConfigError


@pytest.fixture
def config(tmp_path: Path) -> Config:
    (tmp_path / "data" / "folder").mkdir(parents=True)
    return Config(workspace=tmp_path / "ws", data_roots=(tmp_path / "data",))


@given(st.text(max_size=200))
def test_any_text_becomes_one_plain_name(text: str) -> None:
    name = workspace.safe_name(text, "bundle")
    assert 0 < len(name) <= 80
    assert not name.startswith(".")
    assert Path(name).name == name
    assert not set(name) & set("/\\\0\n:<>|*?\"'$`")


def test_free_folder_counts_up(tmp_path: Path) -> None:
    assert workspace.free_folder(tmp_path, "digits") == tmp_path / "digits"
    (tmp_path / "digits").mkdir()
    (tmp_path / "digits-2").mkdir()
    assert workspace.free_folder(tmp_path, "digits") == tmp_path / "digits-3"


def test_folder_that_a_waiting_job_will_make_is_not_free(tmp_path: Path) -> None:
    assert workspace.free_folder(tmp_path, "digits", taken={tmp_path / "digits"}) == tmp_path / "digits-2"


def test_listing_has_folders_first_and_no_hidden_files(config: Config) -> None:
    data = config.data_roots[0]
    for name in ("b.npz", "A.csv", ".hidden"):
        (data / name).write_text("12345")
    entries = workspace.listing(config, data)
    assert [(entry.path.name, entry.is_folder, entry.bytes) for entry in entries] == [
        ("folder", True, 0),
        ("A.csv", False, 5),
        ("b.npz", False, 5),
    ]


def test_listing_leaves_out_links_that_lead_outside_or_nowhere(config: Config) -> None:
    data = config.data_roots[0]
    (data / "etc").symlink_to("/etc")
    (data / "gone").symlink_to(data / "nothing")
    assert [entry.path.name for entry in workspace.listing(config, data)] == ["folder"]


def test_listing_outside_the_roots_is_refused(config: Config) -> None:
    with pytest.raises(ConfigError, match="outside the folders"):
        workspace.listing(config, config.data_roots[0] / "..")


def test_listing_of_a_file_is_refused(config: Config) -> None:
    (config.data_roots[0] / "a").touch()
    with pytest.raises(ConfigError, match="cannot be read: Not a directory"):
        workspace.listing(config, config.data_roots[0] / "a")


@pytest.mark.parametrize("name", ["../../evil.npz", "..\\..\\evil.npz", "/etc/evil.npz", "evil.npz"])
def test_upload_stays_in_its_folder_whatever_its_name(config: Config, name: str) -> None:
    path = workspace.save_upload(config, name, io.BytesIO(b"content"), "../key")
    assert path.parent.parent == config.uploads
    assert path.name == "evil.npz"
    assert path.read_bytes() == b"content"


def test_upload_is_written_once(config: Config) -> None:
    first = workspace.save_upload(config, "a.npz", io.BytesIO(b"one"), "key")
    assert workspace.save_upload(config, "a.npz", io.BytesIO(b"two"), "key") == first
    assert first.read_bytes() == b"one"


def test_old_uploads_are_deleted_except_those_in_use(config: Config) -> None:
    one, two, new = (workspace.save_upload(config, f"{name}.npz", io.BytesIO(b"x"), name) for name in "abc")
    for path in (one, two):
        os.utime(path, (0, time.time() - 3700))
    assert workspace.old_uploads(config, keep=[str(two)]) == [one]
    assert workspace.delete_uploads(config, keep=[str(two)]) == 1
    assert not one.parent.exists()
    assert workspace.uploads(config) == [two, new]  # somebody may be filling in the form for the new one


def test_a_change_inside_a_folder_is_noticed(tmp_path: Path) -> None:
    inner = tmp_path / "folder" / "deep"
    inner.mkdir(parents=True)
    (inner / "a").write_text("1")
    before = workspace.last_change(tmp_path / "folder")
    later = before + 10**9
    os.utime(inner / "a", ns=(later, later))
    assert workspace.last_change(tmp_path / "folder") == later
    assert workspace.last_change(inner / "a") == later
