import numpy as np
import pandas as pd

from repgeom_core.hierarchy.linkage import linkage
from repgeom_core.views.node_values import node_values

X = np.random.default_rng(0).normal(size=(60, 3))
TREE = linkage(X)
Y = np.arange(60) % 3
CLASSES = ("a", "b", "c")


def by_name(samples: pd.DataFrame, y: np.ndarray, predictions: np.ndarray | None) -> dict:
    return {found.name: found for found in node_values(TREE, samples, y, predictions, CLASSES)}


def test_what_is_known_of_the_samples_is_known_of_the_root():
    predictions = np.where(np.arange(60) < 45, Y, -1)
    predictions[:9] = (Y[:9] + 1) % 3
    found = by_name(pd.DataFrame({"id": "x", "size": np.arange(60.0)}), Y, predictions)
    assert list(found) == ["accuracy", "purity", "entropy", "majority class", "height", "mean size"]
    at_root = {name: of.values[TREE.root] for name, of in found.items()}
    assert np.isclose(at_root["accuracy"], 36 / 45)
    assert np.isclose(at_root["purity"], 1 / 3)
    assert np.isclose(at_root["entropy"], np.log(3))
    assert np.isclose(at_root["mean size"], 29.5)


def test_without_labels_and_predictions_the_height_is_left():
    found = by_name(pd.DataFrame({"id": "x", "text": ["t"] * 60, "empty": np.full(60, np.nan)}), np.full(60, -1), None)
    assert list(found) == ["height"]


def test_scales_span_what_large_clusters_have():
    found = by_name(pd.DataFrame({"size": np.arange(60.0)}), Y, None)
    low, high = found["mean size"].limits
    assert 0 < low < 29.5 < high < 59
    assert found["height"].limits[0] == 0
    assert found["purity"].limits[1] == 1
