from __future__ import annotations

import numpy as np
import pytest

from repgeom_core.errors import SourceError
from repgeom_core.sources import inspect_source, read_source
from repgeom_core.sources.roles import described

X = np.random.default_rng(0).normal(size=(6, 4)).astype(np.float32)


@pytest.fixture
def path(tmp_path):
    np.savez(tmp_path / "e.npz", X=X, y=np.arange(6) % 2, kind=np.array(list("uvwuvw")), other=X[:, :2], name=np.array(list("abcdef")))
    return tmp_path / "e.npz"


def test_told_role_wins_over_the_guess_which_becomes_a_column(path):
    data = read_source(path, roles={"kind": "label", "name": "id", "other": "ignore"})
    assert data.classes == ("u", "v", "w") and list(data.samples["y"]) == [0, 1, 0, 1, 0, 1]
    assert list(data.features) == ["X"] and list(data.samples["id"]) == list("abcdef")
    assert data.roles == {"X": "features", "y": "column", "kind": "label", "other": "ignore", "name": "id"}


def test_two_columns_for_one_role_conflict(path):
    with pytest.raises(SourceError, match="columns 'kind', 'name' cannot all be the label"):
        read_source(path, roles={"kind": "label", "name": "label"})


def test_unknown_column_suggests_the_nearest(path):
    with pytest.raises(SourceError, match="no column 'kinds'. Did you mean 'kind'"):
        read_source(path, roles={"kinds": "label"})


def test_unknown_role_lists_the_roles(path):
    with pytest.raises(SourceError, match="no role 'colour'; the roles are features,"):
        read_source(path, roles={"kind": "colour"})


def test_column_called_label_that_is_not_the_label_keeps_its_values(tmp_path):
    np.savez(tmp_path / "e.npz", X=X, label=np.arange(6), kind=np.array(list("uvwuvw")))
    data = read_source(tmp_path / "e.npz", roles={"kind": "label"})
    assert list(data.samples["label"]) == list("uvwuvw") and list(data.samples["label (column)"]) == list(range(6))


def test_guessed_roles_fed_back_change_nothing(path):
    guessed = inspect_source(path).roles
    once, twice = read_source(path), read_source(path, roles=guessed)
    assert once.roles == twice.roles == guessed
    assert once.samples.equals(twice.samples)


def test_regression_targets_are_no_labels(tmp_path):
    np.savez(tmp_path / "e.npz", X=X, y=np.linspace(0, 1, 6))
    data = read_source(tmp_path / "e.npz")
    assert data.classes == () and "label" not in data.samples and data.samples["y"][1] == pytest.approx(0.2)
    with pytest.raises(SourceError, match="must hold classes.*row 1 .counted from 0. has 0.2"):
        read_source(tmp_path / "e.npz", roles={"y": "label"})


def test_long_strings_are_text(tmp_path):
    np.savez(tmp_path / "e.npz", X=X, review_body=np.array(["a long sentence that goes on and on and on, over sixty characters"] * 6))
    assert inspect_source(tmp_path / "e.npz").roles["review_body"] == "text"


@pytest.mark.parametrize(
    ("roles", "message"),
    [
        ({"X": "label"}, "'X' cannot be the label: it holds 4 float32"),
        ({"X": "id"}, "'X' cannot be the id"),
        ({"X": "image"}, "'X' cannot be the image"),
        ({"kind": "image"}, "'kind' cannot be the image"),
        ({"kind": "logits"}, "'kind' cannot be the logits"),
        ({"kind": "features"}, "features must be numbers, but column 'kind'"),
        ({"y": "class names"}, "class names must be unique"),
    ],
)
def test_role_that_does_not_suit_the_column_is_refused(path, roles, message):
    with pytest.raises(SourceError, match=message):
        read_source(path, roles=roles)


def test_scores_per_class_as_predictions_are_their_largest(path):
    data = read_source(path, roles={"X": "prediction"})
    assert list(data.predictions) == list(X.argmax(1)) and list(data.features) == ["other"]


def test_dates_are_kept(tmp_path):
    np.savez(tmp_path / "e.npz", X=X, day=np.arange("2024-01-01", "2024-01-07", dtype="datetime64[D]"))
    assert read_source(tmp_path / "e.npz").samples["day"][3].day == 4


@pytest.mark.parametrize(
    ("values", "role"),
    [
        (np.random.default_rng(0).normal(size=(20, 5, 7)), "input"),
        (np.random.default_rng(0).uniform(size=(20, 5, 7)), "image"),
        (np.random.default_rng(0).integers(0, 255, size=(20, 5, 7), dtype=np.uint8), "image"),
        (np.arange(700.0).reshape(20, 5, 7), "input"),
    ],
)
def test_floats_are_images_only_in_the_unit_interval(tmp_path, values, role):
    np.savez(tmp_path / "e.npz", x=values)
    assert inspect_source(tmp_path / "e.npz").roles == {"x": role}


def test_roles_are_described_in_their_usual_order():
    assert described({"b": "label", "a": "features", "c": "features"}) == "features: a, c; label: b"
