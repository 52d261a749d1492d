"""Self-duality is 0 for a head that is the means, and known for its negative, an orthogonal one and a simplex."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cosine

from repgeom_core.analyses.evaluate import measure
from repgeom_core.errors import GeometryError


def centred(X, y):
    means = np.stack([X[y == k].mean(axis=0) for k in np.unique(y)])
    return means - means.mean(axis=0)


@pytest.fixture
def head():
    return np.random.default_rng(7).standard_normal((5, 7)), np.random.default_rng(8).standard_normal(5)


def test_means_as_head(blobs, value):
    X, y = blobs()
    M = centred(X, y)
    assert value("self_duality_error", X, y, 3 * M) < 1e-13
    assert value("self_duality_error", X, y, -M) == pytest.approx(2)


def test_orthogonal_head(blobs, value):
    X, y = blobs(4, 8)
    X = np.concatenate([X, np.zeros_like(X)], axis=1)
    W = np.concatenate([np.zeros((4, 8)), np.random.default_rng(0).standard_normal((4, 8))], axis=1)
    assert value("self_duality_error", X, y, W) == pytest.approx(np.sqrt(2))
    result = measure("self_duality_error", X, y, W, form="A")
    assert np.isnan(result.value) and "orthogonal" in result.notes["why"]


def test_simplex_that_is_its_own_classifier(simplex, around, value):
    M = simplex(6, 9, 2.0)
    X, y = around(M, 0.3)
    assert value("self_duality_error", X, y, 5 * M, form="A") < 1e-13


@pytest.mark.parametrize("K, d, per_class", [(2, 5, 30), (5, 7, 30), (12, 3, 4), (4, 200, 5), (6, 4, 1)])
def test_equals_the_second_derivation(K, d, per_class, blobs, value):
    X, y = blobs(K, d, per_class)
    M, W = centred(X, y), np.random.default_rng(1).standard_normal((K, d))
    inner = (W * M).sum() / np.linalg.norm(W) / np.linalg.norm(M)
    assert value("self_duality_error", X, y, W) == pytest.approx(np.sqrt(2 - 2 * inner), rel=1e-9)
    gram = W @ M.T / np.linalg.norm(W @ M.T)
    assert value("self_duality_error", X, y, W, form="A") == pytest.approx(
        np.linalg.norm(gram - (np.eye(K) - 1 / K) / np.sqrt(K - 1)), rel=1e-9
    )


def test_per_class_cosines_equal_scipy(blobs, head):
    X, y = blobs()
    found = measure("self_duality_error", X, y, *head, interval=False, null=False).details["per_class"]
    np.testing.assert_allclose(found, [1 - cosine(w, m) for w, m in zip(head[0], centred(X, y), strict=True)], atol=1e-12)


def test_rows_of_classes_without_samples_are_left_out(blobs, head, value):
    X, y = blobs()
    keep = y != 2
    rows = np.array([0, 1, 3, 4])
    assert value("self_duality_error", X[keep], y[keep], *head) == pytest.approx(
        value("self_duality_error", X[keep], np.searchsorted(rows, y[keep]), head[0][rows])
    )


def test_a_head_with_too_few_rows_is_refused(blobs, head):
    with pytest.raises(GeometryError, match="The head has 3 rows, but a sample is of class 4"):
        measure("self_duality_error", *blobs(), head[0][:3])


def test_a_head_of_zeros_has_no_direction(blobs):
    assert measure("self_duality_error", *blobs(), np.zeros((5, 7))).notes["why"] == "the head is 0"


def test_null_is_a_head_in_random_directions(blobs, head):
    X, y = blobs(5, 300)
    W = centred(X, y)
    result = measure("self_duality_error", X, y, W, interval=False)
    assert result.value < 1e-12 and result.null.mean == pytest.approx(np.sqrt(2), abs=0.05)
