from __future__ import annotations

import numpy as np
import pytest

from repgeom_core.errors import SourceError
from repgeom_core.sources import inspect_source, read_source
from repgeom_core.sources.read import split_from_name

X = np.random.default_rng(0).normal(size=(6, 4)).astype(np.float32)


@pytest.mark.parametrize("read", [read_source, inspect_source])
def test_missing_file_is_named(tmp_path, read):
    with pytest.raises(SourceError, match=r"There is no file or folder .*gone\.npz"):
        read(tmp_path / "gone.npz")


@pytest.mark.parametrize("name", ["data.xlsx", "data", "t.bytes"])
def test_unknown_format_lists_the_known_ones(tmp_path, name):
    (tmp_path / name).write_text("x")
    with pytest.raises(SourceError, match=r"is not known; known are \.npz, \.npy, \.csv.*\.parquet, \.safetensors, \.pt"):
        read_source(tmp_path / name)


@pytest.mark.parametrize("name", ["a.npz", "a.npy", "a.csv", "a.tsv", "a.parquet", "a.safetensors", "a.pt"])
@pytest.mark.parametrize("content", [b"", b"\x93\x00\xffnonsense\x00\x01"])
def test_empty_file_and_wrong_extension_name_the_file(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=name.replace(".", r"\.")):
        read_source(tmp_path / name)


def test_folder_with_nothing_known_says_what_was_expected(tmp_path):
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(SourceError, match="holds nothing known; expected a folder of images, projector_config.json"):
        read_source(tmp_path)


def test_bundle_is_told_to_be_opened(tmp_path):
    for name in ("manifest.json", "samples.parquet"):
        (tmp_path / name).touch()
    with pytest.raises(SourceError, match="bundle already"):
        read_source(tmp_path)


def test_option_of_another_format_is_refused(tmp_path):
    np.savez(tmp_path / "e.npz", X=X)
    with pytest.raises(SourceError, match="no option 'delimiter'"):
        read_source(tmp_path / "e.npz", delimiter=";")


def test_nan_and_inf_are_counted_and_dropped_on_request(tmp_path):
    bad = X.copy()
    bad[2, 1], bad[4, 0] = np.nan, -np.inf
    np.savez(tmp_path / "e.npz", X=bad, y=np.arange(6))
    with pytest.raises(SourceError, match=r"2 rows have NaN or infinite values in 'X' \(the first is row 2, counted from 0\)"):
        read_source(tmp_path / "e.npz")
    data = read_source(tmp_path / "e.npz", drop_invalid=True)
    np.testing.assert_array_equal(data.features["X"][:], X[[0, 1, 3, 5]])
    assert list(data.samples["label"]) == ["0", "1", "3", "5"] and "2 rows" in data.warnings[-1]


def test_nothing_left_after_dropping_is_refused(tmp_path):
    np.savez(tmp_path / "e.npz", X=np.full((4, 2), np.nan))
    with pytest.raises(SourceError, match="no samples"):
        read_source(tmp_path / "e.npz", drop_invalid=True)


@pytest.mark.parametrize("n", [0, 1])
def test_too_few_samples_are_refused(tmp_path, n):
    np.save(tmp_path / "e.npy", X[:n])
    with pytest.raises(SourceError, match="no samples" if n == 0 else "one sample"):
        read_source(tmp_path / "e.npy")


def test_several_files_get_the_split_in_their_name(tmp_path):
    for k, name in enumerate(["mine_train.npz", "mine_test.npz"]):
        np.savez(tmp_path / name, X=X + k, y=np.array([0, 1, 2, 3, 4, 5 + 5 * k]))
    data = read_source([tmp_path / "mine_train.npz", tmp_path / "mine_test.npz"])
    assert list(data.samples["split"]) == ["train"] * 6 + ["test"] * 6
    assert data.classes == ("0", "1", "2", "3", "4", "5", "10")
    assert list(data.y) == [0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 6]
    np.testing.assert_array_equal(data.features["X"][[11, 0]], [X[5] + 1, X[0]])
    told = read_source([tmp_path / "mine_train.npz", tmp_path / "mine_test.npz"], splits=["a", "b"])
    assert list(told.samples["split"].unique()) == ["a", "b"]


@pytest.mark.parametrize(
    ("name", "split"),
    [("cifar10_test", "test"), ("cifar10_train4k", "train"), ("valid-00000-of-00001", "val"), ("contest", "contest")],
)
def test_split_is_a_whole_word_of_the_name(name, split):
    assert split_from_name(name) == split
