"""Filters on columns of the sample table: one condition a column, all of them must hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from repgeom_core.errors import SelectionError
from repgeom_core.selection.mask import Mask

MANY_VALUES = 200  # a text column with more distinct values is filtered by what it contains, not by a list


@dataclass(frozen=True)
class OneOf:
    """The value is among these (compared as text)."""

    values: frozenset[str]

    def holds(self, column: pd.Series) -> np.ndarray:
        return column.astype(object).map(lambda v: None if pd.isna(v) else str(v)).isin(self.values).to_numpy()


@dataclass(frozen=True)
class Between:
    """``low <= value <= high``; a missing value never is."""

    low: float
    high: float

    def holds(self, column: pd.Series) -> np.ndarray:
        values = column.to_numpy(dtype=float, na_value=np.nan)
        return (values >= self.low) & (values <= self.high)


@dataclass(frozen=True)
class Contains:
    """The text occurs in the value, upper or lower case."""

    text: str

    def holds(self, column: pd.Series) -> np.ndarray:
        return column.astype("string").str.contains(self.text, case=False, regex=False, na=False).to_numpy(dtype=bool)


Condition = OneOf | Between | Contains


def matching(samples: pd.DataFrame, conditions: Mapping[str, Condition]) -> Mask:
    """Rows where every condition holds, ``(n,)`` booleans; no conditions, every row."""
    mask = np.ones(len(samples), bool)
    for name, condition in conditions.items():
        if name not in samples:
            raise SelectionError(f"There is no column {name!r} to filter on; the columns are: {', '.join(map(str, samples.columns))}.")
        mask &= condition.holds(samples[name])
    return mask


def filter_kind(column: pd.Series) -> str:
    """How a column is filtered: ``"range"``, ``"values"`` (few distinct ones) or ``"text"``."""
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        return "range"
    if isinstance(column.dtype, pd.CategoricalDtype):
        return "values"
    return "values" if column.nunique() <= MANY_VALUES else "text"


def distinct_values(column: pd.Series) -> list[str]:
    """The values that :class:`OneOf` compares with: classes in their order, others sorted."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return [str(v) for v in column.cat.categories]
    return sorted({str(v) for v in column.dropna().unique()})
