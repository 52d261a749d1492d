from __future__ import annotations

import io
import json

import pytest

from repgeom_core import progress as module
from repgeom_core.errors import Cancelled
from repgeom_core.progress import BarProgress, JsonProgress, Progress, rate_in_words


class Clock:
    """A monotonic clock that is set by hand."""

    now = 0.0

    def monotonic(self) -> float:
        return self.now

    time = monotonic


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def events(stream: io.StringIO) -> list[dict]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_stage_that_is_over_in_a_moment_has_no_rate(clock: Clock) -> None:
    stream = io.StringIO()
    bar = BarProgress(stream)
    bar.update("read", 0, 1)
    bar.update("read", 1, 1)
    assert stream.getvalue().splitlines()[-1] == f"read [{'█' * 28}] 1/1"
    assert "/s" not in stream.getvalue()


def test_rate_and_time_left_are_those_of_the_stage(clock: Clock) -> None:
    stream = io.StringIO()
    bar = BarProgress(stream)
    bar.update("train", 0, 10)
    clock.now = 100.0
    bar.update("extract", 0, 1000)
    clock.now = 106.0
    bar.update("extract", 600, 1000)
    assert stream.getvalue().splitlines()[-1].endswith("600/1,000 (100/s, 4 s left)")


def test_resumed_stage_does_not_count_what_was_done_before(clock: Clock) -> None:
    stream = io.StringIO()
    progress = JsonProgress(stream)
    progress.update("extract", 900, 1000)
    clock.now = 2.0
    progress.update("extract", 950, 1000)
    assert (events(stream)[-1]["rate"], events(stream)[-1]["eta"]) == (25.0, 2.0)


def test_json_lines_come_at_most_ten_times_a_second_and_the_last_always(clock: Clock) -> None:
    stream = io.StringIO()
    progress = JsonProgress(stream)
    for done in range(1, 101):
        clock.now += 0.01
        progress.update("x", done, 100)
    progress.finish(bundle="b")
    shown = events(stream)
    assert 9 <= len(shown) <= 12
    assert (shown[-2]["done"], shown[-1]["event"], shown[-1]["bundle"]) == (100, "done", "b")


def test_bar_redraws_one_line_on_a_terminal_and_writes_plain_lines_elsewhere(clock: Clock) -> None:
    terminal, file = Terminal(), io.StringIO()
    for bar in (BarProgress(terminal), BarProgress(file)):
        bar.update("x", 2, 2)
        bar.log("done")
    assert terminal.getvalue().startswith("\r\x1b[2K")
    assert "\x1b" not in file.getvalue()
    assert file.getvalue().endswith("2/2\ndone\n")


def test_a_stage_that_fails_at_once_leaves_no_line_behind_where_there_is_no_terminal(clock: Clock) -> None:
    clock.now = 1000.0
    file = io.StringIO()
    bar = BarProgress(file)
    bar.update("read", 0, 1)
    assert file.getvalue() == ""
    clock.now += 6
    bar.update("read", 0, 1)
    assert file.getvalue() == f"read [{'·' * 28}] 0/1\n"
    terminal = Terminal()
    BarProgress(terminal).update("read", 0, 1)
    assert "0/1" in terminal.getvalue()


def test_cancelled_work_stops_where_it_next_reports() -> None:
    progress = Progress()
    progress.update("x", 0, 2)
    progress.cancel()
    with pytest.raises(Cancelled, match="resume to go on"):
        progress.update("x", 1, 2)


@pytest.mark.parametrize(("rate", "words"), [(1234.4, "1,234/s"), (9.87, "9.9/s"), (0.5, "0.5/s"), (10, "10/s")])
def test_slow_rates_keep_two_digits(rate: float, words: str) -> None:
    assert rate_in_words(rate) == words
