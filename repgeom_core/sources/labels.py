"""Labels and predictions of any type as categories over one tuple of class names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from repgeom_core.errors import SourceError
from repgeom_core.suggest import shortened


def encode_classes(
    label: pd.Series | None, prediction: pd.Series | None, class_names: Sequence[str] | None, where: str, names_from: str | None = None
) -> tuple[tuple[str, ...], pd.Categorical | None, pd.Categorical | None]:
    """Class names, and the two columns as categories over them (missing values stay missing).

    Integers index ``class_names``; without those they are named by themselves, in numeric order. −1 means no label.
    Predictions share the classes of the labels: where names are collected from the data, from both. ``names_from`` is the
    column that the class names are from, which a message then offers to leave out.

    Raises:
        SourceError: a value that is no class (0.53), a code outside the class names, a name that is not among them.
    """
    if class_names is not None:
        names = pd.Series([str(name) for name in class_names], dtype=object)
        if names.duplicated().any():
            raise SourceError(f"{where}: class names must be unique, but {names[names.duplicated()].iloc[0]!r} occurs more than once.")
    told = None if label is None else tidy(label, "label", where)
    predicted = None if prediction is None else tidy(prediction, "prediction", where)
    given = [values for values in (told, predicted) if values is not None]
    if not given:
        return tuple(class_names or ()), None, None
    if class_names is not None:
        classes = tuple(str(name) for name in class_names)
    else:
        if len({_is_numeric(values) for values in given if values.notna().any()}) > 1:
            raise SourceError(
                f"{where}: one of label and prediction holds numbers and the other names; give class names so that they can be matched."
            )
        classes = tuple(str(value) for value in _ordered(given))

    def encode(values: pd.Series | None, what: str) -> pd.Categorical | None:
        return None if values is None else _encode(values, classes, class_names is not None, what, where, names_from)

    return classes, encode(told, "label"), encode(predicted, "prediction")


def tidy(values: pd.Series, what: str, where: str) -> pd.Series:
    """Integers (Int64) or strings, missing values as NA."""
    values = values.reset_index(drop=True)
    if isinstance(values.dtype, pd.CategoricalDtype):
        values = values.astype(object)
        values = values.infer_objects()
    if pd.api.types.is_bool_dtype(values.dtype):
        return values.astype("string")
    if pd.api.types.is_numeric_dtype(values.dtype):
        return _whole_numbers(values, what, where)
    text = values.map(lambda v: v.decode("utf-8", "replace") if isinstance(v, bytes) else v, na_action="ignore").astype("string")
    return text.mask(text.str.strip() == "")


def _whole_numbers(values: pd.Series, what: str, where: str) -> pd.Series:
    numbers = values.astype("Float64") if pd.api.types.is_float_dtype(values.dtype) else values.astype("Int64")
    if pd.api.types.is_float_dtype(values.dtype):
        array = values.to_numpy(dtype=np.float64, na_value=np.nan)
        wrong = ~np.isnan(array) & ~(np.isfinite(array) & (array == np.floor(array)))
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0])
            raise SourceError(
                f"{where}: the {what} column must hold classes (names or whole numbers), but row {row} (counted from 0) has {array[row]}.",
                options=f"Name another column with --role COLUMN={what}, or keep this one as it is with --role COLUMN=column.",
                widgets=f"In the table give another column the role {what}, or keep this one as it is with the role column.",
            )
        numbers = pd.Series(pd.array(np.where(np.isnan(array), 0, array).astype(np.int64), dtype="Int64"))
        numbers = numbers.mask(pd.Series(np.isnan(array)))
    return numbers.mask((numbers == -1).fillna(False))


def _is_numeric(values: pd.Series) -> bool:
    return bool(pd.api.types.is_numeric_dtype(values.dtype))


def _ordered(given: list[pd.Series]) -> list[Any]:
    """Distinct values: numbers, and names that are numbers, by size; other names by alphabet."""
    found = pd.unique(pd.concat([values.dropna() for values in given if values.notna().any()] or [pd.Series(dtype="string")]))
    distinct = list(found)
    if all(isinstance(value, str) and value.lstrip("-").isdecimal() for value in distinct):
        return sorted(distinct, key=lambda value: (int(value), value))
    return sorted(distinct)


def _encode(
    values: pd.Series, classes: tuple[str, ...], names_given: bool, what: str, where: str, names_from: str | None
) -> pd.Categorical:
    missing = values.isna().to_numpy()
    if _is_numeric(values) and names_given:
        codes = values.fillna(-1).to_numpy(dtype=np.int64)
        wrong = ~missing & ((codes < 0) | (codes >= len(classes)))
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0])
            raise SourceError(
                f"{where}: {what} {codes[row]} in row {row} is outside the {len(classes)} class names (0 to {len(classes) - 1}); "
                f"correct the {what}s, which are counted from 0, or give one name for each class.",
                **_without_names(names_from),
            )
    else:
        codes = pd.Index(classes).get_indexer(pd.Index(values.astype("string").fillna("").to_numpy(dtype=object)))
        codes = np.where(missing, -1, codes)
        wrong = ~missing & (codes < 0)
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0])
            raise SourceError(
                f"{where}: {what} {values.iloc[row]!r} in row {row} is not among the class names {shortened(classes, 10)}; correct it, or "
                "add it to them.",
                **_without_names(names_from),
            )
    categories: pd.Index = pd.Index(list(classes))
    return pd.Categorical.from_codes(codes, categories=categories)


def _without_names(column: str | None) -> dict[str, str]:
    if column is None:
        return {}
    return {
        "options": f"To go on without the names: --role {column}=ignore.",
        "widgets": f"To go on without the names, give {column!r} the role ignore in the table.",
    }
