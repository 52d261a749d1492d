"""The TensorBoard projector's format: ``projector_config.json`` names tensors (.bytes or .tsv), metadata and a sprite."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from repgeom_core.errors import SourceError
from repgeom_core.sentences import reason
from repgeom_core.sources.arrays import values_column
from repgeom_core.sources.images import ArrayImages, decode
from repgeom_core.sources.opened import IMAGE, Column, OpenedSource

CONFIG = "projector_config.json"
OF_SAMPLES = ("metadataPath", "sprite")  # tensors with the same of these are layers of the same samples


def open_projector(path: Path, tensor: str | None = None) -> OpenedSource:
    """The tensors of the config that share their metadata and sprite: one is ``features``, several are layers by their names.

    Args:
        path: the folder, or its ``projector_config.json``.
        tensor: ``tensorName`` to read alone; when None, the first whose file is here and all that belong to the same samples.
    """
    folder = path if path.is_dir() else path.parent
    entries = _entries(folder / CONFIG if path.is_dir() else path)
    here = [entry for entry in entries if _find(folder, entry.get("tensorPath")) is not None]
    names = [str(entry.get("tensorName")) for entry in here]
    if not here:
        missing = ", ".join(str(entry.get("tensorPath")) for entry in entries) or "no tensors at all"
        raise SourceError(f"{folder}: none of the tensors that {CONFIG} names is here ({missing}); put them beside it.")
    if tensor is not None and tensor not in names:
        raise SourceError(f"{folder} has no tensor {tensor!r}; it has {', '.join(names)}.")
    entry = here[names.index(tensor) if tensor is not None else 0]
    X = _tensor(folder, entry)
    layers, others = {names[here.index(entry)]: X}, []
    for name, other in zip(names, here, strict=True):
        if other is entry:
            continue
        alike = tensor is None and name not in layers and all(other.get(key) == entry.get(key) for key in OF_SAMPLES)
        if alike and len(found := _tensor(folder, other)) == len(X):
            layers[name] = found
        else:
            others.append(name)
    columns = [values_column("features" if len(layers) == 1 else name, array) for name, array in layers.items()]
    for column in columns:
        column.hint = "features"
    if entry.get("metadataPath"):
        columns += _metadata(_needed(folder, entry["metadataPath"], "metadata"), len(X), [column.name for column in columns])
    if (entry.get("sprite") or {}).get("imagePath"):
        columns.append(_sprite(folder, entry["sprite"], len(X)))
    read = ", ".join(repr(name) for name in layers)
    warnings = [f"Read tensor{'s' if len(layers) > 1 else ''} {read}; also here: {', '.join(others)}."] if others else []
    title = folder.name if len(layers) > 1 else str(entry.get("tensorName") or folder.name)
    return OpenedSource("TensorBoard projector", folder.name, columns, len(X), warnings=warnings, title=title)


def _entries(config: Path) -> list[dict[str, Any]]:
    try:
        entries = json.loads(config.read_text(encoding="utf-8"))["embeddings"]
        return [dict(entry) for entry in entries]
    except (ValueError, KeyError, TypeError) as error:
        raise SourceError(f"{config} is no projector config ({reason(error)}); expected JSON with a list 'embeddings'.") from None


def _find(folder: Path, name: Any) -> Path | None:
    """The file of that name: where the config says, if that is in the folder, else beside the config. Never elsewhere."""
    if not isinstance(name, str) or not name:
        return None
    for candidate in (folder / name, folder / Path(name).name):
        if candidate.is_file() and candidate.resolve().is_relative_to(folder.resolve()):
            return candidate
    return None


def _needed(folder: Path, name: Any, what: str) -> Path:
    found = _find(folder, name)
    if found is None:
        raise SourceError(f"{folder}: the {what} {name!r} that {CONFIG} names is not here; put it beside the config.")
    return found


def _tensor(folder: Path, entry: dict[str, Any]) -> np.ndarray:
    path = _needed(folder, entry["tensorPath"], "tensor")
    shape = entry.get("tensorShape")
    if path.suffix == ".bytes":
        if not (isinstance(shape, list) and len(shape) == 2 and all(isinstance(side, int) and side > 0 for side in shape)):
            raise SourceError(f"{folder / CONFIG}: tensorShape of {path.name} must be [rows, columns]. Got {shape}.")
        expected, size = shape[0] * shape[1] * 4, path.stat().st_size
        if size != expected:
            raise SourceError(
                f"{path} has {size:,} bytes, but float32 of shape {shape} has {expected:,}; it is truncated, or the shape is wrong."
            )
        return np.memmap(path, dtype="<f4", mode="r", shape=tuple(shape))
    rows = _lines(path)
    lengths = [len(row) for row in rows]
    ragged = next((k for k, length in enumerate(lengths) if length != lengths[0]), None)
    if ragged is not None:
        raise SourceError(f"{path}: row {ragged} has {lengths[ragged]} values where row 0 has {lengths[0]}.")
    try:
        return np.array(rows, dtype=np.float32)
    except ValueError as error:
        raise SourceError(f"{path}: every value must be a number ({reason(error)}).") from None


def _lines(path: Path) -> list[list[str]]:
    # The projector does not quote: a quotation mark in a label is just that.
    try:
        with path.open(encoding="utf-8", newline="") as file:
            text = file.read()
    except UnicodeDecodeError as error:
        raise SourceError(f"{path} is not UTF-8 text ({reason(error)}); save it as UTF-8.") from None
    rows = text.replace("\r\n", "\n").split("\n")
    while rows and not rows[-1].strip():
        rows.pop()
    return list(csv.reader(rows, delimiter="\t", quoting=csv.QUOTE_NONE)) if rows else []


def _metadata(path: Path, n: int, taken: Sequence[str]) -> list[Column]:
    """Columns, called otherwise than ``taken``; there is a header exactly where there is one line more than samples.

    Without one, the first column is the label.
    """
    rows = _lines(path)
    if len(rows) not in (n, n + 1):
        raise SourceError(f"{path} has {len(rows):,} lines for {n:,} samples; expected {n:,}, or one more for a header.")
    width = max(map(len, rows))
    header = rows.pop(0) if len(rows) == n + 1 else ["label", *(f"column {k}" for k in range(1, width))]
    ragged = next((k for k, row in enumerate(rows) if len(row) != len(header)), None)
    if ragged is not None:
        raise SourceError(f"{path}: row {ragged} has {len(rows[ragged])} fields where {len(header)} were expected.")
    columns = []
    for k, name in enumerate(header):
        while name in taken:
            name += " (column)"
        columns.append(values_column(name, _numbers_if_possible(np.array([row[k] for row in rows]))))
    if len(header) == 1:
        columns[0].hint = "label"
    return columns


def _numbers_if_possible(values: np.ndarray) -> np.ndarray:
    for dtype in (np.int64, np.float64):
        try:
            return values.astype(dtype)
        except (ValueError, OverflowError):
            continue
    return values


def _sprite(folder: Path, sprite: dict[str, Any], n: int) -> Column:
    """The sprite's cells, row by row."""
    path = _needed(folder, sprite["imagePath"], "sprite")
    size = sprite.get("singleImageDim")
    if not (isinstance(size, list) and len(size) == 2 and all(isinstance(side, int) and side > 0 for side in size)):
        raise SourceError(f"{folder / CONFIG}: singleImageDim must be [width, height]. Got {size}.")
    width, height = size

    def load() -> ArrayImages:
        sheet = np.asarray(decode(path, str(path)))
        down, across = sheet.shape[0] // height, sheet.shape[1] // width
        if down * across < n:
            raise SourceError(f"{path} has room for {down * across:,} images of {width} x {height} pixels, but there are {n:,} samples.")
        cells = sheet[: down * height, : across * width].reshape(down, height, across, width, 3).swapaxes(1, 2)
        return ArrayImages(cells.reshape(-1, height, width, 3)[:n])

    return Column("sprite", IMAGE, n, (), f"{width} x {height} sprite", lambda k: [path.name] * min(k, n), load, hint="image")
