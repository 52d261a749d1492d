"""Arrays as row shards: plain ``.npy`` files of equal row count, memory-mapped for reading, renamed into place when whole."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.lib import format as npy

from repgeom_core.bundle.digest import file_digest, new_hash
from repgeom_core.bundle.manifest import ArrayEntry, Shard
from repgeom_core.errors import BundleError
from repgeom_core.sentences import reason


def shard_path(folder: Path, number: int) -> Path:
    return folder / f"{number:05d}.npy"


class ShardedArray:
    """One array ``(n, d)`` of a bundle, read lazily: nothing is loaded until rows are asked for.

    ``chunks()`` gives memory-mapped pieces in row order, ``take(rows)`` gathers any rows, ``np.asarray`` loads all.
    ``digest`` identifies the content (dtype, shape and every byte).
    """

    def __init__(self, folder: Path, entry: ArrayEntry) -> None:
        self.folder = folder
        self.entry = entry
        self.dtype = np.dtype(entry.dtype)
        self.starts = np.concatenate([[0], np.cumsum([s.rows for s in entry.shards])]).astype(np.int64)
        self.shape = (int(self.starts[-1]), entry.dim)
        self._maps: dict[int, np.ndarray] = {}

    @property
    def digest(self) -> str:
        return self.entry.digest

    def __len__(self) -> int:
        return self.shape[0]

    @property
    def ndim(self) -> int:
        return 2

    def check(self) -> None:
        """Every shard is there and of the size the manifest gives; a :class:`BundleError` names the first that is not."""
        for number, shard in enumerate(self.entry.shards):
            path = shard_path(self.folder, number)
            try:
                size = os.stat(path).st_size  # noqa: PTH116 - a bundle may have ten thousand shards, and Path.stat costs twice
            except FileNotFoundError:
                raise BundleError(f"{path} is missing. Restore it from a copy, or extract this checkpoint again.") from None
            if size != shard.bytes:
                what = "truncated" if size < shard.bytes else "longer than it should be"
                raise BundleError(
                    f"{path} is {what}: expected {shard.bytes:,} bytes, found {size:,}. Restore it, or extract this checkpoint again."
                )

    def verify(self) -> None:
        """Compares every shard's bytes with its digest."""
        for number, shard in enumerate(self.entry.shards):
            path = shard_path(self.folder, number)
            if file_digest(path) != shard.digest:
                raise BundleError(
                    f"{path} has changed since it was written (its digest differs). Restore it, or extract this checkpoint again."
                )

    def shard(self, number: int) -> np.ndarray:
        """Shard ``number`` as a read-only memory map ``(rows, d)``."""
        if number not in self._maps:
            path = shard_path(self.folder, number)
            try:
                mapped = np.load(path, mmap_mode="r", allow_pickle=False)
            except FileNotFoundError:
                raise BundleError(f"{path} is missing. Restore it from a copy, or extract this checkpoint again.") from None
            except (ValueError, OSError) as error:
                raise BundleError(
                    f"{path} cannot be read as an array ({reason(error)}). Restore it, or extract this checkpoint again."
                ) from None
            expected = (self.entry.shards[number].rows, self.entry.dim)
            if mapped.shape != expected or mapped.dtype != self.dtype:
                raise BundleError(f"{path} holds {mapped.shape} {mapped.dtype}; the manifest says {expected} {self.dtype}.")
            self._maps[number] = mapped
        return self._maps[number]

    def chunks(self, rows: int | None = None) -> Iterator[tuple[slice, np.ndarray]]:
        """Pieces of at most ``rows`` rows (default: whole shards) in order, as ``(slice of row numbers, memory map)``."""
        for number, start in enumerate(self.starts[:-1]):
            shard = self.shard(number)
            step = rows or max(len(shard), 1)
            for first in range(0, len(shard), step):
                piece = shard[first : first + step]
                yield slice(int(start) + first, int(start) + first + len(piece)), piece

    def take(self, rows: Any) -> np.ndarray:
        """The given rows (numbers or boolean mask), in the given order, copied: ``(m, d)``."""
        rows = np.asarray(rows)
        if rows.dtype == bool:
            rows = np.flatnonzero(rows)
        if rows.size and (rows.min() < 0 or rows.max() >= self.shape[0]):
            raise IndexError(f"Row numbers must lie in [0, {self.shape[0]}). Got {rows.min()} to {rows.max()}.")
        out = np.empty((len(rows), self.entry.dim), self.dtype)
        numbers = np.searchsorted(self.starts, rows, side="right") - 1
        for number in np.unique(numbers):
            here = np.flatnonzero(numbers == number)
            out[here] = self.shard(int(number))[rows[here] - self.starts[number]]
        return out

    def __getitem__(self, rows: Any) -> np.ndarray:
        if isinstance(rows, slice):
            rows = np.arange(*rows.indices(self.shape[0]))
        return self.take(np.atleast_1d(rows)) if np.ndim(rows) else self.take([rows])[0]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        if copy is False:
            raise ValueError("A sharded array cannot be had as one array without copying.")
        out = np.empty(self.shape, dtype or self.dtype)
        for where, piece in self.chunks():
            out[where] = piece
        return out


