"""NMI along the merges: scikit-learn's of scipy's cuts, the figures on digits, and 1 where clusters are the classes."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.datasets import load_digits
from sklearn.metrics import normalized_mutual_info_score

from repgeom_core import measure

X, Y = load_digits(return_X_y=True)
X = X / 16


@pytest.mark.parametrize(("method", "nmi", "accuracy"), [("ward", 0.8682, 0.8403), ("graph_degree", 0.8955, 0.8748)])
def test_digits(method: str, nmi: float, accuracy: float) -> None:
    result = measure("merge_nmi", X, Y, method=method, interval=False, null=False)
    assert result.value == pytest.approx(nmi, abs=5e-5)
    assert result.notes["accuracy"] == pytest.approx(accuracy, abs=5e-5)


@pytest.mark.parametrize("method", ["average", "complete", "ward"])
def test_the_curve_is_that_of_scikit_learn(method: str) -> None:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 5, 300)
    points = rng.normal(size=(5, 4))[y] * 2 + rng.normal(size=(300, 4))
    result = measure("merge_nmi", points, y, method=method, interval=False, null=False)
    Z = linkage(points, method)
    expected = [normalized_mutual_info_score(y, fcluster(Z, k, "maxclust")) for k in result.details["k"]]
    np.testing.assert_allclose(result.details["nmi_by_k"], expected, atol=1e-9)
    every = [normalized_mutual_info_score(y, fcluster(Z, k, "maxclust")) for k in range(1, 301)]
    assert result.notes["best"] == pytest.approx(max(every))
    assert result.notes["clusters at the best"] == int(np.argmax(every)) + 1


def test_clusters_that_are_the_classes_tell_all() -> None:
    y = np.repeat([0, 1, 2], [10, 30, 60])
    points = np.random.default_rng(0).normal(size=(100, 2)) + 1000 * y[:, None]
    result = measure("merge_nmi", points, y, interval=False)
    assert result.value == pytest.approx(1) and result.notes["clusters at the best"] == 3
    assert result.null is not None and result.null.mean < 0.1


def test_without_classes_or_samples_enough_it_is_undefined() -> None:
    points = np.random.default_rng(0).normal(size=(20, 2))
    one = measure("merge_nmi", points, np.zeros(20, int), interval=False, null=False)
    assert np.isnan(one.value) and "one class" in one.notes["why"]
    copies = measure("merge_nmi", points[np.arange(20) % 3], np.repeat([0, 1, 2, 3], 5), interval=False, null=False)
    assert np.isnan(copies.value) and copies.notes["why"] == "only 3 of 20 samples differ: they cannot be cut into 4 clusters"
    many = measure("merge_nmi", points, np.arange(20) % 2, clusters=21, interval=False, null=False)
    assert np.isnan(many.value) and "cannot be cut into 21" in many.notes["why"]
