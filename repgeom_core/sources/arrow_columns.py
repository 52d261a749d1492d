"""Arrow tables (csv, parquet, Hugging Face) as columns: scalars, vectors, images, and numbered columns gathered into vectors."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from repgeom_core.errors import SourceError
from repgeom_core.sentences import reason
from repgeom_core.sources.images import EncodedImages
from repgeom_core.sources.opened import BOOL, IMAGE, NUMBER, OTHER, TEXT, Column
from repgeom_core.sources.text_cells import TextCell, to_numbers

Load = Callable[[Sequence[str]], pa.Table]
NUMBERED = re.compile(r"^(?P<prefix>.*?)[ _\-.]?(?P<number>\d+)$")
GENERIC_PREFIXES = ("", "x", "d", "dim", "f", "feature", "features", "v", "embedding", "emb", "e", "col", "column", "pixel")


def arrow_columns(
    head: pa.Table,
    load: Load,
    n: int | None,
    folder: Path,
    where: str,
    class_names: Mapping[str, tuple[str, ...]] | None = None,
    apart: Sequence[str] = (),
    text_numbers: Sequence[str] = (),
) -> list[Column]:
    """Columns of a table whose first rows are ``head``; ``load(names)`` reads columns whole.

    Args:
        folder: images that are given by path are looked for here, and nowhere else.
        class_names: column -> names of its integer codes.
        apart: columns that are never gathered into a vector, because a person gave them a role of their own.
        text_numbers: columns of text that hold numbers but for a few cells.
    """
    groups = numbered_groups(head, apart, text_numbers)
    gathered = {member for members in groups.values() for member in members}
    columns = []
    for name in head.column_names:
        for layer, members in groups.items():
            if members[0] == name:
                columns.append(_group(layer, members, head, load, n, alone=len(groups) == 1))
        if name not in gathered:
            column = _single(name, head, load, n, folder, where, (class_names or {}).get(name))
            if name in text_numbers:
                column.kind, column.dtype = NUMBER, "numbers and text"
                column.text_cells = to_numbers(head[name].to_pandas(), name)[1]
            columns.append(column)
    return columns


def numbered_groups(head: pa.Table, apart: Sequence[str] = (), text_numbers: Sequence[str] = ()) -> dict[str, list[str]]:
    """Prefix -> ``x0 .. x9``: at least two consecutive numbers from 0 or 1 in the table's order, most of them numeric.

    A few that are not numeric stay in the group, so that reading it names them instead of dropping them silently. Lists
    (``hidden1``, ``hidden2``) are vectors by themselves.
    """
    found: dict[str, list[tuple[int, str]]] = {}
    for name in head.column_names:
        match = NUMBERED.match(name)
        if match and not is_list(head.schema.field(name).type):
            found.setdefault(match["prefix"], []).append((int(match["number"]), name))
    groups = {}
    for prefix, members in found.items():
        numbers = [number for number, _ in members]
        numeric = sum(_kind(head.schema.field(name).type) == NUMBER or name in (*apart, *text_numbers) for _, name in members)
        consecutive = numbers == list(range(numbers[0], numbers[0] + len(numbers))) and numbers[0] in (0, 1)
        if len(members) >= 2 and consecutive and numeric * 2 > len(members):
            groups[prefix] = [name for _, name in members if name not in apart]
    return {prefix: members for prefix, members in groups.items() if members}


def _kind(kind: pa.DataType) -> str:
    if isinstance(kind, pa.DictionaryType):
        return TEXT
    if pa.types.is_boolean(kind):
        return BOOL
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return NUMBER
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind) or pa.types.is_temporal(kind):
        return TEXT
    if is_list(kind) and _kind(_innermost(kind)) == NUMBER:
        return NUMBER
    if pa.types.is_struct(kind) and {"bytes", "path"} <= {field.name for field in kind}:
        return IMAGE
    return OTHER


def is_list(kind: pa.DataType) -> bool:
    return pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)


def _innermost(kind: pa.DataType) -> pa.DataType:
    return _innermost(kind.value_type) if is_list(kind) else kind


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Without extension types (Hugging Face's Array2D and the like)."""
    if isinstance(column.type, pa.ExtensionType):
        return pa.chunked_array([chunk.storage for chunk in column.chunks], column.type.storage_type)
    return column


