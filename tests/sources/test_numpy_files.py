from __future__ import annotations

import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest

from repgeom_core.errors import SourceError
from repgeom_core.sources import inspect_source, read_source

X = np.random.default_rng(0).normal(size=(6, 4)).astype(np.float32)
Y = np.array([0, 1, 2, 0, 1, 2])


class Hostile:
    """Pickled, it creates a file when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self):
        return (Path.touch, (self.mark,))


def test_npz_gives_features_labels_ids_and_other_columns(tmp_path):
    path = tmp_path / "emb.npz"
    np.savez(
        path,
        embeddings=X,
        labels=Y,
        class_names=np.array(["a", "b", "c"]),
        ids=np.array([b"p", b"q", b"r", b"s", b"t", "ü".encode()]),
        age=np.arange(6.0),
        W=np.ones((3, 4)),
        b=np.zeros(3),
        logits=np.ones((6, 3)),
        predictions=Y[::-1],
        pieces=np.arange(99),
    )
    data = read_source(path)
    np.testing.assert_array_equal(data.features["embeddings"], X)
    assert data.classes == ("a", "b", "c")
    assert list(data.samples["label"]) == list("abcabc")
    assert list(data.samples["prediction"]) == list("cbacba")
    assert list(data.samples["id"]) == ["p", "q", "r", "s", "t", "ü"]
    assert list(data.samples["age"]) == [0, 1, 2, 3, 4, 5]
    assert data.logits.shape == (6, 3) and data.head[0].shape == (3, 4)
    assert "pieces" not in data.samples and data.roles["pieces"] == "ignore"
    assert data.warnings == ["Left out 'pieces': of another length than the samples, or of a kind that nothing here uses."]


def test_arrays_of_different_lengths_say_what_to_do(tmp_path):
    np.savez(tmp_path / "emb.npz", X=X, labels=Y[:5])
    with pytest.raises(
        SourceError, match="'labels' has 5 rows but 'X' has 6; .* equal lengths, or leave one out: --role labels=ignore"
    ) as caught:
        read_source(tmp_path / "emb.npz")
    assert "give 'labels' the role ignore in the table" in caught.value.on_page and "--" not in caught.value.on_page
    assert read_source(tmp_path / "emb.npz", {"labels": "ignore"}).n == 6


def test_labels_beyond_the_class_names_name_the_array_to_leave_out(tmp_path):
    np.savez(tmp_path / "emb.npz", X=X, labels=Y + 1, class_names=np.array(["a", "b", "c"]))
    with pytest.raises(SourceError, match="label 3 in row 2 .* counted from 0, .* --role class_names=ignore") as caught:
        read_source(tmp_path / "emb.npz")
    assert "give 'class_names' the role ignore in the table" in caught.value.on_page and "--" not in caught.value.on_page
    assert read_source(tmp_path / "emb.npz", {"class_names": "ignore"}).classes == ("1", "2", "3")


def test_ids_are_numbered_from_the_file_name(tmp_path):
    np.savez(tmp_path / "emb.npz", X=X)
    assert list(read_source(tmp_path / "emb.npz").samples["id"])[:2] == ["emb-0", "emb-1"]


def test_npy_is_memory_mapped(tmp_path):
    np.save(tmp_path / "x.npy", X)
    features = read_source(tmp_path / "x.npy").features["features"]
    assert isinstance(features, np.memmap)
    np.testing.assert_array_equal(features, X)


def test_images_in_npz_become_thumbnails_and_inputs(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (5, 7, 9, 3), dtype=np.uint8)
    np.savez(tmp_path / "i.npz", images=images, labels=np.arange(5))
    data = read_source(tmp_path / "i.npz")
    assert data.inputs.shape == (5, 7, 9, 3) and data.inputs.dtype == np.uint8
    np.testing.assert_array_equal(np.asarray(data.images.load([3])[0]), images[3])


@pytest.mark.parametrize("shape", [(5, 7, 9), (5, 1, 7, 9), (5, 7, 9, 1)])
def test_grey_images_have_one_channel_as_inputs_and_rgb_thumbnails(tmp_path, shape):
    images = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    np.savez(tmp_path / "i.npz", images=images)
    data = read_source(tmp_path / "i.npz")
    assert data.inputs.shape == (5, 7, 9, 1)
    np.testing.assert_array_equal(np.asarray(data.images.load([2])[0])[..., 1], images[2].reshape(7, 9))


def test_fortran_order_is_read_in_the_right_order(tmp_path):
    np.savez(tmp_path / "f.npz", X=np.asfortranarray(X))
    np.testing.assert_array_equal(read_source(tmp_path / "f.npz").features["X"], X)
    assert inspect_source(tmp_path / "f.npz").rows["X"][0].startswith(f"[{X[0, 0]:.4g}")


def test_inspecting_reads_no_array(tmp_path, monkeypatch):
    np.savez(tmp_path / "big.npz", X=X, labels=Y)
    monkeypatch.setattr(np, "load", lambda *a, **k: pytest.fail("an array was loaded"))
    seen = inspect_source(tmp_path / "big.npz")
    assert (seen.n, seen.roles) == (6, {"X": "features", "labels": "label"})
    assert list(seen.rows["labels"]) == ["0", "1", "2", "0", "1"]


@pytest.mark.parametrize("name", ["x.npy", "x.npz"])
def test_pickled_objects_are_refused_and_not_executed(tmp_path, name):
    mark = tmp_path / "executed"
    hostile = np.array([Hostile(mark), Hostile(mark)], dtype=object)
    if name.endswith("npz"):
        np.savez(tmp_path / name, X=X, labels=hostile)
    else:
        np.save(tmp_path / name, hostile)
    for read in (inspect_source, read_source):
        with pytest.raises(SourceError, match="Python objects"):
            read(tmp_path / name)
    assert not mark.exists()
    loaded = np.load(tmp_path / name, allow_pickle=True)
    _ = loaded["labels"] if name.endswith("npz") else loaded
    assert mark.exists(), "the pickle would have left no mark, so this test proves nothing"


def test_objects_in_place_of_vectors_are_not_sent_to_text(tmp_path):
    np.savez(tmp_path / "x.npz", X=X.astype(object))
    with pytest.raises(SourceError, match=r"np\.stack\(X\)\.astype\(np\.float32\)") as caught:
        read_source(tmp_path / "x.npz")
    assert "astype(str)" not in str(caught.value)
    np.savez(tmp_path / "x.npz", X=X, labels=np.array(list("abcabc"), dtype=object))
    with pytest.raises(SourceError, match=r"'labels' holds Python objects.*names as strings, for instance with \.astype\(str\)"):
        read_source(tmp_path / "x.npz")


def test_bare_pickle_under_the_name_of_an_array_is_not_executed(tmp_path):
    mark = tmp_path / "executed"
    for name in ("x.npy", "x.npz"):
        (tmp_path / name).write_bytes(pickle.dumps(Hostile(mark)))
        with pytest.raises(SourceError, match=name):
            read_source(tmp_path / name)
    assert not mark.exists()


def test_truncated_files_are_named(tmp_path):
    np.savez(tmp_path / "x.npz", X=np.ones((100, 50)))
    np.save(tmp_path / "x.npy", np.ones((100, 50)))
    for name in ("x.npz", "x.npy"):
        raw = (tmp_path / name).read_bytes()
        (tmp_path / name).write_bytes(raw[: len(raw) // 2])
        with pytest.raises(SourceError, match=rf"{name}.* truncated"):
            read_source(tmp_path / name)


def test_damaged_bytes_in_a_member_are_found(tmp_path):
    np.savez(tmp_path / "x.npz", X=np.ones((100, 50)))
    raw = bytearray((tmp_path / "x.npz").read_bytes())
    raw[5000] ^= 0xFF
    (tmp_path / "x.npz").write_bytes(raw)
    with pytest.raises(SourceError, match="'X' is truncated or damaged"):
        read_source(tmp_path / "x.npz")


def test_header_that_claims_an_enormous_array_is_refused_before_allocating(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.npz", "w") as archive, archive.open("X.npy", "w") as file:
        np.lib.format.write_array_header_1_0(file, {"descr": "<f8", "fortran_order": False, "shape": (10**12, 512)})
        file.write(b"\0" * 80)
    with pytest.raises(SourceError, match="does not fit shape"):
        read_source(tmp_path / "x.npz")


def test_mismatching_lengths_name_both_arrays(tmp_path):
    np.savez(tmp_path / "x.npz", X=X, labels=Y[:5])
    with pytest.raises(SourceError, match=r"'labels' has 5 rows but 'X' has 6"):
        read_source(tmp_path / "x.npz")


def test_complex_features_are_refused(tmp_path):
    np.savez(tmp_path / "x.npz", X=X.astype(complex))
    with pytest.raises(SourceError, match="nothing to look at"):
        read_source(tmp_path / "x.npz")


def test_two_kinds_of_features_become_two_layers(tmp_path):
    np.savez(tmp_path / "x.npz", layer1=X, layer2=X[:, :2].astype(np.float16))
    assert {k: v.shape for k, v in read_source(tmp_path / "x.npz").features.items()} == {"layer1": (6, 4), "layer2": (6, 2)}


@pytest.mark.shared_data
def test_cifar10_test_set_is_read():
    path = Path("../shared/data/cifar10_test.npz")
    if not path.exists():
        pytest.skip("../shared/data is absent")
    data = read_source(path)
    assert data.n == 10_000 and data.inputs.shape == (10_000, 32, 32, 3)
    assert data.classes[3] == "cat" and (data.samples["label"].value_counts() == 1000).all()
