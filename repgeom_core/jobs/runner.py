"""The process around one job: waits for its turn, starts the worker, and writes down how it ended.

    python -m repgeom_core.jobs.runner FOLDER ALIVE GRACE COMMAND...

``ALIVE`` is the inherited descriptor of the job's lock. Worker and runner share a process group and both locks (the job's
and the turn), so that neither is let go while either lives. Standard library only: it starts in a moment and waits for free.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from repgeom_core import locks
from repgeom_core.jobs.folder import JobFolder, lane_of, read_json, write_json

POLL = 0.1


def main(arguments: list[str]) -> None:
    folder, alive, grace, command = JobFolder(Path(arguments[0])), int(arguments[1]), float(arguments[2]), arguments[3:]
    stop = StopRequest(folder)
    turn = wait_for_turn(folder, stop)
    if turn is None:
        end(folder, "cancelled" if folder.cancel.exists() else "failed", None)
        return
    record = read_json(folder.record) or {}
    with folder.output.open("ab") as output, folder.errors.open("ab") as errors:
        folder.started.touch()
        worker = subprocess.Popen(
            [*command, *record["arguments"], "--progress", "json"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            pass_fds=(alive, turn),
        )
    code = watch(worker, folder, stop, grace)
    if code == 0:
        state = "done"
    else:
        state = "cancelled" if folder.cancel.exists() else "failed"
    end(folder, state, code)


class StopRequest:
    """True once SIGTERM came or somebody left the request in the folder."""

    def __init__(self, folder: JobFolder) -> None:
        self._folder, self._signalled = folder, False
        signal.signal(signal.SIGTERM, self._on_signal)

    def _on_signal(self, *_: object) -> None:
        self._signalled = True

    def __bool__(self) -> bool:
        return self._signalled or self._folder.cancel.exists()


def wait_for_turn(folder: JobFolder, stop: StopRequest) -> int | None:
    """The lock that one job of its lane at a time holds; None when the job was stopped first.

    The lock alone makes sure that one runs; looking whether an earlier one waits makes it first come, first served.
    """
    turn_path = folder.path.parent / f"turn-{lane(folder)}"
    while not stop:
        if not earlier_waits(folder) and (turn := locks.hold(turn_path)) is not None:
            return turn
        time.sleep(POLL)
    return None


def earlier_waits(folder: JobFolder) -> bool:
    mine = place(folder)
    folders = (JobFolder(record.parent) for record in folder.path.parent.glob("*/job.json"))
    others = (other for other in folders if other.path != folder.path and lane(other) == lane(folder) and not other.outcome.exists())
    return any(place(other) < mine and locks.is_held(other.alive) for other in others)


def lane(folder: JobFolder) -> str:
    record = read_json(folder.record)
    return lane_of(record["arguments"] if record else [])


def place(folder: JobFolder) -> tuple[float, str]:
    record = read_json(folder.record)
    return (float(record["queued"]) if record else float("inf"), folder.path.name)


def watch(worker: subprocess.Popen[bytes], folder: JobFolder, stop: StopRequest, grace: float) -> int:
    """The worker's exit code. Once asked to stop it has ``grace`` seconds; then the whole process group is killed, this runner too."""
    deadline = None
    while (code := worker.poll()) is None:
        if stop and deadline is None:
            worker.terminate()
            deadline = time.monotonic() + grace
        if deadline is not None and time.monotonic() > deadline:
            end(folder, "cancelled" if folder.cancel.exists() else "failed", -signal.SIGKILL)
            os.killpg(0, signal.SIGKILL)
        time.sleep(POLL)
    return code


def end(folder: JobFolder, state: str, code: int | None) -> None:
    write_json(folder.outcome, {"state": state, "code": code, "finished": time.time()})


if __name__ == "__main__":
    main(sys.argv[1:])