def _group(layer: str, members: list[str], head: pa.Table, load: Load, n: int | None, alone: bool) -> Column:
    text_cells: list[TextCell] = []

    def stack(table: pa.Table) -> np.ndarray:
        text_cells.clear()
        out = np.empty((table.num_rows, len(members)), dtype=np.float32)
        for k, name in enumerate(members):
            if _kind(table.schema.field(name).type) == NUMBER:
                out[:, k] = table[name].to_numpy()
            else:
                out[:, k], cells = to_numbers(table[name].to_pandas().astype(object), name)
                text_cells.extend(cells)
        return out

    if any(_kind(head.schema.field(name).type) != NUMBER for name in members):
        stack(head)

    def first(k: int) -> list[Any]:
        rows = head.slice(0, k).select(members[:4]).to_pylist()
        return [list(row.values()) for row in rows]

    name = f"{members[0]}..{members[-1]}"
    layer = "features" if alone or layer.lower() in GENERIC_PREFIXES[:1] else layer
    return Column(
        name,
        NUMBER,
        n,
        (len(members),),
        "numbers",
        first,
        lambda: stack(load(members)),
        members=tuple(members),
        layer=layer,
        text_cells=text_cells,
    )


def _single(name: str, head: pa.Table, load: Load, n: int | None, folder: Path, where: str, names: tuple[str, ...] | None) -> Column:
    first_rows = _plain(head[name])
    stored = first_rows.type
    kind = _kind(stored)
    label = f"{where}: column {name!r}"

    def read() -> pa.ChunkedArray:
        return _plain(load([name])[name])

    shape: tuple[int, ...] = ()
    if kind == NUMBER and is_list(stored):
        shape = _row_shape(first_rows)
        return Column(name, kind, n, shape, str(stored), _list_head(first_rows), lambda: vectors(read(), label))
    if kind == TEXT and (shape := _written_shape(first_rows)):
        return Column(name, NUMBER, n, shape, "vector as text", _written_head(first_rows), lambda: written_vectors(read(), label))
    if kind == IMAGE:
        return Column(name, kind, n, (), "image", _image_head(first_rows), lambda: encoded_images(read(), name, folder, where))
    return Column(name, kind, n, (), str(stored), lambda k: first_rows.slice(0, k).to_pylist(), lambda: _series(read(), kind), names=names)


def _written_shape(first_rows: pa.ChunkedArray) -> tuple[int, ...]:
    """Shape of vectors that are written out as text, ``[0.1, 0.2]`` or ``[0.1 0.2]``; () where the text is something else."""
    values = [str(value).strip() for value in first_rows.to_pylist() if value is not None]
    if not values or not all(value.startswith("[") and value.endswith("]") for value in values):
        return ()
    try:
        return (len(_written(values[0])),)
    except ValueError:
        return ()


def _written(value: str) -> list[float]:
    return [float(number) for number in value.strip().strip("[]").replace(",", " ").split()]


def _written_head(first_rows: pa.ChunkedArray) -> Callable[[int], list[Any]]:
    return lambda k: [None if value is None else value[:80] for value in first_rows.slice(0, k).to_pylist()]


def written_vectors(column: pa.ChunkedArray, where: str) -> np.ndarray:
    """Vectors written out as text, as (n, d) float32; a missing one is a row of NaN. A SourceError names a row that does not fit."""
    rows: list[np.ndarray | None] = []
    for row, value in enumerate(column.to_pylist()):
        try:
            rows.append(None if value is None or not value.strip() else np.array(_written(value), dtype=np.float32))
        except ValueError as error:
            raise SourceError(f"{where}: row {row} is no vector of numbers ({reason(error)}).") from None
    d = next((len(values) for values in rows if values is not None), 0)
    out = np.full((len(rows), d), np.nan, dtype=np.float32)
    for row, values in enumerate(rows):
        if values is not None and len(values) != d:
            raise SourceError(f"{where}: vectors must have one length, but row {row} has {len(values)} values where the first has {d}.")
        if values is not None:
            out[row] = values
    return out


