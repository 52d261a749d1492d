"""Ctrl-C and SIGTERM end a command where it next reports, and leave the process as it was."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from repgeom_core.cli.signals import cancelled_by_signals
from repgeom_core.errors import Cancelled
from repgeom_core.progress import Progress


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_work_stops_where_it_next_reports(number: signal.Signals, capfd: pytest.CaptureFixture[str]) -> None:
    progress = Progress()
    with cancelled_by_signals(progress):
        progress.update("x", 0, 2)
        os.kill(os.getpid(), number)
        with pytest.raises(Cancelled):
            progress.update("x", 1, 2)
    assert ("Ctrl-C again stops at once" in capfd.readouterr().err) == (number == signal.SIGINT)


def test_a_second_interrupt_stops_at_once() -> None:
    progress = Progress()
    with pytest.raises(KeyboardInterrupt), cancelled_by_signals(progress):
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)


def test_the_handlers_that_were_there_come_back_also_after_an_error() -> None:
    def mine(number: int, frame: object) -> None: ...

    signal.signal(signal.SIGTERM, mine)
    with pytest.raises(ValueError, match="x"), cancelled_by_signals(Progress()):
        raise ValueError("x")
    assert signal.getsignal(signal.SIGTERM) is mine
