"""How long work reports itself: a bar for people, JSON lines for the dashboard, silence for callers in Python.

Every long function takes ``progress: Progress`` and calls ``update`` as it goes; ``update`` is also where a
cancelled job stops, so a loop that reports can always be cancelled.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from typing import Any, TextIO

from repgeom_core.errors import Cancelled


class Progress:
    """Silent progress; the base of the visible ones. ``cancel()`` may be called from a signal handler."""

    def __init__(self) -> None:
        self._cancelled = threading.Event()
        self._stage = ""
        self._started = time.monotonic()

    def cancel(self) -> None:
        self._cancelled.set()

    def update(self, stage: str, done: int, total: int) -> None:
        """Report ``done`` of ``total`` units of ``stage``; raises :class:`Cancelled` once cancelled."""
        if stage != self._stage:
            self._stage, self._started = stage, time.monotonic()
            self._first = done
        elapsed = time.monotonic() - self._started
        rate = (done - self._first) / elapsed if elapsed > 0.05 else 0.0
        self._show(stage, done, total, rate, (total - done) / rate if rate > 0 else None)
        if self._cancelled.is_set():
            raise Cancelled("Cancelled. What was finished is kept; resume to go on.")

    def log(self, message: str) -> None:
        """One line worth keeping in the job's log."""

    def finish(self, **outcome: Any) -> None:
        """The work is done; ``outcome`` names what it made (for instance ``bundle=path``)."""

    def _show(self, stage: str, done: int, total: int, rate: float, eta: float | None) -> None: ...


def rate_in_words(rate: float) -> str:
    """``1,234/s``; two digits of a slow one."""
    return f"{rate:,.0f}/s" if rate >= 10 else f"{rate:.2g}/s"


class JsonProgress(Progress):
    """One JSON object a line on ``stream``: progress (at most ten a second of one stage), log, done."""

    def __init__(self, stream: TextIO | None = None) -> None:
        super().__init__()
        self._stream = stream or sys.stdout
        self._last = 0.0
        self._said = ""

    def _write(self, **event: Any) -> None:
        self._stream.write(json.dumps(event) + "\n")
        self._stream.flush()

    def _show(self, stage: str, done: int, total: int, rate: float, eta: float | None) -> None:
        now = time.monotonic()
        if stage != self._said or done >= total or now - self._last > 0.1:
            self._last, self._said = now, stage
            self._write(event="progress", stage=stage, done=done, total=total, rate=rate, eta=eta, time=time.time())

    def log(self, message: str) -> None:
        self._write(event="log", message=message, time=time.time())

    def finish(self, **outcome: Any) -> None:
        self._write(event="done", time=time.time(), **outcome)


class BarProgress(Progress):
    """A one-line bar on stderr; where that is no terminal, a plain line every 5 seconds and at the end of a stage."""

    def __init__(self, stream: TextIO | None = None) -> None:
        super().__init__()
        self._stream = stream or sys.stderr
        self._interactive = self._stream.isatty()
        self._last = float("-inf") if self._interactive else time.monotonic()

    def _show(self, stage: str, done: int, total: int, rate: float, eta: float | None) -> None:
        now = time.monotonic()
        finished = done >= total
        if not finished and now - self._last < (0.1 if self._interactive else 5.0):
            return
        self._last = now
        filled = int(28 * done / total) if total else 28
        left = "" if finished or eta is None else f", {eta:.0f} s left"
        pace = f" ({rate_in_words(rate)}{left})" if rate > 0 else ""  # unknown for what is over in a moment
        line = f"{stage} [{'█' * filled}{'·' * (28 - filled)}] {done:,}/{total:,}{pace}"
        end = "\n" if finished or not self._interactive else ""
        self._stream.write(("\r\x1b[2K" if self._interactive else "") + line + end)
        self._stream.flush()

    def log(self, message: str) -> None:
        self._stream.write(("\r\x1b[2K" if self._interactive else "") + message + "\n")
        self._stream.flush()
