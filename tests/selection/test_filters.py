"""Filters find the rows that a plain Python loop finds."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from repgeom_core.errors import SelectionError
from repgeom_core.selection.filters import Between, Contains, OneOf, distinct_values, filter_kind, matching


def test_every_condition_must_hold(samples: pd.DataFrame) -> None:
    both = matching(samples, {"label": OneOf(frozenset({"cat", "dog"})), "loss": Between(0.2, 1)})
    assert both.tolist() == [False, False, True, False, True]
    assert matching(samples, {}).all()


def test_missing_values_match_no_condition(samples: pd.DataFrame) -> None:
    assert not matching(samples, {"loss": Between(-np.inf, np.inf)})[1]
    assert not matching(samples, {"label": OneOf(frozenset(distinct_values(samples["label"])))})[3]
    assert not matching(samples, {"correct": OneOf(frozenset({"True", "False"}))})[2]
    assert not matching(samples, {"caption": Contains("")})[2]


def test_contains_takes_text_literally_in_either_case(samples: pd.DataFrame) -> None:
    assert matching(samples, {"caption": Contains("50%")}).tolist() == [False, True, False, False, False]
    assert matching(samples, {"id": Contains("B")}).tolist() == [False, False, True, True, False]
    assert matching(samples, {"id": Contains("c(")}).tolist() == [False, False, False, False, True]


def test_unknown_column_is_answered_with_what_there_is(samples: pd.DataFrame) -> None:
    with pytest.raises(SelectionError, match="columns are: id, label"):
        matching(samples, {"nope": Contains("x")})


def test_each_column_gets_its_kind_of_filter(samples: pd.DataFrame) -> None:
    assert {name: filter_kind(samples[name]) for name in samples} == {
        "id": "values",
        "label": "values",
        "loss": "range",
        "correct": "values",
        "caption": "values",
    }
    assert filter_kind(pd.Series([str(i) for i in range(500)])) == "text"
