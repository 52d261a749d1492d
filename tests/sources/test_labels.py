from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from repgeom_core.errors import SourceError
from repgeom_core.sources import read_source
from repgeom_core.sources.labels import encode_classes


def encode(label, prediction=None, names=None):
    return encode_classes(pd.Series(label), None if prediction is None else pd.Series(prediction), names, "data")


@pytest.mark.parametrize(
    ("values", "classes"),
    [
        ([10, 2, 2], ("2", "10")),
        ([10.0, 2.0, 2.0], ("2", "10")),
        (["10", "2", "2"], ("2", "10")),
        ([True, False, False], ("False", "True")),
        (["b", "a", "a"], ("a", "b")),
        ([b"b", b"a", b"a"], ("a", "b")),
        (pd.Categorical(["b", "a", "a"]), ("a", "b")),
        (np.array([3, 1, 1], dtype=np.uint8), ("1", "3")),
    ],
)
def test_labels_of_any_type_become_ordered_classes(values, classes):
    found, label, _ = encode(values)
    assert found == classes
    assert list(label.codes) == [1, 0, 0]


@pytest.mark.parametrize("values", [[0, -1, 1], [0.0, np.nan, 1.0], ["0", None, "1"], ["0", "", "1"], ["0", "  ", "1"]])
def test_missing_labels_are_no_class(values):
    classes, label, _ = encode(values)
    assert classes == ("0", "1") and list(label.codes) == [0, -1, 1]


def test_predictions_add_their_classes():
    classes, label, prediction = encode(["a", "b"], ["c", "a"])
    assert classes == ("a", "b", "c") and list(label.codes) == [0, 1] and list(prediction.codes) == [2, 0]


def test_class_names_are_indexed_by_integers_and_found_by_name():
    assert list(encode([1, 0], names=("z", "a"))[1]) == ["a", "z"]
    assert list(encode(["a", "z"], names=("z", "a"))[1].codes) == [1, 0]


@pytest.mark.parametrize(
    ("label", "prediction", "names", "message"),
    [
        ([0, 5], None, ("a", "b"), "label 5 in row 1 is outside the 2 class names"),
        (["a", "q"], None, ("a", "b"), "label 'q' in row 1 is not among the class names"),
        ([0.0, 0.5], None, None, "row 1 .counted from 0. has 0.5"),
        ([0.0, np.inf], None, None, "row 1 .counted from 0. has inf"),
        (["a", "b"], [0, 1], None, "numbers and the other names"),
        ([0, 1], None, ("a", "a"), "'a' occurs more than once"),
    ],
)
def test_values_that_are_no_class_are_named(label, prediction, names, message):
    with pytest.raises(SourceError, match=message):
        encode(label, prediction, names)


def test_markup_goes_through_unchanged():
    name = "<script>alert('x')</script>"
    assert encode([name, "a"])[0] == (name, "a")


def test_outputs_of_a_classifier_keep_their_order_where_a_class_has_no_sample(tmp_path):
    np.savez(tmp_path / "e.npz", X=np.ones((3, 2)), y=[0, 4, 2], logits=np.eye(5)[:3])
    data = read_source(tmp_path / "e.npz")
    assert data.classes == ("0", "1", "2", "3", "4") and list(data.y) == [0, 4, 2]


@pytest.mark.parametrize("more", [{"class_names": ["a", "b"]}, {"y": ["a", "b", "b"]}])
def test_classes_that_do_not_fit_the_classifier_are_refused(tmp_path, more):
    np.savez(tmp_path / "e.npz", **({"X": np.ones((3, 2)), "y": [0, 1, 1], "logits": np.eye(5)[:3]} | more))
    with pytest.raises(SourceError, match="5 outputs but there are 2 classes"):
        read_source(tmp_path / "e.npz")
