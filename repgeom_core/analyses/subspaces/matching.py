"""How well a partition that was found agrees with labels."""

from __future__ import annotations

from typing import Any

import numpy as np

CHANCE_DRAWS = 5


def matched(y: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
    """Accuracy under the best one-to-one naming of clusters by classes (Hungarian), and that naming's confusion matrix (classes, clusters).

    Clusters beyond the number of classes match nothing.
    """
    from scipy.optimize import linear_sum_assignment

    _, rows = np.unique(y, return_inverse=True)
    _, columns = np.unique(labels, return_inverse=True)
    table = np.zeros((rows.max() + 1, columns.max() + 1), np.int64)
    np.add.at(table, (rows, columns), 1)
    named = linear_sum_assignment(table, maximize=True)
    return float(table[named].sum() / len(y)), table


def agreement(y: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> dict[str, Any]:
    """What a clustering analysis notes: matched accuracy, and the same for labels in random order."""
    chance = np.mean([matched(rng.permutation(y), labels)[0] for _ in range(CHANCE_DRAWS)])
    return {"matched accuracy": matched(y, labels)[0], "matched accuracy of shuffled labels": float(chance)}
