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

CHECKPOINT = "checkpoint"
# A cell that starts so is run as a formula when a spreadsheet opens the file (OWASP, "CSV injection").
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def export(bundle: Bundle, checkpoint: str | None, mask: Mask, format: Literal["csv", "parquet"]) -> bytes:
    """The rows of ``bundle`` where ``mask`` (booleans ``(n,)``), with all columns, as the content of a file.

    With a ``checkpoint`` also its prediction, confidence, loss and correct, and before them its name in a column
    ``checkpoint``. In CSV a *text* cell or column name that starts with ``=``, ``+``, ``-``, ``@``, a tab or a carriage return
    gets a leading apostrophe, so that no spreadsheet runs it as a formula; numbers are written as they are. Parquet keeps
    every value exactly.
    """
    if format not in ("csv", "parquet"):
        raise SelectionError(f"A selection is exported as csv or parquet, got {format!r}.")
    if len(mask) != bundle.n:
        raise SelectionError(f"A selection of {bundle.name} covers {bundle.n:,} rows, got one of {len(mask):,}.")
    samples = bundle.samples(checkpoint).loc[np.asarray(mask, bool)]
    if checkpoint is not None:
        samples = _with_checkpoint(samples, checkpoint, bundle.samples().columns)
    if format == "csv":
        return _without_formulas(samples).to_csv(index=False).encode()
    buffer = io.BytesIO()
    samples.to_parquet(buffer, index=False)
    return buffer.getvalue()


def _with_checkpoint(samples: pd.DataFrame, checkpoint: str, of_data: pd.Index) -> pd.DataFrame:
    """With the checkpoint's name before the columns that differ from checkpoint to checkpoint, where there are any."""
    own = [place for place, column in enumerate(samples.columns) if column not in of_data]
    if not own:
        return samples
    name = CHECKPOINT
    while name in samples.columns:  # the data came with a column of that name
        name += " (of predictions)"
    marked = samples.copy()
    marked.insert(own[0], name, checkpoint)
    return marked


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
