"""Search finds the rows that a plain Python loop finds."""

from __future__ import annotations

import pandas as pd

from repgeom_core.selection.search import search, searchable_columns


def test_search_prefers_what_equals_the_text(samples: pd.DataFrame) -> None:
    assert search(samples, "cat").tolist() == [True, False, False, False, True]
    assert search(samples, "cattle", "label").tolist() == [False, True, False, False, False]
    assert search(samples, "a1").tolist() == [True, False, False, False, False]


def test_search_otherwise_finds_parts_without_patterns(samples: pd.DataFrame) -> None:
    assert search(samples, "tt").tolist() == [False, True, False, False, False]
    assert search(samples, "b.").tolist() == [False, False, True, False, False]
    assert search(samples, "<B>").tolist() == [False, False, False, True, False]
    assert not search(samples, "  ").any()
    assert not search(samples, "zzz").any()


def test_numbers_are_not_searched(samples: pd.DataFrame) -> None:
    assert searchable_columns(samples) == ["id", "label", "caption"]
