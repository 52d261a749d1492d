"""``.safetensors``: tensors by name; ``class_names`` (a JSON list) may stand in the file's metadata."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from repgeom_core.errors import SourceError
from repgeom_core.sentences import reason
from repgeom_core.sources.arrays import array_column, values_column
from repgeom_core.sources.opened import Column, OpenedSource
from repgeom_core.sources.split_arrays import joined_splits

# bfloat16 has no numpy type: it is read through torch as float32.
DTYPES = {
    "F64": "float64", "F32": "float32", "F16": "float16", "BF16": "float32", "I64": "int64", "I32": "int32", "I16": "int16",
    "I8": "int8", "U64": "uint64", "U32": "uint32", "U16": "uint16", "U8": "uint8", "BOOL": "bool",
}  # fmt: skip


def open_safetensors(path: Path) -> OpenedSource:
    """Only the header is read here."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="np") as file:
            metadata = file.metadata() or {}
            slices = {name: file.get_slice(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
            columns = [_column(path, name, tuple(s.get_shape()), str(s.get_dtype())) for name, s in slices.items()]
    except (SafetensorError, OSError) as error:
        raise SourceError(f"{path} is truncated or no safetensors file ({reason(error)}); copy or write it again.") from None
    if not columns:
        raise SourceError(f"{path} holds no tensors.")
    return OpenedSource("safetensors", path.name, joined_splits(columns + _class_names(metadata, path)))


def _column(path: Path, name: str, shape: tuple[int, ...], stored: str) -> Column:
    if stored not in DTYPES:
        raise SourceError(f"{path}: tensor {name!r} has type {stored}, which cannot be read; convert it to float32.")

    def read(rows: slice) -> np.ndarray:
        from safetensors import safe_open

        with safe_open(path, framework="pt" if stored == "BF16" else "np") as file:
            values: Any = file.get_slice(name)[rows] if shape else file.get_tensor(name)
        return values.float().numpy() if stored == "BF16" else values

    return array_column(name, shape, np.dtype(DTYPES[stored]), lambda: read(slice(None)), lambda k: read(slice(0, min(k, shape[0]))))


def _class_names(metadata: dict[str, str], path: Path) -> list[Column]:
    if "class_names" not in metadata:
        return []
    try:
        names = [str(name) for name in json.loads(metadata["class_names"])]
    except (ValueError, TypeError):
        raise SourceError(f"{path}: class_names in the metadata must be a JSON list of names.") from None
    return [values_column("class_names", np.array(names))]
