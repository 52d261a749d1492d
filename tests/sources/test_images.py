from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from repgeom_core.errors import SourceError
from repgeom_core.sources.images import ArrayImages, DecodedInputs, EncodedImages


def encoded(values, size=(4, 4)):
    items = []
    for value in values:
        file = io.BytesIO()
        Image.new("RGB", size, (value,) * 3).save(file, "PNG")
        items.append(file.getvalue())
    return EncodedImages(items, [f"image {k}" for k in range(len(items))])


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_floats_between_zero_and_one_are_shown_as_grey_levels(dtype):
    array = np.full((2, 3, 3), 0.5, dtype=dtype)
    array[1] = np.nan
    first, second = ArrayImages(array).load([0, 1])
    assert first.getpixel((0, 0)) == (128,) * 3 and second.getpixel((0, 0)) == (0,) * 3


def test_transparent_images_are_shown_as_rgb():
    image = ArrayImages(np.full((1, 3, 3, 4), 9, np.uint8)).load([0])[0]
    assert image.mode == "RGB" and image.getpixel((0, 0)) == (9, 9, 9)


@pytest.mark.parametrize("shape", [(4, 5), (4, 5, 5, 2), (4, 2, 5, 5), (4, 3, 5, 5, 5)])
def test_arrays_that_are_no_images_are_refused(shape):
    with pytest.raises(SourceError, match="Images must have shape"):
        ArrayImages(np.zeros(shape, np.uint8))


def test_decoded_inputs_index_like_an_array():
    inputs = DecodedInputs(encoded([0, 10, 20, 30]), 4, 4)
    whole = inputs[:]
    for rows in (slice(1, 3), [3, 0], np.array([2]), np.array([True, False, False, True]), -1, slice(None, None, -2)):
        np.testing.assert_array_equal(inputs[rows], whole[rows])


def test_scaling_keeps_the_centre_and_the_aspect():
    pixels = np.zeros((4, 12, 3), np.uint8)
    pixels[:, 4:8] = 255
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    inputs = DecodedInputs(EncodedImages([file.getvalue()], ["a"]), 4, 4)
    assert (inputs[0] > 250).all()


def test_zip_bomb_of_pixels_is_refused_by_name():
    with pytest.warns(Image.DecompressionBombWarning), pytest.raises(SourceError, match="image 0 has .* pixels"):
        file = io.BytesIO()
        Image.new("1", (10_000, 10_000)).save(file, "PNG")
        EncodedImages([file.getvalue()], ["image 0"]).load([0])
