from __future__ import annotations

import numpy as np
import pytest

from repgeom_core.analyses.dimension.random_subspace import RandomSubspace


def test_columns_have_length_one_and_larger_subspaces_hold_smaller_ones() -> None:
    subspace = RandomSubspace(300, np.random.default_rng(0))
    small = subspace.basis(5).copy()
    large = subspace.basis(40)
    np.testing.assert_allclose(np.linalg.norm(large, axis=0), 1)
    np.testing.assert_array_equal(large[:, :5], small)
    np.testing.assert_array_equal(subspace.basis(5), small)


@pytest.mark.parametrize("seed", range(3))
def test_ten_sums_of_a_thousand_parameters_take_ten_directions(seed) -> None:
    """The toy of the paper: parameters in ten groups whose sums are prescribed. The solutions have dimension 990."""
    sums = np.kron(np.eye(10), np.ones((1, 100)))
    wanted = np.arange(1.0, 11.0)
    subspace = RandomSubspace(1000, np.random.default_rng(seed))

    def residual(dimensions: int) -> float:
        reach = sums @ subspace.basis(dimensions)
        return float(np.linalg.norm(reach @ np.linalg.lstsq(reach, wanted, rcond=None)[0] - wanted))

    assert residual(9) > 0.01
    assert residual(10) < 1e-10
