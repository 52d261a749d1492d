"""What ``measure`` is given, as arrays: of numbers, or of class codes where the classes came by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import pandas as pd

from repgeom_core.errors import GeometryError
from repgeom_core.sentences import reason
from repgeom_core.sources.labels import encode_classes
from repgeom_core.suggest import shortened

# Which argument gives what an analysis needs.
ARGUMENTS = {
    "labels": "y (n,), the class of each sample",
    "head": "W (K, d) and b (K,)",
    "predictions": "predictions (n,), the predicted class of each sample",
    "columns": "columns, a dictionary of further labels (n,) by name",
    "views": "views (n, d), the features of a second view of each sample",
}
TEXT = "USTO"  # kinds of dtypes: strings, and objects that may be some


def numbers(values: Any, name: str) -> Any:
    """The array, or what reads like one by chunks; :class:`GeometryError` where it holds no real numbers."""
    array = _array(values, name)
    if array is not None and array.dtype.kind not in "fiub":
        raise GeometryError(
            f"Expected {name} to hold real numbers, got {'text' if array.dtype.kind in 'UST' else 'values'} of type {array.dtype}. "
            f"Convert it first, for instance with {name}.astype(np.float32)."
        )
    return array


def codes(y: Any, predictions: Any = None) -> tuple[tuple[str, ...], Any, Any]:
    """The class names in order, and both as codes over them; what is given as numbers stays as it is, and has no names."""
    given = {name: _array(values, name) for name, values in (("y", y), ("predictions", predictions)) if values is not None}
    named = [name for name, values in given.items() if values.dtype.kind in TEXT]
    if not named:
        return (), given.get("y"), given.get("predictions")
    if len(named) < len(given):
        raise GeometryError(
            f"y ({given['y'].dtype}) and predictions ({given['predictions'].dtype}) cannot be matched: give both as class names, "
            "or both as class codes."
        )
    for values in given.values():
        if values.ndim != 1:
            raise GeometryError(f"Expected one label for each sample (n,), got names of shape {values.shape}.")
    columns = {name: pd.Series(values) for name, values in given.items()}
    classes, *found = encode_classes(columns.get("y"), columns.get("predictions"), None, "measure")
    label, predicted = (None if values is None else values.codes.astype(np.int64) for values in found)
    return classes, label, predicted


def _array(values: Any, name: str) -> Any:
    if values is None or hasattr(values, "chunks"):
        return values
    if isinstance(values, str | Path):
        return _mapped(values)
    if hasattr(values, "detach"):
        values = values.detach().cpu()
        values = values.float() if str(values.dtype) == "torch.bfloat16" else values
        return values.numpy()
    try:
        return np.asarray(values)
    except ValueError as error:
        raise GeometryError(f"{name} is no array ({reason(error)}); all its rows must have the same length.") from None


def _mapped(path: str | Path) -> np.ndarray:
    """The array in a ``.npy`` file, not read but mapped."""
    try:
        found = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError, BadZipFile) as error:
        raise GeometryError(f"{path} cannot be read as an array ({reason(error)}); a .npy file of numbers was expected.") from None
    if isinstance(found, np.ndarray):
        return found
    with found:
        names = list(found.files)
    one = f", for instance np.load({str(path)!r})[{names[0]!r}]" if names else ""
    raise GeometryError(f"{path} holds several arrays ({shortened(names, 8) or 'none'}) where one was expected; pass one of them{one}.")
