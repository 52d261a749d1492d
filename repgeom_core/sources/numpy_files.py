"""``.npy`` (memory-mapped) and ``.npz`` (arrays by name). Arrays of Python objects are pickles, and refused unread."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tokenize import TokenError
from typing import IO, Any

import numpy as np

from repgeom_core.errors import SourceError
from repgeom_core.npz_names import array_name
from repgeom_core.sentences import reason
from repgeom_core.sources.arrays import array_column, values_column
from repgeom_core.sources.opened import Column, OpenedSource
from repgeom_core.sources.split_arrays import joined_splits

Header = tuple[tuple[int, ...], bool, "np.dtype[Any]"]


def open_npy(path: Path) -> OpenedSource:
    """One array: (n, d) features, (n, H, W[, C]) images or inputs."""
    with path.open("rb") as file:
        shape, _, dtype = _header(file, str(path))
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False) if np.prod(shape) else np.empty(shape, dtype)
    except (ValueError, OSError) as error:
        raise SourceError(f"{path} is truncated or damaged ({reason(error)}); copy or write it again.") from None
    if len(shape) < 2:
        raise SourceError(f"{path}: expected an array (n, d) of features or (n, H, W) of images. Got shape {shape}.")
    name = "images" if len(shape) > 2 and dtype == np.uint8 else "features" if len(shape) == 2 else "inputs"
    column = values_column(name, array)
    return OpenedSource("npy", path.name, [column], n=shape[0])


def open_npz(path: Path) -> OpenedSource:
    """Arrays by name; only their headers are read here."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = [info for info in archive.infolist() if info.filename.endswith(".npy")]
            columns = [_member(path, archive, info) for info in members]
    except zipfile.BadZipFile as error:
        raise SourceError(f"{path} is truncated or no .npz file ({reason(error)}); copy or write it again.") from None
    if not columns:
        raise SourceError(f"{path} holds no arrays; write it with numpy.savez(path, features=X, labels=y).")
    return OpenedSource("npz", path.name, joined_splits(columns))


def _header(file: IO[bytes], where: str) -> Header:
    """Shape, order and type, from the first bytes of an array; nothing is unpickled."""
    try:
        version = np.lib.format.read_magic(file)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, fortran, dtype = read(file)
    except (ValueError, EOFError, TypeError, KeyError, SyntaxError, TokenError) as error:
        raise SourceError(f"{where} is no numpy array ({reason(error)}); write it with numpy.save or numpy.savez.") from None
    if dtype.hasobject:
        names = "names as strings, for instance with .astype(str), and vectors " if len(shape) == 1 else ""
        raise SourceError(
            f"{where} holds Python objects (a pickle), which could run code and are never opened; save {names}as numbers, for instance "
            "with np.stack(X).astype(np.float32)."
        )
    return shape, fortran, dtype


def _member(path: Path, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Column:
    stored = info.filename.removesuffix(".npy")
    name = array_name(stored)
    where = f"{path}: array {name!r}"
    with _damage_named(where), archive.open(info) as file:
        shape, fortran, dtype = _header(file, where)
        offset = file.tell()
    # Checked before anything is allocated: a small file may claim an enormous array.
    if info.file_size - offset != int(np.prod(shape, dtype=object)) * dtype.itemsize:
        raise SourceError(f"{where} is truncated or damaged (its size does not fit shape {shape}); copy or write the file again.")

    def load() -> np.ndarray:
        with _damage_named(where), np.load(path, allow_pickle=False) as arrays:
            return arrays[stored]

    def head(k: int) -> np.ndarray:
        if fortran:
            return load()[:k]
        first = (min(k, shape[0]), *shape[1:])
        with _damage_named(where), zipfile.ZipFile(path) as reopened, reopened.open(info) as file:
            file.read(offset)
            return np.frombuffer(file.read(int(np.prod(first)) * dtype.itemsize), dtype).reshape(first)

    return array_column(name, shape, dtype, load, head)


@contextmanager
def _damage_named(where: str) -> Iterator[None]:
    """Damage found while reading becomes a SourceError that names the array."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise SourceError(f"{where} is truncated or damaged ({reason(error)}); copy or write the file again.") from None
