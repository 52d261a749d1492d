from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from repgeom_core.bundle.export import export_bundle
from repgeom_core.npz_names import array_name, member_name
from repgeom_core.sources import read_source
from repgeom_core.sources.to_bundle import dataset_to_bundle

NAMES = ["layer1.conv", "a/b", "../../evil", "%2E%2E%2F%2E%2E%2Fevil", "/etc/evil", "..", ".a", "a\\b", "C:x", "100%", "ü", "x" * 200]


@given(st.text(min_size=1))
def test_every_name_comes_back(name: str) -> None:
    assert array_name(member_name(name)) == name


@given(st.text(min_size=1), st.text(min_size=1))
def test_different_names_are_different_members(one: str, other: str) -> None:
    assert (member_name(one) == member_name(other)) == (one == other)


@pytest.mark.parametrize("name", NAMES)
def test_no_member_leads_outside_the_folder_it_is_unpacked_in(name: str) -> None:
    member = member_name(name)
    assert not member.startswith("/")
    assert ".." not in member.split("/")
    assert not set("\\:") & set(member)


def test_ordinary_names_stay_as_they_are() -> None:
    for name in ("layer1.0.conv", "a/b", "my features", "ü"):
        assert member_name(name) == name
    assert array_name("a%20b") == "a%20b"  # written by others


def test_layers_of_any_name_keep_their_numbers_through_import_and_export(tmp_path: Path) -> None:
    arrays = {name: np.full((4, 2), k, np.float32) for k, name in enumerate(NAMES)}
    data = read_source_of(tmp_path, arrays)
    bundle = dataset_to_bundle(data, tmp_path / "b")
    for name, values in arrays.items():
        np.testing.assert_array_equal(np.asarray(bundle.features(name, "data")), values)
    assert not (tmp_path.parent / "evil").exists()
    (path,) = export_bundle(bundle, "npz", tmp_path / "x.npz")
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "unpacked")
    again = read_source(path)
    for name, values in arrays.items():
        np.testing.assert_array_equal(np.asarray(again.features[name]), values)


def read_source_of(folder: Path, arrays: dict[str, np.ndarray]):
    with zipfile.ZipFile(folder / "in.npz", "w") as archive:  # numpy.savez would make files of such names first
        for name, values in arrays.items():
            with archive.open(f"{member_name(name)}.npy", "w") as file:
                np.lib.format.write_array(file, values)
    return read_source(folder / "in.npz")