class ShardWriter:
    """Writes an array ``(n, dim)`` as shards, a piece at a time; a shard appears by rename once it is whole.

    Shards already in the folder (from a run that was killed) are kept and ``done_rows`` says how many rows they hold: go on from there.
    Memory does not grow with n: rows go to the file as they come. Values must be finite; float16 overflow is an error, not an infinity.
    """

    def __init__(self, folder: Path, n: int, dim: int, dtype: str = "float32", shard_rows: int = 16_384, what: str = "array") -> None:
        self.folder, self.n, self.dim, self.dtype, self.shard_rows, self.what = folder, n, dim, np.dtype(dtype), shard_rows, what
        folder.mkdir(parents=True, exist_ok=True)
        self._digests: dict[int, str] = {}
        self._file: BinaryIO | None = None
        number = 0
        while number * shard_rows < n and self._is_whole(number):
            number += 1
        self._number = number
        self._in_shard = 0

    def _rows(self, number: int) -> int:
        return min(self.shard_rows, self.n - number * self.shard_rows)

    def _header(self, number: int) -> bytes:
        stream = io.BytesIO()
        npy.write_array_header_1_0(
            stream, {"descr": npy.dtype_to_descr(self.dtype), "fortran_order": False, "shape": (self._rows(number), self.dim)}
        )
        return stream.getvalue()

    def _bytes(self, number: int) -> int:
        return len(self._header(number)) + self._rows(number) * self.dim * self.dtype.itemsize

    def _is_whole(self, number: int) -> bool:
        path = shard_path(self.folder, number)
        if not path.exists() or path.stat().st_size != self._bytes(number):
            return False
        header = self._header(number)
        with path.open("rb") as file:
            return file.read(len(header)) == header

    @property
    def _temporary(self) -> Path:
        return self.folder / f".{self._number:05d}.part"

    @property
    def done_rows(self) -> int:
        """Rows in whole shards: where to go on after a kill."""
        return min(self._number * self.shard_rows, self.n)

    def append(self, values: Any) -> None:
        """Adds rows ``(m, dim)``; m is free, shards are cut as needed."""
        values = np.asarray(values)
        if values.ndim != 2 or values.shape[1] != self.dim:
            raise BundleError(f"{self.what}: expected rows of {self.dim} numbers, got an array of shape {values.shape}.")
        at = self.done_rows + self._in_shard
        if at + len(values) > self.n:
            raise BundleError(f"{self.what}: more rows than samples ({at + len(values):,} > {self.n:,}).")
        # A sum is finite exactly when no NaN or infinity went in, but for overflow: only then look at each value.
        with np.errstate(over="ignore", invalid="ignore"):
            rows = np.ascontiguousarray(values, dtype=self.dtype)
            suspicious = not np.isfinite(rows.sum(dtype=np.float64))
        if suspicious:
            self._refuse_non_finite(values, rows, at)
        while len(rows):
            if self._file is None:
                self._file = self._temporary.open("wb")
                self._hash = new_hash()
                self._put(self._header(self._number))
            room = self._rows(self._number) - self._in_shard
            piece, rows = rows[:room], rows[room:]
            self._put(piece.data.cast("B") if piece.size else b"")
            self._in_shard += len(piece)
            if self._in_shard == self._rows(self._number):
                self._close_shard()

    def _refuse_non_finite(self, values: np.ndarray, rows: np.ndarray, at: int) -> None:
        bad = ~np.isfinite(rows).all(axis=1)
        if not bad.any():
            return
        first = at + int(np.flatnonzero(bad)[0])
        overflow = bool(np.isfinite(values[bad]).all())
        why = f"too large for {self.dtype.name}; store this bundle as float32" if overflow else "NaN or infinite"
        raise BundleError(f"{self.what}: {int(bad.sum()):,} of the rows from {at:,} on are {why}; the first is row {first:,}.")

    def _put(self, data: bytes | memoryview) -> None:
        assert self._file is not None
        self._file.write(data)
        self._hash.update(data)

    def _close_shard(self) -> None:
        assert self._file is not None
        self._file.close()
        self._file = None
        self._temporary.replace(shard_path(self.folder, self._number))
        self._digests[self._number] = self._hash.hexdigest()
        self._number += 1
        self._in_shard = 0

    def abandon(self) -> None:
        """Drops the unfinished shard (whole ones stay)."""
        if self._file is not None:
            self._file.close()
            self._file = None
            self._temporary.unlink(missing_ok=True)
        self._in_shard = 0

    def finish(self, pooling: str = "") -> ArrayEntry:
        """The manifest's record of the array; all n rows must have come."""
        if self.done_rows != self.n:
            raise BundleError(f"{self.what}: expected {self.n:,} rows, got {self.done_rows + self._in_shard:,}.")
        count = -(-self.n // self.shard_rows)
        shards = tuple(
            Shard(self._rows(i), self._bytes(i), self._digests.get(i) or file_digest(shard_path(self.folder, i))) for i in range(count)
        )
        return ArrayEntry(self.dim, self.dtype.name, shards, pooling)
