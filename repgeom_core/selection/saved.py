"""Named selections in a JSON file beside the bundle, safe for several sessions at once."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from repgeom_core import locks
from repgeom_core.atomic import written_whole
from repgeom_core.errors import SelectionError
from repgeom_core.selection.mask import Selection
from repgeom_core.sentences import reason

SCHEMA = 1


def read(path: Path, n: int, ids_digest: str) -> dict[str, Selection]:
    """The selections in ``path`` (none where there is no file); :class:`SelectionError` when it is of other samples or damaged."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise SelectionError(f"{path} cannot be read as saved selections ({reason(error)}); delete it to start anew.") from None
    try:
        if content["schema"] != SCHEMA:
            raise SelectionError(f"{path} has schema {content['schema']}, this version reads {SCHEMA}; update RepGeom.")
        if content["n"] != n:
            raise SelectionError(f"{path} holds selections of {content['n']:,} samples, here are {n:,}.")
        if content["ids_digest"] != ids_digest:
            raise SelectionError(f"{path} holds selections of other samples, although of as many: the ids differ.")
        return {name: _decode(entry, n, ids_digest) for name, entry in content["selections"].items()}
    except (KeyError, TypeError, AttributeError, ValueError, binascii.Error):
        raise SelectionError(f"{path} is not a file of saved selections; delete it to start anew.") from None


def update(path: Path, changes: Mapping[str, Selection | None], n: int, ids_digest: str) -> dict[str, Selection]:
    """Apply ``changes`` (None deletes a name) to ``path`` by atomic replacement and return all that it now holds."""
    try:
        with locks.held(path.with_name(path.name + ".lock")):
            merged: dict[str, Selection | None] = {**read(path, n, ids_digest), **changes}
            named = {name: selection for name, selection in merged.items() if selection is not None}
            _write(path, {"schema": SCHEMA, "n": n, "ids_digest": ids_digest, "selections": _encode(named)})
    except OSError as error:
        raise SelectionError(f"The selections cannot be saved to {path}: {error.strerror}.") from None
    return named


def _write(path: Path, content: dict[str, Any]) -> None:
    with written_whole(path) as temporary:
        temporary.write_text(json.dumps(content), encoding="utf-8")


def _encode(named: dict[str, Selection]) -> dict[str, dict[str, Any]]:
    return {
        name: {"count": one.count, "writer": one.writer, "bits": base64.b64encode(one.bits.tobytes()).decode()}
        for name, one in sorted(named.items())
    }


def _decode(entry: dict[str, Any], n: int, ids_digest: str) -> Selection:
    bits = np.frombuffer(base64.b64decode(entry["bits"], validate=True), np.uint8)
    if len(bits) != (n + 7) // 8:
        raise ValueError("too few or too many bits")
    return Selection(bits, n, ids_digest, str(entry["writer"]))
