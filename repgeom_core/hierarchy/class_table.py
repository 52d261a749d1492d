"""The classes of a cluster as a table: counts, recall, precision and the rates of errors, and the samples behind each number."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from repgeom_core.errors import GeometryError
from repgeom_core.suggest import did_you_mean

RATES = ("recall", "precision", "false_negative_rate", "false_discovery_rate")
COLUMNS = ("class", "actual", "predicted", *RATES)
Z = 1.959963984540054  # of the 95 % interval


def class_table(y: np.ndarray, predictions: np.ndarray | None, classes: Sequence[str], rows: np.ndarray | None = None) -> pd.DataFrame:
    """One row for each class that is a label or a prediction of the samples ``rows`` (default: all), in the order of ``classes``.

    ``y (n,)`` and ``predictions (n,)`` are codes of ``classes``, −1 where unknown. Columns: ``class``, ``code``, ``actual`` (samples of
    the class), ``predicted`` (samples predicted as it), and over the samples of which both are known

    - ``recall`` = TP / (TP + FN) and ``false_negative_rate`` = FN / (TP + FN), of the samples of the class
    - ``precision`` = TP / (TP + FP) and ``false_discovery_rate`` = FP / (TP + FP), of the samples predicted as it

    each with the ends of its Wilson 95 % interval in ``<rate>_low`` and ``<rate>_high``; NaN where there is no such sample. Without
    predictions only the first three columns.
    """
    y, predicted = _taken(y, predictions, len(classes), rows)
    K = len(classes)
    actual = np.bincount(y[y >= 0], minlength=K)
    table = {"class": np.array(classes, object), "code": np.arange(K), "actual": actual}
    if predictions is None:
        return pd.DataFrame(table)[actual > 0].reset_index(drop=True)
    table["predicted"] = np.bincount(predicted[predicted >= 0], minlength=K)
    known = (y >= 0) & (predicted >= 0)
    true = np.bincount(y[known & (y == predicted)], minlength=K)
    of_class, as_class = np.bincount(y[known], minlength=K), np.bincount(predicted[known], minlength=K)
    parts = ((true, of_class), (true, as_class), (of_class - true, of_class), (as_class - true, as_class))
    for name, (part, whole) in zip(RATES, parts, strict=True):
        table[name] = np.divide(part, whole, out=np.full(K, np.nan), where=whole > 0)
        table[f"{name}_low"], table[f"{name}_high"] = wilson(part, whole)
    return pd.DataFrame(table)[(actual > 0) | (table["predicted"] > 0)].reset_index(drop=True)


def cell_rows(
    y: np.ndarray, predictions: np.ndarray | None, classes: Sequence[str], code: int, column: str, rows: np.ndarray | None = None
) -> np.ndarray:
    """The samples of ``rows`` (default: all) behind one number of the table: those that ``actual`` and ``predicted`` count, and for a
    rate those in its numerator."""
    if column not in COLUMNS:
        raise GeometryError(f"Unknown column {column!r}. {did_you_mean(column, COLUMNS)}")
    rows = np.arange(len(y)) if rows is None else np.asarray(rows)
    y, predicted = _taken(y, predictions, len(classes), rows)
    of_class, as_class = y == code, predicted == code
    behind = {
        "class": of_class,
        "actual": of_class,
        "predicted": as_class,
        "recall": of_class & as_class,
        "precision": of_class & as_class,
        "false_negative_rate": of_class & ~as_class & (predicted >= 0),
        "false_discovery_rate": as_class & ~of_class & (y >= 0),
    }
    return np.asarray(rows[behind[column]])


def wilson(part: np.ndarray, whole: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Ends of Wilson's 95 % interval of the shares ``part / whole``; NaN where the whole is 0."""
    n = np.where(whole > 0, whole, np.nan).astype(float)
    p = part / n
    middle = (p + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z * np.sqrt(p * (1 - p) / n + Z**2 / (4 * n**2)) / (1 + Z**2 / n)
    return np.where(part == 0, 0 * p, middle - half), np.where(part == whole, p, middle + half)


def _taken(y: np.ndarray, predictions: np.ndarray | None, classes: int, rows: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """Labels and predictions of the rows."""
    y = np.asarray(y)
    predicted = np.full(len(y), -1) if predictions is None else np.asarray(predictions)
    if y.shape != predicted.shape or y.ndim != 1:
        raise GeometryError(f"Expected one label and one prediction for each sample, got shapes {y.shape} and {predicted.shape}.")
    if max(y.max(initial=-1), predicted.max(initial=-1)) >= classes:
        raise GeometryError(f"Expected codes below the number of classes {classes}, got {max(y.max(), predicted.max())}.")
    return (y, predicted) if rows is None else (y[rows], predicted[rows])
