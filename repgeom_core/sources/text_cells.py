"""Text in a column of numbers: a typo in a table, which is named instead of costing the column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class TextCell:
    """The first cell of a column of numbers that holds something else, and how many ``more`` there are in that column."""

    column: str
    row: int
    value: str
    more: int

    def __str__(self) -> str:
        more = f" (and {self.more:,} more such row{'s' if self.more > 1 else ''})" if self.more else ""
        return f"column {self.column!r} holds {self.value!r} in row {self.row} (counted from 0), where the other rows hold numbers{more}"


@cache
def missing_words() -> frozenset[str]:
    """What stands for a missing number in a table of text: nothing, NA, null and so on."""
    from pyarrow.csv import ConvertOptions

    return frozenset(word.lower() for word in ConvertOptions().null_values) | {""}


def to_numbers(values: pd.Series, column: str) -> tuple[np.ndarray, list[TextCell]]:
    """(n,) float64, NaN where there is no number; and the first cell that holds text instead, if there is one."""
    numbers = pd.to_numeric(values, errors="coerce")
    suspects = np.flatnonzero((numbers.isna() & values.notna()).to_numpy())
    wrong = [int(row) for row in suspects if str(values.iloc[row]).strip().lower() not in missing_words()]
    cells = [TextCell(column, wrong[0], shown(values.iloc[wrong[0]]), len(wrong) - 1)] if wrong else []
    return numbers.to_numpy(dtype=np.float64, na_value=np.nan), cells


def shown(value: object) -> str:
    """A cell as a message quotes it: 40 characters at most."""
    text = str(value)
    return text if len(text) <= 40 else text[:39] + "…"


def mostly_numbers(values: Sequence[object] | pd.Series) -> bool:
    """More than half of the cells that hold something hold a number."""
    texts = pd.Series(values, dtype=object).dropna().astype(str).str.strip()
    given = texts[~texts.str.lower().isin(missing_words())]
    return bool(len(given)) and 2 * int(pd.to_numeric(given, errors="coerce").notna().sum()) > len(given)
