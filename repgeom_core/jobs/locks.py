"""Locks held by processes: the kernel lets go of them when the last holder ends, however it ends.

That is how a job is known to be alive. A process id in a file could meanwhile belong to somebody else; a lock cannot.
"""

from __future__ import annotations

import fcntl
import os
import time
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


def is_held(path: Path) -> bool:
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
