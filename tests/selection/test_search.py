"""Search finds the rows that a plain Python loop finds."""

from __future__ import annotations

import numpy as np
import pandas as pd

from repgeom_core.selection.search import search, searchable_columns

SAMPLES = pd.DataFrame(
    {
        "id": ["a1", "a10", "b.2", "B3", "c(4"],
        "label": pd.Categorical(["cat", "cattle", "dog", None, "cat"], categories=["dog", "cat", "cattle", "emu"]),
        "loss": [0.1, np.nan, 0.5, 2.0, 0.3],
        "correct": pd.array([True, False, None, True, True], dtype="boolean"),
        "caption": ["A cat", "50% off", None, "<b>dog</b>", "two\nlines"],
    }
)


def test_search_prefers_what_equals_the_text() -> None:
    assert search(SAMPLES, "cat").tolist() == [True, False, False, False, True]
    assert search(SAMPLES, "cattle", "label").tolist() == [False, True, False, False, False]
    assert search(SAMPLES, "a1").tolist() == [True, False, False, False, False]


def test_search_otherwise_finds_parts_without_patterns() -> None:
    assert search(SAMPLES, "tt").tolist() == [False, True, False, False, False]
    assert search(SAMPLES, "b.").tolist() == [False, False, True, False, False]
    assert search(SAMPLES, "<B>").tolist() == [False, False, False, True, False]
    assert not search(SAMPLES, "  ").any()
    assert not search(SAMPLES, "zzz").any()


def test_numbers_are_not_searched() -> None:
    assert searchable_columns(SAMPLES) == ["id", "label", "caption"]
