"""Digests of content: what two arrays, files or id lists must share to be called the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path


def new_hash() -> hashlib.blake2b:
    """The one hash of the project: BLAKE2b with 128 bits (about 1 GB/s; collisions by chance are out of reach)."""
    return hashlib.blake2b(digest_size=16)


def file_digest(path: Path) -> str:
    """Digest of a file's bytes, read in pieces of 4 MiB."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, new_hash).hexdigest()


def combined_digest(parts: Iterable[str]) -> str:
    """Digest of an ordered list of strings; the separator makes ["ab", "c"] differ from ["a", "bc"]."""
    whole = new_hash()
    for part in parts:
        encoded = part.encode()
        whole.update(len(encoded).to_bytes(8, "little"))
        whole.update(encoded)
    return whole.hexdigest()


def ids_digest(ids: Sequence[str]) -> str:
    """Digest of sample ids in their order: arrays are compared only where these agree."""
    joined = "\x00".join(ids).encode()
    whole = new_hash()
    whole.update(len(ids).to_bytes(8, "little"))
    whole.update(joined)
    return whole.hexdigest()
