"""The frame that makes samples small numbers."""

from __future__ import annotations

import numpy as np
import pytest

from repgeom_core.linalg.frame import frame


@pytest.mark.parametrize("size", [1e-300, 1e-3, 1.0, 1e300])
def test_samples_are_about_one_in_their_frame(size: float) -> None:
    X = np.random.default_rng(0).normal(size=(40, 3)) * size + 5 * size
    centre, scale = frame(X)
    assert 0.5 <= np.abs((X - centre) * scale).max() <= 1
    assert np.log2(scale) % 1 == 0


def test_equal_samples_have_a_frame() -> None:
    centre, scale = frame(np.full((3, 2), 7.0))
    assert centre.tolist() == [7, 7]
    assert np.isfinite(scale)


def test_an_outlier_does_not_move_the_centre() -> None:
    X = np.random.default_rng(0).normal(size=(101, 2))
    X[50] = 1e12
    assert np.abs(frame(X)[0]).max() < 0.5