def _list_head(first_rows: pa.ChunkedArray) -> Callable[[int], list[Any]]:
    return lambda k: [None if row is None else np.asarray(row, dtype=object) for row in first_rows.slice(0, k).to_pylist()]


def _image_head(first_rows: pa.ChunkedArray) -> Callable[[int], list[Any]]:
    return lambda k: [(row or {}).get("path") or "image" for row in first_rows.slice(0, k).to_pylist()]


def _row_shape(first_rows: pa.ChunkedArray) -> tuple[int, ...]:
    value = next((row for row in first_rows.to_pylist() if row is not None), [0, 0])
    shape: list[int] = []
    while isinstance(value, list):
        shape.append(len(value))
        value = value[0] if value else None
    return tuple(shape)


def _series(column: pa.ChunkedArray, kind: str) -> pd.Series:
    if pa.types.is_decimal(column.type):
        column = column.cast(pa.float64())
    if kind == BOOL and column.null_count:
        column = column.cast(pa.string())
    if kind == NUMBER and pa.types.is_integer(column.type) and column.null_count:
        return column.to_pandas(types_mapper={column.type: pd.Int64Dtype()}.get) if column.type == pa.int64() else column.to_pandas()
    return column.to_pandas()


def vectors(column: pa.ChunkedArray, where: str) -> np.ndarray:
    """A list column as (n, d) or (n, ..., d); a missing vector is a row of NaN.

    Raises:
        SourceError: when vectors differ in length; names the first such row.
    """
    array = column.combine_chunks()
    if isinstance(array, pa.ChunkedArray):  # no rows at all
        return np.empty((0, 0), dtype=np.float32)
    if pa.types.is_fixed_size_list(array.type) and array.null_count == 0:
        flat, d = array.flatten(), array.type.list_size
        return _inner(flat, where).reshape(len(array), d, *_inner_shape(flat, where))
    lengths = pc.list_value_length(array).to_numpy(zero_copy_only=False).astype(np.float64)
    present = ~np.isnan(lengths)
    if not present.any():
        raise SourceError(f"{where}: no row has a vector.")
    d = int(lengths[present][0])
    ragged = np.flatnonzero(present & (lengths != d))
    if len(ragged):
        row = int(ragged[0])
        raise SourceError(
            f"{where}: vectors must have one length, but row {row} has {int(lengths[row])} values where row "
            f"{int(np.flatnonzero(present)[0])} has {d} ({len(ragged):,} rows differ)."
        )
    flat = array.filter(pa.array(present)).flatten()
    values = _inner(flat, where).reshape(int(present.sum()), d, *_inner_shape(flat, where))
    if present.all():
        return values
    out = np.full((len(array), *values.shape[1:]), np.nan, dtype=np.result_type(values.dtype, np.float32))
    out[present] = values
    return out


def _inner(flat: pa.Array, where: str) -> np.ndarray:
    if is_list(flat.type):
        return vectors(pa.chunked_array([flat]), where)
    return flat.to_numpy(zero_copy_only=False)


def _inner_shape(flat: pa.Array, where: str) -> tuple[int, ...]:
    return _inner(flat.slice(0, 1), where).shape[1:] if is_list(flat.type) else ()


def encoded_images(column: pa.ChunkedArray, name: str, folder: Path, where: str) -> EncodedImages:
    """A struct column {bytes, path}. A path is followed only inside ``folder``: a data file may not name any file of the machine."""
    items: list[Path | bytes] = []
    names = []
    for row, value in enumerate(column.to_pylist()):
        data, path = (value or {}).get("bytes"), (value or {}).get("path")
        label = f"{where}: column {name!r}, row {row}" + (f" ({path})" if path else "")
        if data is None and path:
            target = (folder / path).resolve()
            if not target.is_relative_to(folder.resolve()):
                raise SourceError(f"{label} names an image outside {folder}; embed the image, or put it beside the file.")
            items.append(target)
        else:
            items.append(data or b"")
        names.append(label)
    return EncodedImages(items, names)
