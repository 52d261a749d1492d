"""What a file holds, before it is read: what the Load page shows and lets a person edit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from repgeom_core.sources.notes import notes
from repgeom_core.sources.opened import Column, OpenedSource
from repgeom_core.sources.roles import guess_roles

ROWS = 5


@dataclass(frozen=True)
class ColumnPreview:
    """One column: ``shape`` is that of one sample, ``role`` a guess, ``members`` the file's columns it gathers."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    example: str
    role: str
    members: tuple[str, ...] = ()


@dataclass(frozen=True)
class SourcePreview:
    """``n`` is None where only reading the whole file would tell; ``rows`` are the first few, as text."""

    kind: str
    name: str
    n: int | None
    columns: tuple[ColumnPreview, ...]
    rows: pd.DataFrame
    warnings: tuple[str, ...] = ()
    trees: tuple[str, ...] = ()  # names of the hierarchical clusterings that the file holds

    @property
    def roles(self) -> dict[str, str]:
        return {column.name: column.role for column in self.columns}


def preview(source: OpenedSource) -> SourcePreview:
    """What the source holds, with guessed roles: of its rows only the first are read."""
    roles = guess_roles(source)
    n = source.n
    if n is None:
        n = next((c.n for c in source.columns if roles[c.name] in ("features", "image", "input", "label")), None)
    heads = {column.name: [_shown(value, column) for value in column.head(ROWS)] for column in source.columns}
    columns = tuple(
        ColumnPreview(c.name, c.dtype, c.row_shape, next(iter(heads[c.name]), ""), roles[c.name], c.members) for c in source.columns
    )
    warnings = (*source.warnings, *notes(source, roles, {}))
    of_samples = {c.name: pd.Series(heads[c.name], dtype=object) for c in source.columns if n is None or c.n in (None, n)}
    return SourcePreview(source.kind, source.name, n, columns, pd.DataFrame(of_samples), warnings, tuple(source.trees))


def _shown(value: Any, column: Column) -> str:
    if isinstance(value, np.ndarray) and value.ndim >= 2:
        return f"{' x '.join(map(str, value.shape))} values"
    if isinstance(value, np.ndarray | list | tuple):
        start = ", ".join(f"{number:.4g}" if isinstance(number, float | int) else str(number) for number in list(map(_plain, value[:3])))
        return f"[{start}{', …' if len(value) > 3 else ''}]"
    if isinstance(value, float):
        return f"{value:.6g}"
    if value is None:
        return ""
    text = str(value)
    if column.names and isinstance(value, int) and 0 <= value < len(column.names):
        text = column.names[value]
    return text if len(text) <= 120 else text[:119] + "…"


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value
