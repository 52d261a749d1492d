"""The selected samples as a file, with every column they have."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from repgeom_core.errors import SelectionError
from repgeom_core.selection.mask import Mask

if TYPE_CHECKING:
    from repgeom_core.bundle import Bundle

# A cell that starts so is run as a formula when a spreadsheet opens the file (OWASP, "CSV injection").
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def export(bundle: Bundle, checkpoint: str | None, mask: Mask, format: Literal["csv", "parquet"]) -> bytes:
    """The rows of ``bundle`` where ``mask`` (booleans ``(n,)``), with all columns, as the content of a file.

    With a ``checkpoint`` also its prediction, confidence, loss and correct. In CSV a *text* cell or column name that
    starts with ``=``, ``+``, ``-``, ``@``, a tab or a carriage return gets a leading apostrophe, so that no spreadsheet
    runs it as a formula; numbers are written as they are. Parquet keeps every value exactly.
    """
    if format not in ("csv", "parquet"):
        raise SelectionError(f"A selection is exported as csv or parquet, got {format!r}.")
    if len(mask) != bundle.n:
        raise SelectionError(f"A selection of {bundle.name} covers {bundle.n:,} rows, got one of {len(mask):,}.")
    samples = bundle.samples(checkpoint).loc[np.asarray(mask, bool)]
    if format == "csv":
        return _without_formulas(samples).to_csv(index=False).encode()
    buffer = io.BytesIO()
    samples.to_parquet(buffer, index=False)
    return buffer.getvalue()


def _without_formulas(samples: pd.DataFrame) -> pd.DataFrame:
    safe = samples.copy()
    for position, column in enumerate(samples.columns):
        values = samples[column]
        if isinstance(values.dtype, pd.CategoricalDtype) or not (
            pd.api.types.is_numeric_dtype(values) or pd.api.types.is_datetime64_any_dtype(values)
        ):
            safe.isetitem(position, values.astype(object).map(_quoted).array)
    safe.columns = [_quoted(str(column)) for column in samples.columns]
    return safe


def _quoted(cell: object) -> object:
    return "'" + cell if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell
