from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_digits

from repgeom_core.analyses.evaluate import measure

DIGITS = load_digits()
X, y = DIGITS.data / 16, DIGITS.target


def run(features, labels, null=False, **parameters):
    return measure("subspace_affinity", features, labels, interval=False, null=null, **parameters)


@pytest.mark.parametrize(("centred", "expected"), [(False, 0.252477), (True, 0.205860)])
def test_digits_zero_and_one(centred, expected):
    assert run(X, y, centred=centred).details["affinity"][0, 1] == pytest.approx(expected, abs=5e-7)


def test_is_the_trace_of_the_product_of_projections():
    P = [basis.T @ basis for basis in (np.linalg.svd(X[y == k])[2][:7] for k in range(10))]
    expected = [[np.trace(a @ b) / 7 for a in P] for b in P]
    np.testing.assert_allclose(run(X, y, rank=7).details["affinity"], expected, rtol=1e-7)


def test_a_line_inside_a_plane_has_affinity_one():
    rng = np.random.default_rng(0)
    plane = np.pad(rng.standard_normal((20, 2)), ((0, 0), (0, 2)))
    line = np.outer(rng.standard_normal(20), [1.0, 1.0, 0, 0])
    result = run(np.concatenate([plane, line]), np.repeat([0, 1], 20), rank=2)
    assert result.details["ranks"].tolist() == [2, 1]
    assert result.value == pytest.approx(1)


def test_random_subspaces_have_rank_over_dimension():
    rng = np.random.default_rng(0)
    result = run(rng.standard_normal((2000, 50)), np.arange(2000) % 40, rank=5)
    assert result.value == pytest.approx(0.1, abs=0.003)
    assert result.notes["of random subspaces"] == pytest.approx(0.1)


def test_the_null_is_rank_over_dimension():
    assert run(X, y, null=True).null.mean == pytest.approx(5 / 64, abs=0.005)


def test_one_class_is_undefined():
    assert np.isnan(run(X[:50], np.zeros(50, int)).value)


def test_the_null_of_few_samples_a_class_is_that_of_all_of_them():
    """Leading directions of Gaussian samples are uniform whatever their number: the mean is r/d either way."""
    from repgeom_core.analyses.inputs import Inputs
    from repgeom_core.analyses.nulls import MOST_OF_A_CLASS, gaussian_classes

    rng = np.random.default_rng(0)
    y = np.repeat(np.arange(3), [600, 300, 40])
    data = Inputs(rng.standard_normal((940, 30)), y)
    fewer = gaussian_classes(data, rng)
    assert list(np.bincount(fewer.y)) == [MOST_OF_A_CLASS, MOST_OF_A_CLASS, 40]

    def values(make):
        return [measure("subspace_affinity", *make(), interval=False, null=False).value for _ in range(60)]

    few = values(lambda: ((drawn := gaussian_classes(data, rng)).X, drawn.y))
    many = values(lambda: (rng.standard_normal((940, 30)), y))
    assert np.mean(few) == pytest.approx(5 / 30, abs=0.006)
    assert np.mean(many) == pytest.approx(5 / 30, abs=0.006)
    assert np.std(few) == pytest.approx(np.std(many), rel=0.5)
