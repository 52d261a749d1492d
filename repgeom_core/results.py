"""A content-addressed cache of results: a canonical key in, named arrays and a small record out.

An entry is one ``.npz`` that appears by rename. A key is canonical JSON in which 1, 1.0, "1" and true differ; whoever asks puts into it
everything that the result depends on: array digests, parameters, seed, and the versions of the libraries that compute it.
"""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from repgeom_core.bundle.atomic import written_whole
from repgeom_core.bundle.digest import new_hash

META = "__meta__"


@dataclass(frozen=True)
class StoredResult:
    """Arrays by name, and what was recorded with them."""

    arrays: dict[str, np.ndarray]
    meta: dict[str, Any] = field(default_factory=dict)


def canonical(value: Any) -> Any:
    """``value`` as JSON that keeps types apart: ``["int", "1"]``, ``["float", "1.0"]``, ``["str", "1"]``, ``["bool", "True"]``."""
    if isinstance(value, Mapping):
        return ["dict", sorted([str(k), canonical(v)] for k, v in value.items())]
    if isinstance(value, list | tuple):
        return ["list", [canonical(v) for v in value]]
    if value is None or isinstance(value, bool | int | float | str):
        return [type(value).__name__, repr(value)]
    if isinstance(value, np.generic):
        return canonical(value.item())
    raise TypeError(f"A cache key holds numbers, text, lists and mappings. Got {type(value).__name__}.")


def key_digest(key: Mapping[str, Any]) -> str:
    digest = new_hash()
    digest.update(json.dumps(canonical(key), sort_keys=True).encode())
    return digest.hexdigest()


class Results:
    """The cache in one folder (a bundle's ``results/``). Entries that cannot be read count as absent."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)

    def path(self, key: Mapping[str, Any]) -> Path:
        return self.folder / f"{key_digest(key)}.npz"

    def get(self, key: Mapping[str, Any]) -> StoredResult | None:
        """The stored result, or None where there is none that can be read."""
        try:
            with np.load(self.path(key), allow_pickle=False) as stored:
                arrays = {name: stored[name] for name in stored.files}
            return StoredResult(arrays, json.loads(str(arrays.pop(META))))
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return None

    def put(self, key: Mapping[str, Any], arrays: Mapping[str, np.ndarray], meta: Mapping[str, Any] | None = None) -> StoredResult:
        """Stores a result whole or not at all."""
        result = StoredResult(dict(arrays), dict(meta or {}))
        with written_whole(self.path(key)) as temporary, temporary.open("wb") as file:
            np.savez(file, **{META: np.array(json.dumps(result.meta))}, **result.arrays)  # type: ignore[arg-type]
        return result

    def compute(self, key: Mapping[str, Any], function: Callable[[], tuple[Mapping[str, np.ndarray], Mapping[str, Any]]]) -> StoredResult:
        """The stored result, computed first where there is none. Equal requests at once, also from other processes, compute once."""
        found = self.get(key)
        if found is not None:
            return found
        with self._alone(key):
            return self.get(key) or self.put(key, *function())

    @contextmanager
    def _alone(self, key: Mapping[str, Any]) -> Iterator[None]:
        """Holds the key's lock; the operating system releases it if the process dies."""
        lock = self.path(key).with_suffix(".lock")
        lock.parent.mkdir(parents=True, exist_ok=True)
        with lock.open("wb") as file:
            _lock(file.fileno())
            try:
                yield
            finally:
                lock.unlink(missing_ok=True)


def _lock(descriptor: int) -> None:
    if os.name == "posix":
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX)
