import numpy as np
import pandas as pd

from repgeom_core.hierarchy.cut import cut
from repgeom_core.hierarchy.linkages.methods import linkage
from repgeom_core.views.node_values import agreement, change, nc1, node_values, selected_share

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


def test_a_column_without_a_finite_value_is_no_colour():
    found = by_name(pd.DataFrame({"endless": np.full(60, np.inf), "some": [np.inf] * 59 + [3.0]}), np.full(60, -1), None)
    assert list(found) == ["height", "mean some"]
    assert found["mean some"].values[TREE.root] == 3


def test_a_change_is_coloured_about_zero():
    then = np.arange(60.0)
    found = change(TREE, "change of loss", then + np.linspace(-1, 2, 60), then, "loss now minus loss then")
    assert np.isclose(found.values[TREE.root], 0.5)
    low, high = found.limits
    assert low == -high < 0
    assert change(TREE, "change of loss", then, then, "none").limits == (-1, 1)


def test_a_change_of_shares_is_told_in_points_with_its_sign():
    then, now = np.zeros(60), (np.arange(60) < 2).astype(float)
    found = change(TREE, "change of accuracy", now, then, "accuracy now minus then, in percentage points", points=True)
    assert found.tell(TREE.root) == "+3.3 points" and found.head == "change of accuracy (points)"
    assert change(TREE, "change of accuracy", then, now, "said", points=True).tell(TREE.root) == "−3.3 points"
    assert change(TREE, "change of accuracy", then, then, "said", points=True).tell(TREE.root) == "0.0 points"
    assert "%" not in found.sentence() and "points to +" in found.sentence()
    assert (found.percent, found.colours.units) == (False, "points")


def test_a_change_of_what_has_no_unit_has_its_sign_alone():
    found = change(TREE, "change of loss", np.full(60, -0.25), np.zeros(60), "said")
    assert found.tell(TREE.root) == "−0.2500"


def test_the_share_of_a_selection_and_the_agreement_with_its_own_clusters():
    nodes = cut(TREE, 4)
    mask = np.zeros(60, bool)
    mask[TREE.members(int(nodes[0]))] = True
    found = selected_share(TREE, mask)
    assert found.values[nodes].tolist() == [1, 0, 0, 0]
    assert found.tell(int(nodes[0])) == "100.0%"
    assert f"({mask.sum()} are)" in found.sentence()
    assert (agreement(TREE, mask.astype(int), "the selection").values[nodes] == 1).all()


def test_nc1_is_known_of_the_nodes_asked_for_and_spans_them():
    nodes = cut(TREE, 3)
    found = nc1(TREE, nodes, X, Y)
    assert np.flatnonzero(np.isfinite(found.values)).tolist() == sorted(nodes)
    assert found.limits == (found.values[nodes].min(), found.values[nodes].max())


def test_a_class_is_told_by_its_name_and_packed_as_categories():
    found = by_name(pd.DataFrame({"id": ["x"] * 60}), np.where(np.arange(60) == 0, -1, 1), None)["majority class"]
    assert (found.tell(TREE.root), found.tell(0)) == ("b", "no label")
    assert found.sentence() == "Colour: most frequent class of a cluster."
    assert found.colours.kind == "categorical"
    assert found.packed().data.startswith(b"RGM1")
