from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics.pairwise import paired_cosine_distances

from repgeom_core.analyses.evaluate import measure
from repgeom_core.errors import RepGeomError

RNG = np.random.default_rng(0)
X, VIEWS = RNG.standard_normal((80, 9)), RNG.standard_normal((80, 9))


def run(features, views, null=False, **parameters):
    return measure("alignment", features, views=views, interval=False, null=null, **parameters)


def test_squared_distance_is_twice_the_cosine_distance():
    expected = 2 * paired_cosine_distances(X, VIEWS)
    assert run(X, VIEWS).details["per_sample"] == pytest.approx(expected, rel=1e-10)
    assert run(X, VIEWS).value == pytest.approx(expected.mean(), rel=1e-10)


@pytest.mark.parametrize("alpha", [1.0, 2.0, 3.0])
def test_equal_opposite_and_right_angles(alpha):
    assert run(X, 3 * X, alpha=alpha).value == pytest.approx(0, abs=1e-12)
    assert run(X, -X, alpha=alpha).value == pytest.approx(2**alpha)
    assert run(np.eye(4), np.roll(np.eye(4), 1, axis=0), alpha=alpha).value == pytest.approx(2 ** (alpha / 2))


def test_shuffled_pairs_are_as_far_as_strangers():
    result = run(X, X + 0.01 * VIEWS, null=True)
    assert result.null.mean == pytest.approx(2, abs=0.15)
    assert result.value < 0.01


def test_zeros_in_either_view_are_left_out():
    features, views = X.copy(), X.copy()
    features[0] = views[1] = 0
    result = run(features, views)
    assert result.value == pytest.approx(0, abs=1e-12)
    assert result.notes["rows of zeros left out"] == 2
    assert "no sample has a direction" in run(np.zeros((3, 2)), np.ones((3, 2))).notes["why"]


def test_without_views_or_with_views_of_another_shape_it_is_refused():
    with pytest.raises(RepGeomError, match="needs two views"):
        measure("alignment", X)
    with pytest.raises(RepGeomError, match=r"shape \(80, 9\).*got \(80, 4\)"):
        run(X, VIEWS[:, :4])
