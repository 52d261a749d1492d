"""Sums on a torch device equal NumPy's to 1e-6; where there is a graphics processor it is tried too."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from repgeom_core.analyses import inputs
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.errors import GeometryError
from repgeom_core.linalg.class_moments import class_moments, moments_device

RNG = np.random.default_rng(0)
DEVICES = ["cpu", pytest.param("cuda", marks=pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here"))]


def make(dtype: type, offset: float, n: int = 9000, d: int = 12, K: int = 6) -> tuple[np.ndarray, np.ndarray]:
    y = RNG.integers(0, K - 1, n)
    y[:50] = -1
    y[4000:4100] = K - 1  # a class that is first seen in a later chunk
    return (RNG.normal(size=(n, d)) * 0.3 + RNG.normal(size=(K, d))[y] * 2 + offset).astype(dtype), y


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("groups", [1, 7])
@pytest.mark.parametrize(("dtype", "offset"), [(np.float16, 0), (np.float32, 0), (np.float32, 1e4), (np.float64, 50)])
def test_device_gives_what_numpy_gives(device: str, groups: int, dtype: type, offset: float) -> None:
    X, y = make(dtype, offset)
    X.flags.writeable = False  # as the rows of a memory map are
    chunks = [X[:17], X[17:4050], X[4050:]]
    expected = class_moments(chunks, y, 7, groups).merged()
    found = class_moments(chunks, y, 7, groups, device=device).merged()
    np.testing.assert_array_equal(found.counts, expected.counts)
    np.testing.assert_array_equal(found.classes, expected.classes)
    np.testing.assert_allclose(found.means, expected.means, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(found.spread, expected.spread, rtol=1e-6)
    np.testing.assert_allclose(found.scatter, expected.scatter, rtol=1e-6, atol=1e-6 * np.abs(expected.scatter).max())


@pytest.mark.parametrize("device", DEVICES)
def test_groups_hold_the_same_samples_on_a_device(device: str) -> None:
    X, y = make(np.float64, 0)
    here, there = class_moments([X], y, 6, 5), class_moments([X], y, 6, 5, device=device)
    np.testing.assert_array_equal(there.counts, here.counts)
    weights = np.array([2, 0, 1, 3, 1])
    np.testing.assert_allclose(there.merged(weights).scatter, here.merged(weights).scatter, rtol=1e-10, atol=1e-9)


@pytest.mark.parametrize("device", [None, *DEVICES])
def test_double_multiplies_float32_features_in_float64(device: str | None) -> None:
    X, y = make(np.float32, 1e4)
    expected = class_moments([X.astype(np.float64)], y, 6).merged().scatter
    np.testing.assert_allclose(class_moments([X], y, 6, double=True, device=device).merged().scatter, expected, rtol=1e-9, atol=1e-9)


def test_features_summed_on_a_device_still_name_the_row_that_is_not_finite(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inputs, "moments_device", lambda n, d: "cpu")
    X, y = make(np.float32, 0)
    np.testing.assert_allclose(Inputs(X, y).moments.means, class_moments([X], y, 6).merged().means, rtol=1e-6, atol=1e-6)
    X[4321, 3] = np.nan
    with pytest.raises(GeometryError, match="the first in row 4321"):
        _ = Inputs(X, y).moments


def test_moments_from_a_device_merge_with_those_of_numpy() -> None:
    X, y = make(np.float64, 0)
    first = class_moments([X[:5000]], y[:5000], 6)
    both = first.merge(class_moments([X[5000:]], y[5000:], 6, shift=first.shift, device="cpu"))
    np.testing.assert_allclose(both.merged().scatter, class_moments([X], y, 6).merged().scatter, rtol=1e-10, atol=1e-9)


def test_small_work_stays_with_numpy_and_large_goes_to_cuda(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert moments_device(50_000, 512) is None
    assert moments_device(4_000_000, 512) == "cuda"
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert moments_device(4_000_000, 512) is None
