from __future__ import annotations

import numpy as np
import pytest

from repgeom_core.analyses.evaluate import measure


def run(features, labels, **parameters):
    return measure("coding_length", features, labels, interval=False, null=False, **parameters)


def six_subspaces() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    parts = [rng.standard_normal((60, 3)) @ np.linalg.qr(rng.standard_normal((32, 3)))[0].T for _ in range(6)]
    features = np.concatenate(parts)
    return features + 0.03 * rng.standard_normal(features.shape), np.repeat(np.arange(6), 60)


@pytest.mark.parametrize("eps_sq", [0.01, 0.1, 0.5])
def test_the_true_partition_is_the_shortest(eps_sq):
    features, labels = six_subspaces()
    truth = run(features, labels, eps_sq=eps_sq).value
    merged = np.where(labels == 5, 4, labels)
    split = np.where((labels == 0) & (np.arange(360) % 2 == 0), 6, labels)
    shuffled = np.random.default_rng(0).permutation(labels)
    assert truth < min(run(features, other, eps_sq=eps_sq).value for other in (merged, split, shuffled))


def test_agrees_with_determinants_of_n_by_n_matrices():
    features, labels = six_subspaces()
    expected = 0.0
    for k in range(6):
        Z = features[labels == k] / np.linalg.norm(features[labels == k], axis=1, keepdims=True)
        expected += (60 + 32) / 2 * np.linalg.slogdet(np.eye(60) + 32 / (60 * 0.5) * Z @ Z.T)[1] - 60 * np.log(60 / 360)
    result = run(features, labels)
    assert result.value == pytest.approx(expected, rel=1e-10)
    assert result.details["per_class"].sum() == pytest.approx(result.value)


def test_one_class_has_the_length_without_labels():
    features, labels = six_subspaces()
    result = run(features, np.zeros_like(labels))
    assert result.value == pytest.approx(result.notes["one class"])
    assert run(features[:1], labels[:1]).value > 0
