"""The table of classes against scikit-learn, and the samples behind its numbers."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from repgeom_core.errors import GeometryError
from repgeom_core.hierarchy.class_table import RATES, cell_rows, class_table

CLASSES = ("ant", "bee", "cat", "dog", "elk")


@pytest.fixture
def truth() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 4, 300)  # no elk, but some are predicted
    return y, np.where(rng.random(300) < 0.7, y, rng.integers(0, 5, 300))


def test_rates_are_scikit_learns(truth: tuple[np.ndarray, np.ndarray]) -> None:
    y, p = truth
    table = class_table(y, p, CLASSES)
    precision, recall, _, support = precision_recall_fscore_support(y, p, labels=range(5), zero_division=np.nan)
    matrix = confusion_matrix(y, p, labels=range(5))
    assert table["class"].tolist() == list(CLASSES)
    assert table["actual"].tolist() == support.tolist()
    assert table["predicted"].tolist() == matrix.sum(axis=0).tolist()
    np.testing.assert_allclose(table["precision"], precision)
    np.testing.assert_allclose(table["recall"], recall)
    np.testing.assert_allclose(table["false_negative_rate"], 1 - recall)
    np.testing.assert_allclose(table["false_discovery_rate"], 1 - precision)


def test_intervals_are_wilsons(truth: tuple[np.ndarray, np.ndarray]) -> None:
    y, p = truth
    row = class_table(y, p, CLASSES).iloc[1]
    wrong, actual = int(((y == 1) & (p != 1)).sum()), int((y == 1).sum())
    ends = binomtest(wrong, actual).proportion_ci(method="wilson")
    assert (row["false_negative_rate_low"], row["false_negative_rate_high"]) == pytest.approx((ends.low, ends.high))
    right = class_table(np.zeros(9, int), np.zeros(9, int), CLASSES).iloc[0]
    assert (right["recall_high"], right["false_negative_rate_low"]) == (1, 0)
    assert right["recall_low"] == pytest.approx(binomtest(9, 9).proportion_ci(method="wilson").low)


def test_unknown_labels_and_predictions_are_neither_right_nor_wrong() -> None:
    y, p = np.array([0, 0, 0, -1, 1]), np.array([0, -1, 1, 0, -1])
    table = class_table(y, p, CLASSES)
    ant, bee = table.iloc[0], table.iloc[1]
    assert len(table) == 2
    assert (ant["actual"], ant["predicted"], ant["recall"], ant["precision"]) == (3, 2, 0.5, 1)
    assert (bee["actual"], bee["predicted"]) == (1, 1)
    assert np.isnan(bee["recall"])
    assert np.isnan(bee["recall_low"])


@pytest.mark.parametrize("rows", [None, np.arange(20, 200, 3)])
def test_the_samples_behind_a_number_are_as_many_as_it_says(truth: tuple[np.ndarray, np.ndarray], rows: np.ndarray | None) -> None:
    y, p = truth
    y, p = np.where(np.arange(300) % 11 == 0, -1, y), np.where(np.arange(300) % 13 == 0, -1, p)
    for _, row in class_table(y, p, CLASSES, rows).iterrows():
        behind = {name: cell_rows(y, p, CLASSES, row["code"], name, rows) for name in ("actual", "predicted", *RATES)}
        assert len(behind["actual"]) == row["actual"]
        assert len(behind["predicted"]) == row["predicted"]
        recalled, missed = len(behind["recall"]), len(behind["false_negative_rate"])
        right, false = len(behind["precision"]), len(behind["false_discovery_rate"])
        assert recalled / max(recalled + missed, 1) == pytest.approx(row["recall"], nan_ok=True) or recalled + missed == 0
        assert right / max(right + false, 1) == pytest.approx(row["precision"], nan_ok=True) or right + false == 0
        assert (y[behind["false_discovery_rate"]] != row["code"]).all()
        assert (p[behind["false_discovery_rate"]] == row["code"]).all()
        assert rows is None or np.isin(np.concatenate(list(behind.values())), rows).all()


def test_without_predictions_only_counts_are_known() -> None:
    table = class_table(np.array([0, 0, 2, -1]), None, CLASSES)
    assert list(table.columns) == ["class", "code", "actual"]
    assert table["actual"].tolist() == [2, 1]


def test_mistakes_are_refused() -> None:
    with pytest.raises(GeometryError, match="below the number of classes 5"):
        class_table(np.array([5]), None, CLASSES)
    with pytest.raises(GeometryError, match="Did you mean 'recall'"):
        cell_rows(np.array([0]), None, CLASSES, 0, "recal")
