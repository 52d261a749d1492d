"""Locks on files: the kernel lets go of them when the last holder ends, however it ends.

That is how a job is known to be alive (a process id in a file could meanwhile belong to somebody else; a lock cannot), how equal
computations wait for one another, and how several sessions write one file.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


def hold(path: Path, patience: float = 0.0) -> int | None:
    """The descriptor of ``path``, locked for this process and for every one that inherits it.

    None when another still holds it after ``patience`` seconds.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return descriptor
        except BlockingIOError:
            if time.monotonic() >= deadline:
                os.close(descriptor)
                return None
        time.sleep(0.02)


@contextmanager
def held(path: Path, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Within the block this thread alone holds ``path``; until then ``waiting`` is called five times a second, and may raise."""
    while (descriptor := hold(path, patience=0.2)) is None:
        waiting()
    try:
        yield
    finally:
        os.close(descriptor)


def is_held(path: Path) -> bool:
    """Whether somebody holds ``path``; a file that is not there is held by nobody."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
