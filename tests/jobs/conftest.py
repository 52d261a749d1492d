"""A worker that does what its arguments say, in place of the repgeom command."""

from __future__ import annotations

import os
import signal
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from repgeom_core import locks
from repgeom_core.jobs import Job, JobQueue

WORKER = textwrap.dedent(
    """
    import json, os, signal, sys, time
    from pathlib import Path

    def say(**event):
        print(json.dumps(event), flush=True)

    _, what, *rest = sys.argv
    what = rest[0] if what in ("map", "analyze") and rest[0] in ("wait", "crash", "stubborn") else what
    marks = Path(__file__).parent / "marks"
    with marks.open("a") as stream:
        stream.write(f"start {what} {os.getpid()}\\n")
    say(event="progress", stage="working", done=1, total=4, rate=2.0, eta=1.5)
    say(event="log", message="hello <b>")
    if what == "arguments":
        say(event="log", message=repr(sys.argv[1:]))
    elif what == "extract" and "--resume" not in rest:
        print("something odd", file=sys.stderr)
        say(event="error", message="The disk is full.")
        sys.exit(1)
    elif what == "crash":
        raise ZeroDivisionError("in the worker")
    elif what == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    elif what in ("wait", "stubborn"):
        def stop(*_):
            if what == "wait":
                say(event="error", message="Cancelled.")
                sys.exit(130)
        signal.signal(signal.SIGTERM, stop)
        say(event="log", message="ready")
        while not (Path(__file__).parent / "go").exists():
            time.sleep(0.02)
    with marks.open("a") as stream:
        stream.write(f"end {what} {os.getpid()}\\n")
    say(event="done", bundle="/made/by/" + what)
    """
)


@pytest.fixture
def worker(tmp_path: Path) -> Path:
    script = tmp_path / "worker.py"
    script.write_text(WORKER)
    return script


@pytest.fixture
def queue(tmp_path: Path, worker: Path) -> Iterator[JobQueue]:
    queue = JobQueue(tmp_path / "workspace", grace=0.5, command=(sys.executable, str(worker)))
    yield queue
    for job in queue.jobs():
        if job.active and job._group:
            with suppress(ProcessLookupError):
                os.killpg(job._group, signal.SIGKILL)
    until(lambda: not any(locks.is_held(path) for path in queue.folder.glob("*/alive")))


def until(condition: Callable[[], object], seconds: float = 120.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)


@pytest.fixture
def reaches() -> Callable[[Job, str], None]:
    """``reaches(job, "done")`` waits for that state."""

    def wait(job: Job, state: str) -> None:
        until(lambda: job.state == state or (job.state in ("done", "failed", "cancelled") and state not in ("queued", "running")))
        assert job.state == state, job.log

    return wait


@pytest.fixture
def is_ready() -> Callable[[Job], None]:
    """``is_ready(job)`` waits until a waiting worker handles signals."""
    return lambda job: until(lambda: "ready" in job.log)
