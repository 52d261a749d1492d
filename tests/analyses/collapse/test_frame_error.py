"""The distance from each frame equals the matrices written out; each frame has distance 0 from itself."""

from __future__ import annotations

import numpy as np
import pytest

from repgeom_core.analyses.collapse import frame_error, frames
from repgeom_core.analyses.collapse.ufm import squared_feature_norms
from repgeom_core.analyses.evaluate import measure


def orthogonal_rows(lengths, d, seed=0):
    return np.diag(lengths) @ np.linalg.qr(np.random.default_rng(seed).standard_normal((d, d)))[0][: len(lengths)]


def plain(means, target):
    gram = means @ means.T
    return np.linalg.norm(gram / np.linalg.norm(gram) - target / np.linalg.norm(target))


def test_orthogonal_means_are_an_orthogonal_frame(around, value):
    X, y = around(orthogonal_rows(np.full(6, 2.0), 9), 0.3)
    assert value("frame_error", X, y) < 1e-14
    assert value("frame_error", X, y, target="etf") == pytest.approx(np.sqrt(2 - 2 * np.sqrt(5 / 6)), rel=1e-10)


def test_simplex_is_an_etf(simplex, around, value):
    X, y = around(simplex(6, 9), 0.3)
    assert value("frame_error", X, y, target="etf") < 1e-14
    assert value("frame_error", X, y, target="orthogonal") == pytest.approx(np.sqrt(2 - 2 * np.sqrt(5 / 6)), rel=1e-10)


@pytest.mark.parametrize("regularisation", [0.0, 0.05])
def test_means_of_the_lengths_that_class_sizes_predict_are_a_general_orthogonal_frame(regularisation, value):
    counts = np.array([40, 20, 10, 2])
    squared = squared_feature_norms(counts, 1.0, regularisation**2) if regularisation else 1 / np.sqrt(counts)
    means, y = orthogonal_rows(np.sqrt(squared), 5), np.repeat(np.arange(4), counts)
    parameters = {"target": "general orthogonal", "regularisation": regularisation}
    assert value("frame_error", 7 * means[y], y, **parameters) < 1e-13
    assert value("frame_error", means[y], y, target="orthogonal") > 0.1


@pytest.mark.parametrize("K, d, per_class", [(2, 5, 30), (5, 7, 30), (12, 3, 4), (4, 200, 5), (6, 4, 1)])
def test_equals_the_matrices_written_out(K, d, per_class, blobs, value):
    X, y = blobs(K, d, per_class)
    means, counts = np.stack([X[y == k].mean(axis=0) for k in range(K)]), np.bincount(y)
    for target, matrix in {
        "etf": np.eye(K) - 1 / K,
        "orthogonal": np.eye(K),
        "general orthogonal": np.diag(1 / np.sqrt(counts)),
    }.items():
        assert value("frame_error", X, y, target=target) == pytest.approx(plain(means, matrix), rel=1e-9)


@pytest.mark.parametrize("target", ["etf", "orthogonal", "general orthogonal"])
def test_many_classes_give_the_same_without_a_square_of_them(target, blobs, value, monkeypatch):
    X, y = blobs(12, 5)
    expected = value("frame_error", X, y, target=target)
    monkeypatch.setattr(frames, "EXACT", 5)
    monkeypatch.setattr(frame_error, "EXACT", 5)
    result = measure("frame_error", X, y, interval=False, null=False, target=target)
    assert result.value == pytest.approx(expected, rel=1e-9) and "gram" not in result.details


def test_undefined_is_said(blobs):
    X, y = blobs()
    assert measure("frame_error", np.ones((1, 3)), np.array([0])).notes["why"] == "one class"
    assert "are 0" in measure("frame_error", 0 * X, y).notes["why"]
    assert "vanishes" in measure("frame_error", X, y, target="general orthogonal", regularisation=1.0).notes["why"]
