from __future__ import annotations

import numpy as np
from scipy.stats import ortho_group

from repgeom_core.linalg.canonical_order import canonical_order


def test_the_same_samples_come_first_after_permutation_rotation_translation_and_scaling():
    X = np.random.default_rng(0).standard_normal((50, 6))
    order = canonical_order(X)
    permutation = np.random.default_rng(1).permutation(50)
    moved = 3 * X[permutation] @ ortho_group.rvs(6, random_state=0) + 5
    np.testing.assert_array_equal(permutation[canonical_order(moved)], order)
