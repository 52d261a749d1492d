"""The loss equals its double sum, and at a simplex the closed form."""

from __future__ import annotations

import numpy as np
import pytest

from repgeom_core.analyses.collapse import supcon_loss
from repgeom_core.analyses.evaluate import measure


def plain(X, y, t):
    Z = X / np.linalg.norm(X, axis=1, keepdims=True)
    losses = []
    for i in range(len(y)):
        others = np.arange(len(y)) != i
        positives = np.flatnonzero(others & (y == y[i]))
        if len(positives):
            total = np.exp(Z[others] @ Z[i] / t).sum()
            losses.append(-np.mean([np.log(np.exp(Z[i] @ Z[p] / t) / total) for p in positives]))
    return np.mean(losses)


def test_collapsed_simplex_has_the_minimum(simplex):
    y = np.repeat(np.arange(10), 8)
    result = measure("supcon_loss", simplex(10, 12)[y], y, interval=False, null=False)
    assert result.value == pytest.approx(np.log(7 + 72 * np.exp(-(1 + 1 / 9) / 0.1)), rel=1e-12)
    assert result.value == pytest.approx(1.94606, abs=5e-6)
    assert result.notes["at a simplex"] == pytest.approx(result.value) and result.notes["above a simplex"] == pytest.approx(0, abs=1e-12)


def test_nothing_is_below_the_simplex_for_classes_of_equal_size(simplex):
    y = np.repeat(np.arange(4), 6)
    rng = np.random.default_rng(0)
    for spread in (0.01, 0.1, 1.0):
        X = simplex(4, 5)[y] + spread * rng.standard_normal((24, 5))
        assert measure("supcon_loss", X, y, interval=False, null=False).notes["above a simplex"] > 0


@pytest.mark.parametrize("K, d, per_class", [(2, 5, 20), (5, 7, 10), (12, 3, 3), (4, 200, 5)])
@pytest.mark.parametrize("temperature", [0.1, 1.0])
def test_equals_the_double_sum(K, d, per_class, temperature, blobs, value):
    X, y = blobs(K, d, per_class)
    X = X - 3
    assert value("supcon_loss", X, y, temperature=temperature) == pytest.approx(plain(X, y, temperature), rel=1e-10)


def test_equals_torch(digits, value):
    import torch

    X, y = digits[0][:300], digits[1][:300]
    Z = torch.nn.functional.normalize(torch.from_numpy(X))
    logits = Z @ Z.T / 0.1
    logits.fill_diagonal_(-torch.inf)
    log_share = logits - torch.logsumexp(logits, dim=1, keepdim=True)
    same = torch.from_numpy(y[:, None] == y).fill_diagonal_(False)
    expected = -(torch.where(same, log_share, 0).sum(dim=1) / same.sum(dim=1)).mean()
    assert value("supcon_loss", X, y) == pytest.approx(float(expected), rel=1e-12)


def test_small_blocks_give_the_same(blobs, value, monkeypatch):
    expected = value("supcon_loss", *blobs())
    monkeypatch.setattr(supcon_loss, "AT_ONCE", 500)
    assert value("supcon_loss", *blobs()) == pytest.approx(expected, rel=1e-12)


def test_a_cold_temperature_does_not_overflow(blobs, value):
    X, y = blobs()
    assert np.isfinite(value("supcon_loss", X - 3, y, temperature=0.01))


def test_a_sample_alone_counts_among_the_others_only(blobs):
    X, y = blobs(3, 5, 6)
    y = y.copy()
    y[0] = 3
    result = measure("supcon_loss", X, y, interval=False, null=False)
    assert result.value == pytest.approx(plain(X, y, 0.1), rel=1e-10)
    assert result.notes["samples without a positive"] == 1 and np.isnan(result.details["per_sample"][0])
    assert np.isnan(result.details["per_class"][3]) and np.isfinite(result.details["per_class"][:3]).all()


def test_undefined_is_said():
    assert "no class has two" in measure("supcon_loss", np.eye(3), np.arange(3)).notes["why"]
    assert "1 samples are 0" in measure("supcon_loss", np.array([[0.0, 0], [1, 0]]), np.array([0, 0])).notes["why"]
