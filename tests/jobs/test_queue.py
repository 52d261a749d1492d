from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from repgeom_core.errors import RepGeomError
from repgeom_core.jobs import Job, JobError, JobQueue

Reaches = Callable[[Job, str], None]
IsReady = Callable[[Job], None]


def members(group: int) -> list[int]:
    """The living processes of a group."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found


def test_finished_job_tells_what_it_made(queue: JobQueue, reaches: Reaches) -> None:
    job = queue.submit(["import"], "Import <digits>")
    reaches(job, "done")
    assert (job.title, job.arguments, job.bundle) == ("Import <digits>", ("import",), Path("/made/by/import"))
    assert "hello <b>" in job.log
    assert job.message == ""
    assert job.progress is not None
    assert (job.progress.stage, job.progress.fraction, job.progress.rate, job.progress.eta) == ("working", 0.25, 2.0, 1.5)
    assert 0 < job.seconds < 20


def test_arguments_reach_the_worker_untouched_by_any_shell(queue: JobQueue, reaches: Reaches, tmp_path: Path) -> None:
    odd = ["arguments", "$(touch pwned)", "; touch pwned", "a b", "*", "", "-n", "new\nline", "é'\"", "--name=--out"]
    job = queue.submit(odd, "$(touch pwned)")
    reaches(job, "done")
    assert ast.literal_eval(job.log[1]) == [*odd, "--progress", "json"]
    assert not Path("pwned").exists()


def test_nul_in_an_argument_is_refused(queue: JobQueue) -> None:
    with pytest.raises(JobError, match="NUL"):
        queue.submit(["import", "a\0b"], "x")


def test_second_job_waits_for_the_first_and_the_third_for_the_second(
    queue: JobQueue, reaches: Reaches, is_ready: IsReady, tmp_path: Path
) -> None:
    first, second, third = (queue.submit([what], what) for what in ("wait", "second", "third"))
    is_ready(first)
    assert [job.state for job in (first, second, third)] == ["running", "queued", "queued"]
    assert [job.id for job in queue.active()] == [first.id, second.id, third.id]
    (tmp_path / "go").touch()
    reaches(third, "done")
    marks = [line.rsplit(" ", 1)[0] for line in (tmp_path / "marks").read_text().splitlines()]
    assert marks == [f"{when} {what}" for what in ("wait", "second", "third") for when in ("start", "end")]


@pytest.mark.parametrize("lane", ["map", "analyze"])
def test_maps_and_analyses_do_not_wait_for_an_extraction_but_for_their_own_kind(
    queue: JobQueue, reaches: Reaches, is_ready: IsReady, tmp_path: Path, lane: str
) -> None:
    extraction = queue.submit(["wait"], "hours of extraction")
    is_ready(extraction)
    reaches(queue.submit([lane, "x"], "first"), "done")
    waiting = queue.submit([lane, "wait"], "second")
    third = queue.submit([lane, "x"], "third")
    is_ready(waiting)
    assert [job.state for job in (extraction, waiting, third)] == ["running", "running", "queued"]
    (tmp_path / "go").touch()
    reaches(third, "done")
    reaches(extraction, "done")


def test_jobs_are_found_again_by_another_queue_on_the_workspace(queue: JobQueue, is_ready: IsReady, tmp_path: Path) -> None:
    job = queue.submit(["wait"], "long")
    is_ready(job)
    (found,) = JobQueue(tmp_path / "workspace").jobs()
    assert (found.id, found.state, found.title) == (job.id, "running", "long")


def test_jobs_outlive_the_process_that_submitted_them(queue: JobQueue, reaches: Reaches, worker: Path, tmp_path: Path) -> None:
    server = f"""
