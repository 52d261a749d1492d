"""Content-addressed cache of results: the same question of the same numbers is answered once.

A key is a plain dictionary that says everything the result depends on: array digests, parameters, seed, the version of the
computation and of the libraries that matter. An entry is one ``.npz`` file, renamed into place when whole and read without pickle; a
file that cannot be read is as good as none.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from repgeom_core import locks
from repgeom_core.atomic import written_whole
from repgeom_core.config import load_config
from repgeom_core.progress import Progress

_META = "meta.json"  # the name of the entry's own description among its arrays


@dataclass(frozen=True)
class StoredResult:
    """Named arrays and a JSON-able dictionary about them."""

    arrays: dict[str, np.ndarray]
    meta: dict[str, Any]


class Results:
    """The results in one folder (made when something is put there). Safe to share between threads and processes."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)

    def get(self, key: Mapping[str, Any]) -> StoredResult | None:
        """What was put under ``key``; None where there is nothing, or nothing readable."""
        places = dict.fromkeys((self.folder, self._writable()))
        return next((found for place in places if (found := _read(place / _name(key), key)) is not None), None)

    def put(self, key: Mapping[str, Any], arrays: Mapping[str, np.ndarray], meta: Mapping[str, Any]) -> StoredResult:
        """Stores a result; it appears whole or not at all. Object arrays are refused with a ``ValueError``."""
        description = json.dumps({"key": json.loads(canonical(key)), "meta": dict(meta)}).encode()
        result = StoredResult({name: np.asarray(array) for name, array in arrays.items()}, json.loads(description)["meta"])
        with written_whole(self._writable() / _name(key)) as temporary, temporary.open("wb") as file:
            np.savez(file, allow_pickle=False, **result.arrays, **{_META: np.frombuffer(description, np.uint8)})
        return result

    def compute(
        self,
        key: Mapping[str, Any],
        function: Callable[[], tuple[Mapping[str, np.ndarray], Mapping[str, Any]]],
        progress: Progress | None = None,
    ) -> StoredResult:
        """The stored result, or ``function() -> (arrays, meta)`` computed and stored. Who asks meanwhile waits and gets the same."""
        if (found := self.get(key)) is not None:
            return found
        progress = progress or Progress()
        place = self._writable() / _name(key)
        place.parent.mkdir(parents=True, exist_ok=True)
        with locks.held(place.with_suffix(".lock"), lambda: progress.update("waiting for the same result", 0, 1)):
            return self.get(key) or self.put(key, *function())

    def _writable(self) -> Path:
        """The folder, or where that cannot be written to (a bundle on a read-only disk) one of the workspace, which all such share."""
        existing = next(path for path in (self.folder, *self.folder.absolute().parents) if path.exists())
        return self.folder if os.access(existing, os.W_OK) else load_config().workspace / "results"


def _name(key: Mapping[str, Any]) -> str:
    return f"{hashlib.blake2b(canonical(key).encode(), digest_size=16).hexdigest()}.npz"


def _read(path: Path, key: Mapping[str, Any]) -> StoredResult | None:
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        description = json.loads(arrays.pop(_META).tobytes())
        if description["key"] != json.loads(canonical(key)):
            return None
        return StoredResult(arrays, description["meta"])
    except (OSError, ValueError, KeyError, TypeError, EOFError, RuntimeError, zipfile.BadZipFile):
        return None  # missing or damaged: computed again and overwritten


def canonical(key: Mapping[str, Any]) -> str:
    """``key`` as the one JSON text that stands for it: 1, 1.0, "1" and True differ, the order of names does not matter.

    Only dictionaries with string keys, lists, tuples (as lists), strings, bools, None, ints and finite floats are allowed: ``TypeError``.
    """
    _check(key)
    return json.dumps(key, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def versions(*packages: str) -> dict[str, str]:
    """Installed versions of the libraries that a result depends on, for its key."""
    return {package: _version(package) for package in packages}


_version = cache(version)  # reading a package's metadata takes a millisecond


def _check(value: Any) -> None:
    if isinstance(value, Mapping):
        for name, item in value.items():
            if type(name) is not str:
                raise TypeError(f"The names in a result's key are strings, got {name!r}.")
            _check(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _check(item)
    elif type(value) not in (str, bool, int, float, type(None)):
        raise TypeError(f"A result's key holds plain values, got {value!r} of type {type(value).__name__}.")
