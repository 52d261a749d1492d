from __future__ import annotations

import numpy as np
import pytest

from repgeom_core.analyses.subspaces.matching import agreement, matched


def test_names_of_clusters_do_not_matter():
    y = np.array([0, 0, 1, 1, 5, 5])
    accuracy, table = matched(y, np.array([9, 9, 2, 2, 4, 2]))
    assert accuracy == pytest.approx(5 / 6)
    assert table.tolist() == [[0, 0, 2], [2, 0, 0], [1, 1, 0]]


def test_more_clusters_than_classes_and_fewer():
    y = np.repeat([0, 1], 6)
    assert matched(y, np.arange(12) // 3)[0] == pytest.approx(0.5)
    assert matched(y, np.zeros(12, int))[0] == pytest.approx(0.5)


def test_shuffled_labels_are_near_chance():
    y = np.repeat(np.arange(4), 500)
    noted = agreement(y, y, np.random.default_rng(0))
    assert noted["matched accuracy"] == 1
    assert noted["matched accuracy of shuffled labels"] == pytest.approx(0.27, abs=0.03)
