from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import orth, subspace_angles
from sklearn.datasets import load_digits

from repgeom_core.analyses.evaluate import measure
from repgeom_core.errors import GeometryError

DIGITS = load_digits()
X, y = DIGITS.data / 16, DIGITS.target


def run(features, labels, other, null=False, **parameters):
    return measure("concept_alignment", features, labels, columns={"other": other}, column="other", interval=False, null=null, **parameters)


def test_coarse_classes_of_the_same_labels_are_a_hierarchy():
    assert run(X, y, y // 3).value == pytest.approx(1)
    assert run(X, y, y).value == pytest.approx(1)


def test_attributes_on_orthogonal_axes_are_independent():
    shape, colour = np.arange(400) // 2 % 4, np.arange(400) % 2
    features = np.hstack([np.eye(4)[shape], np.eye(2)[colour]]) + 7
    assert run(features, shape, colour).value == pytest.approx(0, abs=1e-12)


def test_agrees_with_scipy():
    other = np.random.default_rng(0).integers(0, 4, len(X))

    def span(codes):
        means = np.array([X[codes == c].mean(axis=0) for c in np.unique(codes)])
        return orth((means[1:] - means[0]).T)

    angles = subspace_angles(span(y), span(other))
    result = run(X, y, other)
    assert result.value == pytest.approx(np.mean(np.cos(angles) ** 2), rel=1e-9)
    assert result.details["angles"] == pytest.approx(np.degrees(angles[::-1]), rel=1e-6)
    assert result.notes["dimensions of the labels"] == 9
    assert result.notes["dimensions of other"] == 3


def test_divided_by_both_dimensions_it_is_the_mean_squared_entry_of_the_product_of_bases():
    """As the public code of the paper: QR of the differences to the first prototype, squared cosines, their mean."""
    other = np.random.default_rng(0).integers(0, 4, len(X))

    def basis(codes):
        means = np.array([X[codes == c].mean(axis=0) for c in np.unique(codes)])
        return np.linalg.qr((means[1:] - means[0]).T)[0]

    expected = ((basis(y).T @ basis(other)) ** 2).mean()
    assert run(X, y, other, divide_by="both dimensions").value == pytest.approx(expected, rel=1e-9)
    assert run(X, y, y, divide_by="both dimensions").value == pytest.approx(1 / 9)


def test_random_prototypes_align_as_random_subspaces():
    rng = np.random.default_rng(0)
    n, d = 300, 80
    values = [run(rng.standard_normal((n, d)), np.arange(n) % 5, rng.integers(0, 3, n)).value for _ in range(40)]
    # 4/d for random directions, and 4/n as the means are taken over the same samples.
    assert np.mean(values) == pytest.approx(4 / d + 4 / n, abs=0.015)


def test_samples_without_a_value_do_not_count():
    other = np.where(np.arange(len(y)) % 3 == 0, -1, y // 5)
    assert 0.5 < run(X, y, other).value < 1


def test_a_single_value_or_coinciding_prototypes_are_undefined():
    assert "prototypes that differ" in run(X, y, np.zeros_like(y)).notes["why"]
    assert np.isnan(run(np.ones((6, 3)), np.arange(6) % 2, np.arange(6) // 3).value)


def test_an_unknown_or_missing_column_is_refused():
    with pytest.raises(GeometryError, match="no column 'size'"):
        measure("concept_alignment", X, y, columns={"other": y}, column="size")
    with pytest.raises(GeometryError, match="Expected the name of a column"):
        measure("concept_alignment", X, y, columns={"other": y})
