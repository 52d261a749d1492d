"""Head minus tail equals scikit-learn's recalls of the largest and the smallest third."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import recall_score

from repgeom_core.analyses.evaluate import measure

COUNTS = np.array([5, 50, 20, 8, 100, 30, 10])
Y = np.repeat(np.arange(7), COUNTS)
X = np.zeros((len(Y), 2))


def run(predictions, y=Y):
    return measure("accuracy_by_class_size", np.zeros((len(y), 2)), y, predictions=predictions)


def test_only_the_largest_third_right_gives_one():
    assert run(np.where(np.isin(Y, [1, 4]), Y, (Y + 1) % 7)).value == 1
    assert run(np.where(np.isin(Y, [0, 3]), Y, (Y + 1) % 7)).value == -1
    assert run(Y).value == 0


def test_equals_scikit_learn():
    predictions = np.where(np.random.default_rng(0).random(len(Y)) < 0.4, np.random.default_rng(1).integers(0, 7, len(Y)), Y)
    recall = recall_score(Y, predictions, average=None)
    result = run(predictions)
    np.testing.assert_allclose(result.details["per_class"], recall)
    assert result.value == pytest.approx(recall[[1, 4]].mean() - recall[[0, 3]].mean())
    assert result.notes["middle"] == pytest.approx(recall[[2, 5, 6]].mean())


def test_undefined_is_said():
    assert "same size" in run(np.arange(6) % 3, np.arange(6) % 3).notes["why"]
    assert "fewer than three" in run(np.array([0, 1, 1]), np.array([0, 1, 1])).notes["why"]
    assert "fewer than three" in run(np.array([0]), np.array([0])).notes["why"]
