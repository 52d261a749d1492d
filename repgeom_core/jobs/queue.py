"""Where jobs are submitted and found again."""

from __future__ import annotations

import contextlib
import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from repgeom_core import locks
from repgeom_core.jobs.folder import ANALYSIS, JobFolder, lane_of, read_json, write_json
from repgeom_core.jobs.job import Job, JobError

COMMAND = (sys.executable, "-m", "repgeom_core.cli")


class JobQueue:
    """The jobs of one workspace: one of each lane runs at a time, the others wait in the order in which they came.

    Maps have a lane of their own, so have analyses; everything else (demo, import, extraction) shares the third.

    There is no server behind it. Each job has a small runner process in its own session that waits for its turn, starts
    the worker, ``repgeom ARGUMENTS --progress json``, and writes down how it ended; so the queue goes on when the page is
    reloaded, when the server restarts, and when several servers share a workspace.

    ``grace`` is how many seconds a cancelled worker has to stop by itself before it is killed; an analysis, which has nothing to
    bring to an end, has at most two.
    """

    def __init__(self, workspace: Path, grace: float = 10.0, command: Sequence[str] = COMMAND) -> None:
        self.folder = workspace / "jobs"
        self._grace = grace
        self._command = tuple(command)

    def submit(self, arguments: Sequence[str], title: str) -> Job:
        """Queue ``repgeom ARGUMENTS``; each argument reaches the command as it is, through no shell."""
        if any("\0" in argument for argument in arguments):
            raise JobError("An argument of a job may not contain a NUL character.")
        stamp = time.strftime("%Y%m%d-%H%M%S") + f"-{time.time_ns() % 10**9:09d}-{secrets.token_hex(2)}"
        folder = JobFolder(self.folder / stamp)
        folder.path.mkdir(parents=True)
        self._launch(folder, list(arguments), title)
        return Job(folder.path, self._resume)

    def jobs(self) -> list[Job]:
        """All jobs, the latest first."""
        found = []
        for record in self.folder.glob("*/job.json"):
            with contextlib.suppress(JobError):  # removed by another session meanwhile
                found.append(Job(record.parent, self._resume))
        return sorted(found, key=lambda job: (job.queued, job.id), reverse=True)

    def active(self) -> list[Job]:
        """Those that run or wait, in the order in which they take their turn."""
        return [job for job in reversed(self.jobs()) if job.active]

    def job(self, id: str) -> Job:
        """The job of that id; :class:`JobError` when there is none."""
        if Path(id).name != id or not (self.folder / id / "job.json").is_file():
            raise JobError(f"There is no job {id!r}.")
        return Job(self.folder / id, self._resume)

    def latest(self, arguments: Sequence[str], since: float = 0.0) -> Job | None:
        """The latest job of this command line that is active, or was queued after ``since`` (seconds since 1970)."""
        same = (job for job in self.jobs() if job.arguments == tuple(arguments))
        return next((job for job in same if job.queued > since or job.active), None)

    def remove_finished(self) -> int:
        """Forget all jobs that have ended; how many."""
        finished = [job for job in self.jobs() if not job.active]
        for job in finished:
            job.remove()
        return len(finished)

    def _resume(self, folder: JobFolder) -> None:
        record = read_json(folder.record)
        if record is None:
            raise JobError("This job is no longer on the list, so it cannot be resumed; start it anew.")
        arguments = [*record["arguments"], *([] if "--resume" in record["arguments"] else ["--resume"])]
        self._launch(folder, arguments, record["title"])

    def _launch(self, folder: JobFolder, arguments: list[str], title: str) -> None:
        alive = locks.hold(folder.alive, patience=2.0)  # a runner that has just written its outcome
        if alive is None:
            raise JobError(f"{title!r} is still running.")
        try:
            for old in (folder.started, folder.cancel, folder.outcome, folder.output, folder.errors):
                old.unlink(missing_ok=True)
            record = {"title": title, "arguments": arguments, "queued": time.time()}
            write_json(folder.record, record)
            grace = min(self._grace, 2.0) if lane_of(arguments) == ANALYSIS else self._grace
            runner = [sys.executable, "-m", "repgeom_core.jobs.runner", str(folder.path), str(alive), str(grace)]
            with folder.errors.open("ab") as errors:
                process = subprocess.Popen(
                    [*runner, *self._command],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=errors,
                    start_new_session=True,
                    pass_fds=(alive,),  # the runner inherits the lock, so there is no moment without it
                )
        finally:
            os.close(alive)
        write_json(folder.record, {**record, "group": process.pid})
        threading.Thread(target=process.wait, daemon=True).start()  # else it stays a zombie until this process ends
