from __future__ import annotations

import numpy as np

from repgeom_core.linalg.directions import unit_rows


def test_rows_have_length_one_and_zeros_stay():
    Z = unit_rows(np.array([[3.0, 4], [0, 0], [1e-100, 0]], np.float64))
    np.testing.assert_allclose(Z, [[0.6, 0.8], [0, 0], [1, 0]])
    assert unit_rows(np.ones((2, 3), np.float32)).dtype == np.float64


def test_the_mean_itself_has_no_direction():
    Z = unit_rows(np.array([[0.1, 0.2], [0.3, 0.2], [0.2, 0.2]]), centred=True)
    np.testing.assert_allclose(Z, [[-1, 0], [1, 0], [0, 0]], atol=1e-12)
    assert not unit_rows(np.full((7, 3), 0.1), centred=True).any()
