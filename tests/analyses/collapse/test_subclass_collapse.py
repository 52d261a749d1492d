"""Sub-class collapse equals plain loops and the closed form, whichever of labels and column is the finer."""

from __future__ import annotations

import numpy as np
import pytest

from repgeom_core.analyses.evaluate import measure


def data(around, a=2.0, sigma=0.5, d=6):
    """Three classes far apart, each of two sub-classes at ±a along a direction of its own."""
    middles = 20 * np.eye(3, d)
    means = np.concatenate([middles + a * np.eye(d)[3:6], middles - a * np.eye(d)[3:6]])
    X, part = around(means, sigma)
    return X, part % 3, part // 3, part


def run(X, y, column, **options):
    return measure("subclass_collapse", X, y, columns={"finer": column}, column="finer", interval=False, null=False, **options)


def test_sub_means_on_both_sides(around):
    X, y, half, _ = data(around)
    result = run(X, y, half)
    assert result.value == pytest.approx(6 * 0.5**2 / 2.0**2, rel=1e-10)
    np.testing.assert_allclose(result.details["per_class"], result.value)
    assert result.notes["accuracy within classes"] == 1 and (result.details["per_sample"] == 1).all()


def test_collapsed_sub_classes_have_none_and_coinciding_ones_are_undefined(around):
    X, y, half, _ = data(around, sigma=0.0)
    assert run(X, y, half).value == pytest.approx(0, abs=1e-25)
    X, y, half, _ = data(around, a=0.0)
    assert "coincide" in run(X, y, half).notes["why"]


def test_a_coarser_column_gives_the_same_as_finer_labels(around):
    X, coarse, half, part = data(around)
    result = run(X + 0.3 * np.random.default_rng(0).standard_normal(X.shape), part, coarse)
    other = run(X + 0.3 * np.random.default_rng(0).standard_normal(X.shape), coarse, half)
    assert result.value == pytest.approx(other.value, rel=1e-12)
    assert (result.notes["classes are"], other.notes["classes are"]) == ("the values of the column", "the labels")


def plain(X, y, part):
    ratios, accuracy = [], []
    for k in np.unique(y):
        parts = np.unique(part[y == k])
        if len(parts) < 2:
            continue
        rows = {p: X[(y == k) & (part == p)] for p in parts}
        means = np.array([rows[p].mean(axis=0) for p in parts])
        within = sum(((rows[p] - m) ** 2).sum() for p, m in zip(parts, means, strict=True)) / (y == k).sum()
        ratios.append(within / ((means - means.mean(axis=0)) ** 2).sum(axis=1).mean())
        hits = []
        for p in parts:
            for i in range(len(rows[p])):
                best, rest = np.inf, np.delete(rows[p], i, axis=0)
                for q in parts:
                    others = rest if q == p else rows[q]
                    if len(others) and (distance := np.linalg.norm(rows[p][i] - others.mean(axis=0))) < best:
                        best, nearest = distance, q
                hits.append(nearest == p)
        accuracy.append(np.mean(hits))
    return np.array(ratios), np.array(accuracy)


@pytest.mark.parametrize("K, d, per_class", [(2, 5, 30), (5, 7, 30), (12, 3, 9), (4, 200, 9)])
def test_equals_plain_loops_with_leave_one_out(K, d, per_class, blobs):
    X, y = blobs(K, d, per_class)
    part = np.random.default_rng(2).integers(0, 3, len(y))
    part[y == 1] = 0
    part[np.flatnonzero(y == 0)] = 1
    part[np.flatnonzero(y == 0)[0]] = 2  # a sub-class of one sample
    X = X + 0.8 * np.random.default_rng(3).standard_normal((3, d))[part]
    ratios, accuracy = plain(X, y, part)
    result = run(X, y, part)
    np.testing.assert_allclose(result.details["per_class"], ratios, rtol=1e-9)
    np.testing.assert_allclose(result.details["per_class_accuracy"], accuracy, rtol=1e-12)
    assert result.value == pytest.approx(ratios.mean(), rel=1e-9)
    assert 1 not in result.details["classes"] and np.isnan(result.details["per_sample"][y == 1]).all()


def test_samples_without_a_value_are_left_out(around):
    X, y, half, _ = data(around)
    X = X + 0.3 * np.random.default_rng(0).standard_normal(X.shape)
    missing = np.arange(len(y)) % 3 == 0
    with_gaps, without = run(X, y, np.where(missing, -1, half)), run(X[~missing], y[~missing], half[~missing])
    assert with_gaps.value == pytest.approx(without.value, rel=1e-10)
    assert np.isnan(with_gaps.details["per_sample"][missing]).all()
    assert "no sample" in run(X, y, np.full(len(y), -1)).notes["why"]


def test_no_sub_classes_are_said(around):
    X, y, _, _ = data(around)
    assert "two sub-classes" in run(X, y, y).notes["why"]
    assert "two sub-classes" in run(X[:1], y[:1], y[:1]).notes["why"]