import sys; from pathlib import Path; from repgeom_core.jobs import JobQueue
queue = JobQueue(Path({str(tmp_path / "workspace")!r}), command=(sys.executable, {str(worker)!r}))
queue.submit(["wait"], "one"); queue.submit(["import"], "two")
import os, signal; os.killpg(0, signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", server], start_new_session=True, check=False)
    two, one = queue.jobs()
    reaches(one, "running")
    assert two.state == "queued"
    (tmp_path / "go").touch()
    reaches(two, "done")
    assert one.state == "done"


def test_cancelled_job_stops_by_itself(queue: JobQueue, reaches: Reaches, is_ready: IsReady) -> None:
    job = queue.submit(["wait"], "long")
    is_ready(job)
    job.cancel()
    reaches(job, "cancelled")
    assert job.message == "Cancelled."


def test_job_that_ignores_the_request_is_killed_with_all_its_processes(queue: JobQueue, reaches: Reaches, is_ready: IsReady) -> None:
    job = queue.submit(["stubborn"], "stubborn")
    is_ready(job)
    job.cancel()
    assert job.cancelling
    reaches(job, "cancelled")
    subprocess.run(["sleep", "0.2"], check=True)
    assert members(queue.job(job.id)._group) == []


def test_an_analysis_is_given_two_seconds_whatever_the_grace(tmp_path: Path, worker: Path, reaches: Reaches, is_ready: IsReady) -> None:
    patient = JobQueue(tmp_path / "workspace", grace=600, command=(sys.executable, str(worker)))
    job = patient.submit(["analyze", "stubborn"], "stubborn")
    is_ready(job)
    job.cancel()
    reaches(job, "cancelled")


def test_waiting_job_can_be_cancelled_and_never_starts(queue: JobQueue, reaches: Reaches, is_ready: IsReady, tmp_path: Path) -> None:
    first, second = queue.submit(["wait"], "first"), queue.submit(["second"], "second")
    is_ready(first)
    second.cancel()
    reaches(second, "cancelled")
    assert first.state == "running"
    assert "start second" not in (tmp_path / "marks").read_text()


def test_job_cancelled_in_the_moment_of_its_submission_stops(queue: JobQueue, reaches: Reaches) -> None:
    job = queue.submit(["wait"], "first")
    job.cancel()
    reaches(job, "cancelled")


def test_cancelling_a_finished_job_changes_nothing(queue: JobQueue, reaches: Reaches) -> None:
    job = queue.submit(["import"], "x")
    reaches(job, "done")
    job.cancel()
    assert job.state == "done"


def test_error_of_the_worker_is_the_message(queue: JobQueue, reaches: Reaches) -> None:
    job = queue.submit(["extract", "r.toml"], "x")
    reaches(job, "failed")
    assert job.message == "The disk is full."
    assert job.log == ["hello <b>", "something odd"]


def test_crash_shows_the_last_line_and_the_log_the_rest(queue: JobQueue, reaches: Reaches) -> None:
    job = queue.submit(["crash"], "x")
    reaches(job, "failed")
    assert job.message == "ZeroDivisionError: in the worker"
    assert any("Traceback" in line for line in job.log)


def test_killed_worker_is_a_failed_job(queue: JobQueue, reaches: Reaches) -> None:
    job = queue.submit(["killed"], "x")
    reaches(job, "failed")
    assert "memory" in job.message


def test_job_whose_processes_all_vanish_has_failed_and_the_next_one_starts(queue: JobQueue, reaches: Reaches, is_ready: IsReady) -> None:
    job, after = queue.submit(["stubborn"], "x"), queue.submit(["import"], "y")
    is_ready(job)
    os.killpg(queue.job(job.id)._group, signal.SIGKILL)
    reaches(job, "failed")
    assert "vanished" in job.message
    reaches(after, "done")


def test_worker_whose_runner_was_killed_goes_on_and_keeps_its_turn(
    queue: JobQueue, reaches: Reaches, is_ready: IsReady, tmp_path: Path
) -> None:
    job = queue.submit(["wait"], "x")
    is_ready(job)
    after = queue.submit(["import"], "y")
    os.kill(queue.job(job.id)._group, signal.SIGKILL)
    subprocess.run(["sleep", "0.4"], check=True)
    assert (job.state, after.state) == ("running", "queued")
    (tmp_path / "go").touch()
    reaches(after, "done")
    assert job.state == "done"


def test_worker_whose_runner_was_killed_can_still_be_cancelled(queue: JobQueue, reaches: Reaches, is_ready: IsReady) -> None:
    job = queue.submit(["wait"], "x")
    is_ready(job)
    os.kill(queue.job(job.id)._group, signal.SIGKILL)
    queue.job(job.id).cancel()
    reaches(job, "cancelled")


def test_failed_extraction_resumes_with_the_same_arguments(queue: JobQueue, reaches: Reaches) -> None:
    job = queue.submit(["extract", "r.toml"], "x")
    reaches(job, "failed")
    assert job.resumable
    job.resume()
    again = queue.job(job.id)
    reaches(again, "done")
    assert again.arguments == ("extract", "r.toml", "--resume")
    assert again.message == ""


def test_job_that_another_session_removed_is_removed_and_cancelled_quietly_and_not_resumed(queue: JobQueue, reaches: Reaches) -> None:
    job = queue.submit(["extract", "r.toml"], "x")
    reaches(job, "failed")
    queue.job(job.id).remove()
    job.remove()
    job.cancel()
    with pytest.raises(JobError, match="no longer on the list"):
        job.resume()


def test_only_an_extraction_that_stopped_is_resumed(queue: JobQueue, reaches: Reaches) -> None:
    job = queue.submit(["crash"], "x")
    reaches(job, "failed")
    with pytest.raises(JobError, match="Only an extraction"):
        job.resume()


def test_finished_jobs_are_removed_and_others_stay(queue: JobQueue, reaches: Reaches, is_ready: IsReady) -> None:
    done = queue.submit(["import"], "x")
    reaches(done, "done")
    running = queue.submit(["wait"], "y")
    is_ready(running)
    with pytest.raises(JobError, match="cancel it before"):
        running.remove()
    assert queue.remove_finished() == 1
    assert [job.id for job in queue.jobs()] == [running.id]


@pytest.mark.parametrize("id", ["nothing", "../jobs", "", "."])
def test_unknown_job_is_named(queue: JobQueue, id: str) -> None:
    with pytest.raises(RepGeomError, match="There is no job"):
        queue.job(id)
