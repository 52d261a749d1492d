"""Finding samples by what is written in their columns."""

from __future__ import annotations

import numpy as np
import pandas as pd

from repgeom_core.selection.mask import Mask


def searchable_columns(samples: pd.DataFrame) -> list[str]:
    """``id`` and every column of text or classes."""
    return [
        str(name)
        for name, column in samples.items()
        if isinstance(column.dtype, pd.CategoricalDtype) or (column.dtype == object or pd.api.types.is_string_dtype(column))
    ]


def search(samples: pd.DataFrame, text: str, column: str | None = None) -> Mask:
    """Rows in which ``text`` occurs (upper or lower case, no patterns) in ``column``, or in any searchable column; ``(n,)`` booleans.

    An id, a label or a text that *equals* what was typed wins: then only those rows are found ("cat" does not find "cattle" where a
    class is called "cat"). Nothing typed finds nothing.
    """
    text = text.strip().lower()
    found = np.zeros(len(samples), bool)
    exact = np.zeros(len(samples), bool)
    if not text:
        return found
    for name in [column] if column else searchable_columns(samples):
        values = samples[name]
        if isinstance(values.dtype, pd.CategoricalDtype):
            categories = [str(c).lower() for c in values.cat.categories]
            codes = values.cat.codes.to_numpy()
            found |= np.isin(codes, [i for i, c in enumerate(categories) if text in c])
            exact |= np.isin(codes, [i for i, c in enumerate(categories) if text == c])
        else:
            lowered = values.astype("string").str.lower()
            found |= lowered.str.contains(text, regex=False, na=False).to_numpy(dtype=bool)
            exact |= (lowered == text).fillna(False).to_numpy(dtype=bool)
    return exact if exact.any() else found
