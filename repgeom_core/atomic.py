"""Files that appear whole or not at all: written beside their place, then renamed."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

LONGEST_NAME = 180  # of the 255 bytes that file systems allow: suffixes, process and thread are still to come


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Yields a temporary path beside ``path``; renames it there if the block ends well, removes it otherwise."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.part")  # sessions are threads
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def folder_name(name: str) -> str:
    """A layer's or checkpoint's name as one safe folder name: ``a/b`` becomes ``a%2Fb``, and a very long one ends in its digest.

    Different names give different folders on file systems that tell upper from lower case.
    """
    quoted = quote(name, safe=" ._-+=#@()[],")
    quoted = quoted.replace(".", "%2E", 1) if quoted.startswith(".") else quoted
    if len(quoted) <= LONGEST_NAME:
        return quoted
    return f"{quoted[: LONGEST_NAME - 17]}~{hashlib.blake2b(name.encode(), digest_size=8).hexdigest()}"
