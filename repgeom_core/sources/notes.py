"""What a person should know of the roles that were guessed for them: what is left out, kept otherwise than its name says, or not shown."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite

from repgeom_core.sources.opened import BOOL, NUMBER, Column, OpenedSource
from repgeom_core.sources.roles import (
    LABEL_NAMES,
    PREDICTION_NAMES,
    has_image_shape,
    is_fractional,
    listed,
    value_range,
)

AS_NUMBERS = "for instance with .astype(np.float32)"


def notes(source: OpenedSource, roles: Mapping[str, str], told: Mapping[str, str]) -> list[str]:
    """One sentence each; nothing is said of a column whose role was ``told``."""
    guessed = [column for column in source.columns if column.name not in told]
    found = [
        f"C{str(column.text_cells[0])[1:]}; so the column is kept as text."
        for column in guessed
        if column.text_cells and roles[column.name] in ("column", "text", "split")
    ]
    for role, names in (("label", LABEL_NAMES), ("prediction", PREDICTION_NAMES)):
        named_so = [column for column in guessed if column.name.lower() in names and roles[column.name] == "column"]
        if role not in roles.values():
            found += [_fractions(column, role) for column in named_so if column.kind == NUMBER and is_fractional(column)]
    found += [_unseen(column) for column in guessed if roles[column.name] == "input"]
    ignored = [column for column in guessed if roles[column.name] == "ignore"]
    found += [f"Left out {column.name!r}: {in_place_of_numbers(column)}" for column in ignored if column.is_text_vector]
    unused = [column.name for column in ignored if not column.is_text_vector]
    if unused:
        found.append(f"Left out {listed(unused)}: of another length than the samples, or of a kind that nothing here uses.")
    return found


def in_place_of_numbers(column: Column) -> str:
    """What came in a vector of text, and what to do."""
    shape = " x ".join(map(str, column.row_shape))
    return f"it holds text ({shape} strings per sample) where numbers were expected; save it as numbers, {AS_NUMBERS}."


def _fractions(column: Column, role: str) -> str:
    value = next(value for value in column.head(5) if isinstance(value, float) and value == value and not value.is_integer())  # noqa: PLR0124
    return (
        f"{column.name!r} holds fractions such as {value:g}, so it is kept as a plain column: a {role} is a class, "
        "given by its name or a whole number."
    )


def _unseen(column: Column) -> str:
    """Of an array that is no vector and was not taken for pictures."""
    low, high = value_range(column) if column.kind in (NUMBER, BOOL) else (float("nan"), float("nan"))
    between = f" from {low:.4g} to {high:.4g}" if isfinite(low) and isfinite(high) else ""
    what = (
        f"{column.name!r} ({' x '.join(map(str, column.row_shape))} {column.dtype} values per sample{between}) is taken as input of a model"
    )
    if not has_image_shape(column):
        return f"{what}; give it the role features where each sample is meant to be one long vector."
    if low >= 0 and high <= 1:
        return f"{what} and not shown; if it holds pictures, give it the role image."
    return (
        f"{what} and not shown; if it holds pictures, save them as bytes from 0 to 255 (uint8), "
        "or as floats from 0 to 1 under the name images."
    )
