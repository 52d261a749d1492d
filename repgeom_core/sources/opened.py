"""What a format file gives: named columns that say what they hold, and load only when asked to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from repgeom_core.sources.text_cells import TextCell

if TYPE_CHECKING:
    from repgeom_core.hierarchy.files.stored import StoredTree

NUMBER, TEXT, BOOL, IMAGE, OTHER = "number", "text", "bool", "image", "other"


@dataclass
class Column:
    """One column or array of a file.

    Attributes:
        name: as in the file.
        kind: ``number``, ``text``, ``bool``, ``image``, or ``other`` (nothing here can use it).
        n: rows, or None where only reading the whole file would tell.
        row_shape: shape of one row: () for a scalar, (d,) for a vector.
        dtype: how the file stores it, for people.
        head: k -> the first k values.
        load: all values: ``np.ndarray`` (n, *row_shape), a ``pd.Series`` for scalars, or image rows.
        hint: the role that the format itself gives it.
        names: class names that the format gives for its integer codes.
        members: columns of the file that it gathers (``x0`` .. ``x9``); empty when it is one column.
        layer: what to call it as a layer of features.
        text_cells: where the numbers hold text, as far as the first rows tell; all of it once it was loaded.
    """

    name: str
    kind: str
    n: int | None
    row_shape: tuple[int, ...]
    dtype: str
    head: Callable[[int], list[Any]]
    load: Callable[[], Any]
    hint: str | None = None
    names: tuple[str, ...] | None = None
    members: tuple[str, ...] = ()
    layer: str | None = None
    text_cells: list[TextCell] = field(default_factory=list)

    @property
    def is_vector(self) -> bool:
        return self.kind == NUMBER and len(self.row_shape) == 1 and self.row_shape != (1,)

    @property
    def is_scalar(self) -> bool:
        return self.kind in (NUMBER, TEXT, BOOL) and self.row_shape in ((), (1,))

    @property
    def is_text_vector(self) -> bool:
        """Several strings per sample, as where numbers were written as text."""
        return self.kind == TEXT and not self.is_scalar

    def series(self) -> pd.Series:
        """A scalar column as a Series; (n, 1) arrays are flattened, bytes decoded as UTF-8."""
        values = self.load()
        if isinstance(values, pd.Series):
            return values.reset_index(drop=True)
        values = np.asarray(values).reshape(len(values))
        if values.dtype.kind == "S":
            values = np.char.decode(values, "utf-8", "replace")
        if values.dtype.kind == "f" and values.dtype.itemsize == 2:
            values = values.astype(np.float32)  # parquet tables and pandas know float16 only in part
        native = values.astype(values.dtype.newbyteorder("="), copy=False)
        return pd.Series(native.astype(str) if native.dtype.kind == "U" else native)


@dataclass
class OpenedSource:
    """A file after a look at its structure, before its data are read.

    ``tabular`` sources hold features as single numeric columns where they have no vectors.
    ``n`` is None where only reading the whole file would tell.
    """

    kind: str
    name: str
    columns: list[Column]
    n: int | None = None
    tabular: bool = False
    warnings: list[str] = field(default_factory=list)
    trees: dict[str, StoredTree] = field(default_factory=dict)  # over its samples, for a format that holds any
    title: str = ""  # what to call the data set; the file's name without its suffix when empty

    def __post_init__(self) -> None:
        self.title = self.title or Path(self.name).stem

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)
