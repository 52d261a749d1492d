"""Filters find the rows that a plain Python loop finds."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from repgeom_core.errors import SelectionError
from repgeom_core.selection.filters import Between, Contains, OneOf, distinct_values, filter_kind, matching

SAMPLES = pd.DataFrame(
    {
        "id": ["a1", "a10", "b.2", "B3", "c(4"],
        "label": pd.Categorical(["cat", "cattle", "dog", None, "cat"], categories=["dog", "cat", "cattle", "emu"]),
        "loss": [0.1, np.nan, 0.5, 2.0, 0.3],
        "correct": pd.array([True, False, None, True, True], dtype="boolean"),
        "caption": ["A cat", "50% off", None, "<b>dog</b>", "two\nlines"],
    }
)


def test_every_condition_must_hold() -> None:
    both = matching(SAMPLES, {"label": OneOf(frozenset({"cat", "dog"})), "loss": Between(0.2, 1)})
    assert both.tolist() == [False, False, True, False, True]
    assert matching(SAMPLES, {}).all()


def test_missing_values_match_no_condition() -> None:
    assert not matching(SAMPLES, {"loss": Between(-np.inf, np.inf)})[1]
    assert not matching(SAMPLES, {"label": OneOf(frozenset(distinct_values(SAMPLES["label"])))})[3]
    assert not matching(SAMPLES, {"correct": OneOf(frozenset({"True", "False"}))})[2]
    assert not matching(SAMPLES, {"caption": Contains("")})[2]


def test_contains_takes_text_literally_in_either_case() -> None:
    assert matching(SAMPLES, {"caption": Contains("50%")}).tolist() == [False, True, False, False, False]
    assert matching(SAMPLES, {"id": Contains("B")}).tolist() == [False, False, True, True, False]
    assert matching(SAMPLES, {"id": Contains("c(")}).tolist() == [False, False, False, False, True]


def test_unknown_column_is_answered_with_what_there_is() -> None:
    with pytest.raises(SelectionError, match="columns are: id, label"):
        matching(SAMPLES, {"nope": Contains("x")})


def test_each_column_gets_its_kind_of_filter() -> None:
    assert {name: filter_kind(SAMPLES[name]) for name in SAMPLES} == {
        "id": "values",
        "label": "values",
        "loss": "range",
        "correct": "values",
        "caption": "values",
    }
    assert filter_kind(pd.Series([str(i) for i in range(500)])) == "text"
