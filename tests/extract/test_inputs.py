from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import torch

from repgeom_core.errors import RecipeError
from repgeom_core.extract import InputSpec
from repgeom_core.extract.inputs import Preparation
from repgeom_core.sources import Dataset

CPU = torch.device("cpu")
RNG = np.random.default_rng(0)
COLOUR = RNG.integers(0, 256, (4, 6, 8, 3), dtype=np.uint8)
GREY = RNG.integers(0, 256, (4, 6, 8), dtype=np.uint8)


def prepared(inputs: np.ndarray, channels_last: bool = False, **spec: object) -> torch.Tensor:
    dataset = Dataset("data", pd.DataFrame({"id": [str(i) for i in range(len(inputs))]}), inputs=inputs)
    return Preparation(InputSpec(**spec), dataset, CPU, channels_last)(torch.from_numpy(inputs))


def test_images_become_scaled_normalised_channels_first() -> None:
    mean, std = (0.1, 0.2, 0.3), (0.5, 0.6, 0.7)
    expected = ((COLOUR / 255.0 - np.array(mean)) / np.array(std)).transpose(0, 3, 1, 2)
    x = prepared(COLOUR, mean=mean, std=std)
    assert x.is_contiguous()
    np.testing.assert_allclose(x.numpy(), expected, rtol=1e-5, atol=1e-6)


def test_channels_last_is_the_same_values_in_another_memory_format() -> None:
    x = prepared(COLOUR, channels_last=True)
    assert x.is_contiguous(memory_format=torch.channels_last)
    assert torch.equal(x, prepared(COLOUR))


def test_grey_images_get_a_channel() -> None:
    np.testing.assert_allclose(prepared(GREY).numpy(), GREY[:, None] / 255.0, rtol=1e-6)


def test_layouts() -> None:
    np.testing.assert_allclose(prepared(COLOUR, layout="nhwc").numpy(), COLOUR / 255.0, rtol=1e-6)
    np.testing.assert_allclose(prepared(COLOUR, layout="flat").numpy(), COLOUR.reshape(4, -1) / 255.0, rtol=1e-6)


def test_float_arrays_are_passed_as_they_are_in_a_copy() -> None:
    values = RNG.normal(size=(4, 3, 8, 8)).astype(np.float32)
    x = prepared(values)
    np.testing.assert_array_equal(x.numpy(), values)
    x.fill_(0)
    assert values.any()


def test_token_ids_stay_whole_numbers() -> None:
    x = prepared(np.arange(12, dtype=np.int32).reshape(4, 3))
    assert x.dtype == torch.int64
    with pytest.raises(RecipeError, match="as they are"):
        prepared(np.arange(12, dtype=np.int32).reshape(4, 3), scale=2.0)


def test_resized_constant_image_stays_constant() -> None:
    x = prepared(np.full((2, 6, 8, 3), 51, np.uint8), resize=(5, 7))
    assert x.shape == (2, 3, 5, 7)
    np.testing.assert_allclose(x.numpy(), 0.2, rtol=1e-5)


@pytest.mark.parametrize(
    ("inputs", "spec", "says"),
    [
        (COLOUR, {"mean": (0.1, 0.2)}, "mean has 2 values, but the samples have 3 channels"),
        (np.zeros((4, 5), np.float32), {"layout": "nchw"}, r"shape \(n, 5\)"),
        (np.zeros((4, 5), np.float32), {"resize": (3, 3)}, "for images"),
        (np.array(["a", "b"]), {}, "must be numbers"),
    ],
)
def test_settings_that_do_not_fit_the_samples_are_named(inputs: np.ndarray, spec: dict, says: str) -> None:
    dataset = Dataset("data", pd.DataFrame({"id": [str(i) for i in range(len(inputs))]}), inputs=inputs)
    with pytest.raises(RecipeError, match=says):
        Preparation(InputSpec(**spec), dataset, CPU)
