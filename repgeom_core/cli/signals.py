"""Ctrl-C and SIGTERM ask the work to stop where it next reports; a second Ctrl-C stops it at once."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from repgeom_core.progress import Progress


@contextmanager
def cancelled_by_signals(progress: Progress) -> Iterator[None]:
    """Within the block SIGINT and SIGTERM cancel ``progress``; the handlers that were there come back afterwards."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def cancel(number: int, frame: FrameType | None) -> None:
        progress.cancel()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        if number == signal.SIGINT:
            # os.write: a signal handler may interrupt a write to sys.stderr, which cannot be entered twice.
            os.write(2, b"\nrepgeom: stopping; Ctrl-C again stops at once\n")

    for number in before:
        signal.signal(number, cancel)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
