"""Packed messages: what the browser's components draw, as bytes that travel once and are known by the digest of their content.

``pack_*`` turns arrays into a :class:`Payload`: pure, and worth caching. The protocol is described in assets/components/README.md.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from repgeom_core.errors import RepGeomError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from repgeom_core.figures.palette import Colours
    from repgeom_core.hierarchy.tree import Tree

MAGIC = b"RGM1"
MAX_TEXT = 160
"""Characters of a text value shown on hover; longer ones end in an ellipsis."""
MAX_COLUMN_BYTES = 32 * 2**20
"""A column that packs to more than this is left out of the hover and named in ``Payload.left_out``."""
NO_CLASS = 65_535
"""The code of a cluster without any label."""


class PayloadError(RepGeomError):
    """What should be drawn cannot be."""


@dataclass(frozen=True)
class Payload:
    """A packed message: ``digest`` is its handle, ``data`` goes over the wire."""

    digest: str
    data: bytes
    left_out: tuple[str, ...] = ()


def _pack(kind: str, header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]], left_out: tuple[str, ...] = ()) -> Payload:
    """Magic, header length, JSON header, then the arrays, each at a multiple of 8 bytes."""
    blocks = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    hasher = blake2b(json.dumps([kind, dict(header)], sort_keys=True).encode(), digest_size=12)
    for name, block in blocks.items():
        hasher.update(f"{name}{block.dtype}{block.shape}".encode())
        hasher.update(block.data.cast("B") if block.size else b"")
    full = {**header, "kind": kind, "digest": hasher.hexdigest(), "arrays": []}

    def layout(start: int) -> list[dict[str, Any]]:
        entries = []
        for name, block in blocks.items():
            entries.append({"name": name, "dtype": block.dtype.name, "offset": start, "length": block.size})
            start += -(-block.nbytes // 8) * 8
        return entries

    # Offsets are numbers in the header whose length they depend on: leave room for their growth.
    room = len(json.dumps({**full, "arrays": layout(10**12)}).encode()) + 8
    room += -room % 8
    encoded = json.dumps({**full, "arrays": layout(8 + room)}).encode().ljust(room)
    parts = [MAGIC, room.to_bytes(4, "little"), encoded]
    for block in blocks.values():
        parts += [block.tobytes(), bytes(-block.nbytes % 8)]
    return Payload(full["digest"], b"".join(parts), left_out)


def pack_geometry(xy: NDArray[np.floating[Any]], ids_digest: str) -> Payload:
    """Positions (n, 2) of the samples whose ids have this digest; maps of the same samples blend into one another.

    Positions are centred and scaled to [-1, 1] in float64, with one scale for both axes, and travel as float32. Raises PayloadError for
    another shape or for a position that is not finite.
    """
    xy = np.asarray(xy)
    if xy.ndim != 2 or xy.shape[1] != 2:
        raise PayloadError(f"Expected positions of shape (n, 2) for the map, got {xy.shape}.")
    bad = ~np.isfinite(xy).all(axis=1)
    if bad.any():
        count, first = int(bad.sum()), int(bad.argmax())
        raise PayloadError(
            f"Expected finite positions for the map, but {count:,} are not, the first in row {first:,}. Compute the map anew."
        )
    if len(xy) == 0:
        return _pack("geometry", {"n": 0, "ids": ids_digest, "extent": [1.0, 1.0]}, {"xy": np.zeros(0, np.float32)})
    low, high = xy.min(axis=0).astype(np.float64), xy.max(axis=0).astype(np.float64)
    half = (high - low) / 2
    scale = float(half.max()) or 1.0
    extent = [max(float(h) / scale, 0.05) for h in half]
    placed = ((xy - (low + high) / 2) / scale).astype(np.float32)
    return _pack("geometry", {"n": len(xy), "ids": ids_digest, "extent": extent}, {"xy": placed.ravel()})


def pack_colours(colours: Colours) -> Payload:
    """The colour code of every sample, its palette and its legend."""
    return _pack("colours", _legend(colours), {"codes": colours.codes, "palette": colours.palette.ravel(), "counts": colours.counts})


def _legend(colours: Colours) -> dict[str, Any]:
    return {
        "n": len(colours.codes),
        "colouring": colours.kind,
        "title": colours.title,
        "labels": list(colours.labels),
        "missing": colours.missing,
        "missing_code": colours.missing_code,
        "low": colours.low,
        "high": colours.high,
        "below": colours.below,
        "above": colours.above,
        "units": colours.units,
    }


def pack_columns(samples: pd.DataFrame) -> Payload:
    """The columns shown on hover, the first as heading: numbers as they are, everything else as a table of strings and codes.

    A column that would pack to more than ``MAX_COLUMN_BYTES`` is left out and named in ``left_out``.
    """
    described: list[dict[str, Any]] = []
    arrays: dict[str, NDArray[Any]] = {}
    left_out = []
    for position, name in enumerate(samples.columns):
        entry, blocks = _pack_column(samples[name], str(position))
        if sum(block.nbytes for block in blocks.values()) > MAX_COLUMN_BYTES:
            left_out.append(str(name))
            continue
        described.append({"name": str(name), **entry})
        arrays |= blocks
    return _pack("columns", {"n": len(samples), "columns": described}, arrays, tuple(left_out))


def _pack_column(column: pd.Series, prefix: str) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
        integer = pd.api.types.is_integer_dtype(column)
        # float32 holds integers up to 2^24 exactly, and of others as many digits as are shown
        if np.abs(values[np.isfinite(values)]).max(initial=0) < 2**24:
            values = values.astype(np.float32)
        return {"kind": "number", "integer": integer, "values": f"{prefix}.values"}, {f"{prefix}.values": values}
    codes, distinct = pd.factorize(column)
    strings = [_shorten(str(value)).encode(errors="replace") for value in distinct]
    lengths = np.fromiter(map(len, strings), dtype=np.uint32, count=len(strings))
    kind = np.uint8 if len(strings) < 2**8 else np.uint16 if len(strings) < 2**16 else np.uint32
    # A missing value's code lies one past the table.
    return {"kind": "string", "codes": f"{prefix}.codes", "offsets": f"{prefix}.offsets", "table": f"{prefix}.table"}, {
        f"{prefix}.codes": np.where(codes < 0, len(strings), codes).astype(kind),
        f"{prefix}.offsets": np.concatenate([[0], np.cumsum(lengths)]).astype(np.uint32),
        f"{prefix}.table": np.frombuffer(b"".join(strings), dtype=np.uint8),
    }


def _shorten(value: str) -> str:
    return value if len(value) <= MAX_TEXT else value[: MAX_TEXT - 1] + "…"


def pack_tree(tree: Tree) -> Payload:
    """A tree with what its cuts and layouts need: children, heights, counts, and the order of its leaves."""
    arrays = {
        "left": tree.left,
        "right": tree.right,
        "height": tree.height,
        "approximate": np.asarray(tree.approximate, np.uint8),
        "count": tree.count.astype(np.int32),
        "start": tree.start.astype(np.int32),
        "order": tree.order.astype(np.int32),
    }
    return _pack("tree", {"n": tree.n, "root": tree.root, "method": tree.method}, arrays)


def pack_node_colours(
    colours: Colours, values: NDArray[np.floating[Any]], said: str = "", percent: bool = False, signed: bool = False
) -> Payload:
    """Colours of all nodes of a tree, and their values (2n - 1,) as text tells them: NaN where there is none.

    ``said`` is what the colour means, in a sentence; ``percent``: values are shares of 1; ``signed``: differences, told with their sign.
    """
    values = np.asarray(values, np.float32)
    if values.shape != colours.codes.shape:
        raise PayloadError(f"Expected one value for each of {len(colours.codes):,} nodes, got shape {values.shape}.")
    header = {**_legend(colours), "said": said, "percent": bool(percent), "signed": bool(signed)}
    return _pack(
        "node_colours", header, {"codes": colours.codes, "palette": colours.palette.ravel(), "counts": colours.counts, "values": values}
    )


def pack_node_labels(
    majority: NDArray[np.integer[Any]],
    classes: Sequence[str],
    accuracy: NDArray[np.floating[Any]] | None = None,
    errors: NDArray[np.integer[Any]] | None = None,
) -> Payload:
    """What the strips above the boxes say: majority class (code, -1: none), accuracy (NaN: unknown) and wrong predictions of every node."""
    nodes = len(majority)
    arrays: dict[str, NDArray[Any]] = {
        "majority": _class_codes(majority, classes),
        "accuracy": np.full(nodes, np.nan, np.float32) if accuracy is None else np.asarray(accuracy, np.float32),
        "errors": np.zeros(nodes, np.uint32) if errors is None else np.asarray(errors, np.uint32),
    }
    for name, array in arrays.items():
        if array.shape != (nodes,):
            raise PayloadError(f"Expected {name!r} of each of {nodes:,} nodes, got shape {array.shape}.")
    return _pack("node_labels", {"n": nodes, "classes": [_shorten(str(c)) for c in classes]}, arrays)


def pack_labels(y: NDArray[np.integer[Any]], predictions: NDArray[np.integer[Any]] | None, classes: Sequence[str]) -> Payload:
    """True and predicted classes (n,) of samples, as codes; -1: none."""
    arrays = {"labels": y, "predictions": np.full(len(y), -1) if predictions is None else predictions}
    codes = {name: _class_codes(array, classes) for name, array in arrays.items()}
    return _pack("labels", {"n": len(y), "classes": [str(c) for c in classes]}, codes)


def _class_codes(codes: NDArray[np.integer[Any]], classes: Sequence[str]) -> NDArray[np.uint16]:
    """Codes of classes as 16 bits, of which ``NO_CLASS`` stands for negative ones; refuses more classes than there are numbers left."""
    if len(classes) > NO_CLASS:
        raise PayloadError(f"Expected at most {NO_CLASS:,} classes for the treemap, got {len(classes):,}.")
    codes = np.asarray(codes)
    if codes.max(initial=-1) >= len(classes):
        raise PayloadError(f"Expected codes below the number of classes {len(classes):,}, got {codes.max()}.")
    return np.where(codes < 0, NO_CLASS, codes).astype(np.uint16)


def pack_neighbours(indices: NDArray[np.integer[Any]]) -> Payload:
    """The nearest neighbours (n, k) of every row, nearest first."""
    indices = np.asarray(indices)
    if indices.ndim != 2 or (indices.size and (indices.min() < 0 or indices.max() >= len(indices))):
        raise PayloadError(f"Expected neighbours of shape (n, k) among the same n rows, got shape {indices.shape}.")
    return _pack("neighbours", {"n": len(indices), "k": indices.shape[1]}, {"indices": indices.astype(np.int32).ravel()})


def pack_flags(flags: NDArray[np.bool_]) -> Payload:
    """A mask (n,) bool over the rows, such as that of wrong predictions."""
    flags = np.asarray(flags, bool)
    return _pack("flags", {"n": len(flags), "count": int(flags.sum())}, {"bits": np.packbits(flags, bitorder="little")})


def pack_ranks(values: NDArray[np.floating[Any]]) -> Payload:
    """A number (n,) for each row by which rows are put in order, lowest first: the distance from the centre, for example."""
    values = np.asarray(values, np.float32)
    if not np.isfinite(values).all():
        raise PayloadError("Expected finite numbers to put samples in order.")
    return _pack("ranks", {"n": len(values)}, {"ranks": values})


def pack_sparks(X: NDArray[np.floating[Any]], points: int = 48) -> Payload:
    """Vectors (n, d) as :func:`curves` in 255 levels; 255 stands for what is not finite."""
    scaled, low, high = curves(X, points)
    levels = np.where(np.isnan(scaled), 255, np.rint(254 * scaled)).astype(np.uint8)
    return _pack("sparks", {"n": len(levels), "m": levels.shape[1], "low": low, "high": high}, {"levels": levels.ravel()})


def curves(X: NDArray[np.floating[Any]], points: int = 48) -> tuple[NDArray[np.float64], float, float]:
    """Vectors (n, d) as curves (n, m) of at most ``points`` points, from 0 at the lowest to 1 at the highest value, and what these are.

    The scale is one for all, from the 1st to the 99th percentile. With more dimensions than points each point is the mean of its stretch
    of dimensions; NaN stands for what is not finite.
    """
    X = np.asarray(X, np.float32)
    n, d = X.shape
    edges = np.linspace(0, d, min(d, points) + 1).astype(int)
    means = np.add.reduceat(X, edges[:-1], axis=1) / np.diff(edges) if n else np.zeros((0, len(edges) - 1), np.float32)
    finite = np.isfinite(means)
    low, high = np.percentile(means[finite], (1, 99)) if finite.any() else (0.0, 1.0)
    scaled = np.clip((np.where(finite, means, low) - low) / ((high - low) or 1.0), 0, 1)
    return np.where(finite, scaled, np.nan), float(low), float(high)


def pack_vectors(levels: NDArray[np.uint8]) -> Payload:
    """Vectors (n, m + 1) in bytes as :func:`repgeom_core.views.central_order.short_vectors` makes them."""
    levels = np.asarray(levels, np.uint8)
    return _pack("vectors", {"n": len(levels), "m": levels.shape[1] - 1}, {"levels": levels.ravel()})


def pack_rows(rows: NDArray[np.integer[Any]], universe: str) -> Payload:
    """Which sample of the universe (the bundle whose ids have this digest) each row is."""
    return _pack("rows", {"n": len(rows), "universe": universe}, {"rows": np.asarray(rows, np.uint32)})


def pack_sprites(name: str, sheets: Mapping[int, bytes], cells: int, columns: int, size: tuple[int, int]) -> Payload:
    """Sprite sheets (WebP) by number, of the set ``name``; without any, how that set is laid out."""
    header = {"set": name, "sheets": list(sheets), "cells": cells, "columns": columns, "width": size[0], "height": size[1]}
    return _pack("sprites", header, {str(place): np.frombuffer(sheet, np.uint8) for place, sheet in enumerate(sheets.values())})
