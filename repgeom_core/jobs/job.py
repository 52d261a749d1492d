"""One job as it lies on disk: every property is read anew, so it is true whoever changed it last."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from repgeom_core import locks
from repgeom_core.errors import RepGeomError
from repgeom_core.jobs.folder import DATA, ROWS, JobFolder, lane_of, read_json, tail

JobState = Literal["queued", "running", "done", "failed", "cancelled"]
LOG_LINES = 400
KILL_AFTER = 30.0  # seconds


class JobError(RepGeomError):
    """A job cannot be started, resumed or removed."""


@dataclass(frozen=True)
class JobProgress:
    """The last report: ``done`` of ``total`` units of ``stage``, ``rate`` units/s and ``eta`` seconds where known."""

    stage: str
    done: int
    total: int
    rate: float
    eta: float | None

    @property
    def fraction(self) -> float:
        """In [0, 1]; 0 while the total is unknown."""
        return min(1.0, max(0.0, self.done / self.total)) if self.total > 0 else 0.0


class Job:
    """A command line of ``repgeom`` that runs, ran or waits to run in its own process.

    ``title`` and ``arguments`` are data; ``queued`` is when it was submitted or last resumed, in seconds since 1970.
    """

    def __init__(self, path: Path, start: Callable[[JobFolder], None]) -> None:
        self._folder = JobFolder(path)
        self._start = start
        record = read_json(self._folder.record)
        if record is None:
            raise JobError(f"{path} is not the folder of a job.")
        self.id = path.name
        self.title = str(record["title"])
        self.arguments: tuple[str, ...] = tuple(map(str, record["arguments"]))
        self.queued = float(record["queued"])
        self._group: int | None = record.get("group")

    @property
    def state(self) -> JobState:
        """Where it stands. A process that vanished without an outcome (killed, power cut) has failed, unless it said it was done."""
        folder = self._folder
        if locks.is_held(folder.alive) and not folder.outcome.exists():
            return "running" if folder.started.exists() else "queued"
        if (outcome := read_json(folder.outcome)) is not None:
            return cast(JobState, outcome["state"])
        if self._last("done"):
            return "done"
        return "cancelled" if folder.cancel.exists() else "failed"

    @property
    def lane(self) -> str:
        return lane_of(self.arguments)

    @property
    def active(self) -> bool:
        return self.state in ("queued", "running")

    @property
    def cancelling(self) -> bool:
        """Asked to stop and not stopped yet."""
        return self._folder.cancel.exists() and self.active

    @property
    def progress(self) -> JobProgress | None:
        """The last progress; None before the first."""
        event = self._last("progress")
        if event is None:
            return None
        return JobProgress(
            stage=str(event.get("stage", "")),
            done=int(cast(int, event.get("done", 0))),
            total=int(cast(int, event.get("total", 0))),
            rate=float(cast(float, event.get("rate") or 0.0)),
            eta=None if event.get("eta") is None else float(cast(float, event["eta"])),
        )

    @property
    def bundle(self) -> Path | None:
        """The bundle that it made, once done."""
        event = self._last("done")
        return Path(str(event["bundle"])) if event and event.get("bundle") else None

    @property
    def warnings(self) -> list[str]:
        """What a person should know about what it made, once done."""
        event = self._last("done")
        found = event.get("warnings") if event else None
        return [str(warning) for warning in found] if isinstance(found, list) else []

    @property
    def seconds(self) -> float:
        """How long it has been running, or ran; 0 while it waits."""
        if not self._folder.started.exists():
            return 0.0
        outcome = read_json(self._folder.outcome)
        end = outcome["finished"] if outcome else time.time()
        return max(0.0, float(end) - self._folder.started.stat().st_mtime)

    @property
    def message(self) -> str:
        """Why it failed or stopped, in one line; empty otherwise."""
        state = self.state
        if state == "cancelled":
            return "Cancelled."
        if state != "failed":
            return ""
        if error := self._last("error"):
            return str(error.get("message", ""))
        outcome = read_json(self._folder.outcome)
        code = outcome["code"] if outcome else None
        if code is None:
            return "The job's process vanished before it finished: it was killed, or the machine went down."
        if code == -signal.SIGKILL:
            smaller = "a smaller batch or fewer layers" if self.lane == DATA else "fewer samples (a split, a selection)"
            return f"The worker was killed (SIGKILL), most often because memory ran out; use {smaller}."
        if code < 0:
            return f"The worker was ended by signal {-code} ({signal.Signals(-code).name})."
        last = tail(self._folder.errors).strip().splitlines()
        return last[-1] if last else f"The worker ended with exit code {code} and said nothing."

    @property
    def log(self) -> list[str]:
        """What the worker said, at most the last 400 lines: its messages, then what it wrote to stderr (errors too)."""
        stderr = [line.rsplit("\r", 1)[-1] for line in tail(self._folder.errors).split("\n") if line.strip()]
        return [*self._folder.messages(), *stderr][-LOG_LINES:]

    @property
    def resumable(self) -> bool:
        """An extraction that did not finish goes on where it stopped."""
        return self.arguments[:1] == ("extract",) and self.state in ("failed", "cancelled")

    def cancel(self) -> None:
        """Ask it to stop, also while it waits; what does not stop within the grace period is killed. Does nothing once it has ended."""
        if not self.active:
            return
        # The second request, long after the first, kills: for a worker whose runner is no longer there to do so.
        kill = self._folder.cancel.exists() and time.time() - self._folder.cancel.stat().st_mtime > KILL_AFTER
        if not self._folder.cancel.exists():
            self._folder.cancel.touch()
        if self._group is None:
            return  # not started yet: the runner will find the request
        # The lock is held, so a member of the group lives and its number cannot have gone to somebody else.
        try:
            os.killpg(self._group, signal.SIGKILL if kill else signal.SIGTERM)
        except (ProcessLookupError, PermissionError):  # macOS refuses signals to a group of which only zombies are left
            return  # it ended just now

    def resume(self) -> None:
        """Queue an extraction that failed or was cancelled again: the same arguments and ``--resume``."""
        if not self.resumable:
            raise JobError(f"Only an extraction that failed or was cancelled can be resumed; {self.title!r} is {self.state}.")
        self._start(self._folder)

    def remove(self) -> None:
        """Forget a job that has ended, and its file of rows if no other job reads that. What it made stays."""
        if self.active:
            raise JobError(f"{self.title!r} is {self.state}; cancel it before removing it.")
        with contextlib.suppress(FileNotFoundError):  # another session was quicker
            shutil.rmtree(self._folder.path)
        others = {argument for record in self._folder.path.parent.glob("*/job.json") for argument in _arguments(record)}
        for argument in self.arguments:
            file = Path(argument.removeprefix(ROWS))
            if argument.startswith(ROWS) and argument not in others and file.parent == self._folder.rows:
                file.unlink(missing_ok=True)

    def _last(self, kind: str) -> dict[str, object] | None:
        return next((event for event in reversed(self._folder.recent_events()) if event["event"] == kind), None)


def _arguments(record: Path) -> list[str]:
    return list(map(str, (read_json(record) or {}).get("arguments", ())))
