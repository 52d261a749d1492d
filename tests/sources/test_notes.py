"""What is said of roles that were guessed."""

from __future__ import annotations

import numpy as np
import pytest

from repgeom_core.errors import SourceError
from repgeom_core.sources import inspect_source, read_source

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(6, 4)).astype(np.float32)


@pytest.fixture
def saved(tmp_path):
    def save(**arrays):
        np.savez(tmp_path / "e.npz", **arrays)
        return tmp_path / "e.npz"

    return save


def test_text_where_vectors_were_expected_is_told_before_and_at_reading(saved):
    path = saved(embeddings=X.astype(str), y=np.arange(6) % 2)
    (warning,) = inspect_source(path).warnings
    assert warning.startswith("Left out 'embeddings': it holds text (4 strings per sample) where numbers were expected;")
    assert ".astype(np.float32)" in warning and "length" not in warning
    for roles in ({}, {"embeddings": "features"}):
        with pytest.raises(SourceError, match=r"'embeddings' .* text \(4 strings per sample\) where numbers were expected") as caught:
            read_source(path, roles)
        assert "role" not in str(caught.value), "no role makes numbers of text"


def test_labels_that_are_fractions_are_said_to_be_a_plain_column(saved):
    data = read_source(saved(X=X, labels=np.arange(6) + 0.5))
    assert data.roles["labels"] == "column"
    assert data.warnings == [
        "'labels' holds fractions such as 0.5, so it is kept as a plain column: a label is a class, given by its name or a whole number."
    ]


def test_fractions_beside_a_label_or_told_to_be_a_column_need_no_word(saved):
    assert read_source(saved(X=X, y=np.arange(6) + 0.5, label=np.arange(6))).warnings == []
    assert read_source(saved(X=X, labels=np.arange(6) + 0.5), {"labels": "column"}).warnings == []


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (
            RANDOM.normal(size=(6, 8, 8, 3)).astype(np.float32),
            ["8 x 8 x 3 float32 values per sample from -", "not shown", "uint8", "0 to 1"],
        ),
        (RANDOM.uniform(size=(6, 3, 8, 8)), ["from 0.", "not shown", "role image"]),
        (RANDOM.normal(size=(6, 5, 8, 9)), ["5 x 8 x 9", "role features"]),
    ],
)
def test_arrays_taken_as_a_models_input_say_why_there_are_no_pictures(saved, array, said):
    data = read_source(saved(X=X, frames=array))
    assert data.images is None and data.roles["frames"] == "input"
    (warning,) = data.warnings
    assert all(words in warning for words in said), warning


def test_the_ways_to_pictures_that_the_note_names_lead_there(saved):
    bytes_of = RANDOM.integers(0, 256, (6, 8, 8, 3)).astype(np.uint8)
    for arrays, roles in (
        ({"frames": bytes_of}, {}),
        ({"images": bytes_of / 255}, {}),
        ({"frames": bytes_of / 255}, {"frames": "image"}),
    ):
        data = read_source(saved(X=X, **arrays), roles)
        assert data.warnings == []
        np.testing.assert_array_equal(np.asarray(data.images.load([2])[0]), bytes_of[2])
