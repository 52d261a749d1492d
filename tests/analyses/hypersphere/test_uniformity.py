from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import pdist
from sklearn.datasets import load_digits

from repgeom_core.analyses.evaluate import measure
from repgeom_core.analyses.hypersphere.uniformity import uniform_on_sphere

X = load_digits().data / 16


def run(features, **parameters):
    return measure("uniformity", features, interval=False, null=False, **parameters)


@pytest.mark.parametrize(("centred", "expected"), [(False, -1.163522), (True, -3.291036)])
def test_digits(centred, expected):
    assert run(X, centred=centred).value == pytest.approx(expected, abs=5e-7)


@pytest.mark.parametrize(("d", "expected"), [(2, -1.575), (3, -2.0798), (8, -3.083), (16, -3.5130), (128, -3.9375)])
def test_closed_form_on_the_sphere(d, expected):
    assert uniform_on_sphere(d, 2) == pytest.approx(expected, abs=5e-4)
    drawn = np.random.default_rng(0).standard_normal((1500, d))
    result = run(drawn)
    assert result.value == pytest.approx(expected, abs=0.01)
    assert result.notes["uniform on the sphere"] == uniform_on_sphere(d, 2)


def test_circle_agrees_with_an_integral():
    angle = np.linspace(0, 2 * np.pi, 100_001)[:-1]
    assert uniform_on_sphere(2, 5) == pytest.approx(np.log(np.exp(-5 * (2 - 2 * np.cos(angle))).mean()), rel=1e-10)


def test_simplex_etf_with_copies():
    K, m = 10, 50
    q = (m - 1) / (K * m - 1)
    expected = np.log(q + (1 - q) * np.exp(-4 * K / (K - 1)))
    assert expected == pytest.approx(-2.21836, abs=5e-6)
    assert run(np.repeat(np.eye(K) - 1 / K, m, axis=0)).value == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("block", [7, 64])
def test_agrees_with_pairwise_distances_whatever_the_block(monkeypatch, block):
    from repgeom_core.analyses.hypersphere import uniformity

    monkeypatch.setattr(uniformity, "BLOCK", block)
    Z = X[:150] / np.linalg.norm(X[:150], axis=1, keepdims=True)
    result = run(X[:150], t=3.0)
    assert result.value == pytest.approx(np.log(np.exp(-3 * pdist(Z, "sqeuclidean")).mean()), rel=1e-10)
    first = np.log(np.exp(-3 * ((Z[1:] - Z[0]) ** 2).sum(axis=1)).mean())
    assert result.details["per_sample"][0] == pytest.approx(first, rel=1e-10)
    assert np.exp(result.details["per_sample"]).mean() == pytest.approx(np.exp(result.value), rel=1e-10)


def test_all_in_one_direction_is_zero_and_lengths_do_not_matter():
    assert run(np.outer([1.0, 2, 3], [1, 1])).value == pytest.approx(0, abs=1e-12)
    assert run(X[:50] * np.arange(1, 51)[:, None]).value == pytest.approx(run(X[:50]).value, rel=1e-12)


def test_rows_of_zeros_are_left_out():
    result = run(np.vstack([X[:20], np.zeros((2, 64))]))
    assert result.value == pytest.approx(run(X[:20]).value)
    assert result.notes["rows of zeros left out"] == 2
    assert np.isnan(result.details["per_sample"][-2:]).all()


def test_one_sample_or_the_same_sample_centred_is_undefined():
    for result in (run(X[:1]), run(np.full((5, 3), 0.1), centred=True)):
        assert "fewer than two" in result.notes["why"]
