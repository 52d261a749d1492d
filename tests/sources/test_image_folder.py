from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from repgeom_core.errors import SourceError
from repgeom_core.sources import inspect_source, read_source


def put(path, size=(6, 4), value=0):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, (value, 0, 0)).save(path)


def test_class_is_the_folder_and_id_the_path(tmp_path):
    for k, name in enumerate(["cat/1.png", "cat/2.png", "<i>dog/deep/1.png"]):
        put(tmp_path / name, value=k)
    (tmp_path / "cat" / "notes.txt").write_text("no image")
    (tmp_path / ".DS_Store").write_text("")
    data = read_source(tmp_path)
    assert list(data.samples["id"]) == ["<i>dog/deep/1.png", "cat/1.png", "cat/2.png"]
    assert list(data.samples["label"]) == ["<i>dog", "cat", "cat"] and "split" not in data.samples
    assert data.warnings == ["Left out 1 files that are no images (the first is cat/notes.txt)."]
    assert data.name == tmp_path.name and inspect_source(tmp_path).n == 3


def test_nested_split_folders_are_splits(tmp_path):
    for name in ["train/cat/1.png", "train/dog/1.png", "validation/cat/1.png"]:
        put(tmp_path / name)
    data = read_source(tmp_path)
    assert list(data.samples["split"]) == ["train", "train", "val"] and list(data.samples["label"]) == ["cat", "dog", "cat"]


def test_flat_folder_has_no_labels(tmp_path):
    put(tmp_path / "1.png")
    put(tmp_path / "2.png")
    data = read_source(tmp_path)
    assert data.n == 2 and "label" not in data.samples and data.classes == ()


def test_inputs_are_decoded_when_indexed(tmp_path):
    for k in range(4):
        put(tmp_path / "a" / f"{k}.png", value=k * 10)
    inputs = read_source(tmp_path).inputs
    assert inputs.shape == (4, 4, 6, 3) and inputs.dtype == np.uint8
    np.testing.assert_array_equal(inputs[[2, 0]][:, 0, 0, 0], [20, 0])
    assert inputs[1:3].shape == (2, 4, 6, 3) and inputs[-1][0, 0, 0] == 30


def test_images_of_several_sizes_are_scaled(tmp_path):
    put(tmp_path / "a" / "1.png", (6, 4))
    put(tmp_path / "a" / "2.png", (40, 30))
    data = read_source(tmp_path)
    assert data.inputs.shape == (2, 224, 224, 3) and "2 sizes" in data.warnings[0]
    assert read_source(tmp_path, image_size=(8, 16)).inputs[:].shape == (2, 8, 16, 3)


def test_turned_photograph_stands_upright(tmp_path):
    (tmp_path / "a").mkdir()
    exif = Image.Exif()
    exif[0x0112] = 6
    for name in ("1.jpg", "2.jpg"):
        Image.new("RGB", (60, 40)).save(tmp_path / "a" / name, exif=exif)
    data = read_source(tmp_path)
    assert data.inputs.shape == (2, 60, 40, 3) and data.images.load([0])[0].size == (40, 60)


def test_broken_image_is_named_and_may_be_dropped(tmp_path):
    put(tmp_path / "a" / "1.png")
    put(tmp_path / "a" / "3.png", value=9)
    (tmp_path / "a" / "2.png").write_bytes(b"\x89PNG nonsense")
    with pytest.raises(SourceError, match=r"a/2\.png cannot be read as an image"):
        read_source(tmp_path)
    data = read_source(tmp_path, drop_invalid=True)
    assert list(data.samples["id"]) == ["a/1.png", "a/3.png"] and data.inputs[1][0, 0, 0] == 9


def test_truncated_image_is_named_when_it_is_decoded(tmp_path):
    rng = np.random.default_rng(0)
    for name in ("1.png", "2.png"):
        Image.fromarray(rng.integers(0, 256, (50, 50, 3), dtype=np.uint8)).save(tmp_path / name)
    raw = (tmp_path / "2.png").read_bytes()
    (tmp_path / "2.png").write_bytes(raw[: len(raw) // 2])
    data = read_source(tmp_path)
    with pytest.raises(SourceError, match=r"2\.png cannot be read"):
        data.images.load([0, 1])


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_decompression_bomb_is_refused(tmp_path):
    Image.new("1", (10_000, 10_000)).save(tmp_path / "1.png")
    Image.new("1", (20_000, 20_000)).save(tmp_path / "2.png")
    with pytest.raises(SourceError, match=r"too many pixels to open safely \(and 1 more"):
        read_source(tmp_path)


def test_sixteen_bit_grey_is_not_clipped(tmp_path):
    for k in range(2):
        Image.fromarray(np.full((4, 4), 32_768, dtype=np.uint16)).save(tmp_path / f"{k}.png")
    assert read_source(tmp_path).images.load([0])[0].getpixel((0, 0)) == (128, 128, 128)
