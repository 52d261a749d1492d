"""The jobs of the workspace: what runs, how far it is, what it said; drawn again every second while any is active."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from pages.parts import job_wait, library, sidebar, trouble
from pages.parts.plain_text import counted, duration, plain
from repgeom_core.bundle.manifest import read_manifest
from repgeom_core.errors import RepGeomError
from repgeom_core.jobs import Job, JobProgress, JobQueue

EVERY = 1.0  # seconds
STATES = {
    "queued": ("Waiting", "gray", ":material/schedule:"),
    "running": ("Running", "blue", ":material/autorenew:"),
    "done": ("Done", "green", ":material/check:"),
    "failed": ("Failed", "red", ":material/error:"),
    "cancelled": ("Cancelled", "gray", ":material/block:"),
}
SHOWN = 5


def show(queue: JobQueue) -> None:
    """Draws the panel; the whole page is drawn again when a job ends, so that what it made appears."""
    active = {job.id for job in queue.active()}
    st.fragment(_panel, run_every=EVERY if active else None, key="jobs")(queue, active)


def open_bundle(path: Path) -> None:
    """Go to the map of a bundle; to its treemap where it has no features."""
    st.session_state[library.CHOSEN] = str(path)
    checkpoints = read_manifest(path / "manifest.json").checkpoints
    if checkpoints and not any(checkpoint.layers for checkpoint in checkpoints):
        sidebar.go_to_treemap()
    sidebar.go_to_map()


def _panel(queue: JobQueue, active: set[str]) -> None:
    jobs = queue.jobs()
    if active - {job.id for job in jobs if job.active}:
        st.rerun(scope="app")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("Jobs", width="stretch")
        if any(not job.active for job in jobs):
            st.button(
                "Clear finished",
                key="clear_jobs",
                type="tertiary",
                help="What they made stays; what did not finish can no longer be resumed",
                on_click=_act,
                args=(queue.remove_finished,),
            )
    if message := st.session_state.pop("job_trouble", None):
        st.error(message, icon=":material/error:")
    if not jobs:
        st.caption("Nothing is running. Imports, extractions, maps and long analyses appear here, and go on when you close this page.")
    waiting = [job for job in reversed(jobs) if job.active]  # in the order of their turns
    ended = [job for job in jobs if not job.active]
    for job in (*waiting, *ended[:SHOWN]):
        with st.container(border=True, key=f"job_{job.id}"), trouble.shown():
            _job(job, latest=job.id == jobs[0].id)
    if len(ended) > SHOWN:
        st.caption(f"{counted(len(ended) - SHOWN, 'older job')} not shown; clear finished jobs to remove them.")


def _job(job: Job, latest: bool) -> None:
    state = job.state
    label, color, icon = STATES[state]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{plain(job.title, 60)}**", width="stretch")
        st.badge("Stopping" if job.cancelling else label, color=color, icon=icon)  # type: ignore[arg-type]
    if state == "running":
        _progress(job.progress)
    elif state == "queued":
        st.caption("Starts when the job before it has ended.")
    elif state in ("failed", "cancelled"):
        (st.error if state == "failed" else st.caption)(plain(job.message, 600))
    elif state == "done":
        st.caption(f"Took {duration(job.seconds)}.")
        for warning in job.warnings:
            st.warning(plain(warning, 600), icon=":material/warning:")
    _buttons(job, state, latest)


def _progress(progress: JobProgress | None) -> None:
    if progress is None:
        st.progress(0.0, text="Starting")
        return
    st.progress(progress.fraction, text=job_wait.told(progress))


def _buttons(job: Job, state: str, latest: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if state in ("queued", "running"):
            st.button("Cancel", key=f"cancel_{job.id}", icon=":material/close:", disabled=job.cancelling, on_click=_act, args=(job.cancel,))
        bundle = job.bundle if state == "done" else None
        if bundle is not None and (bundle / "manifest.json").is_file():
            if st.button("Open", key=f"open_{job.id}", type="primary" if latest else "secondary", icon=":material/scatter_plot:"):
                open_bundle(bundle)
        elif bundle is not None:
            st.caption("Its bundle has been deleted.")
        if job.resumable:
            st.button("Resume", key=f"resume_{job.id}", icon=":material/resume:", on_click=_act, args=(job.resume,))
        log = st.toggle("Log", key=f"log_{job.id}")
        if state not in ("queued", "running"):
            st.button(":material/delete:", key=f"remove_{job.id}", type="tertiary", help="Remove from this list; what it made stays",
                      on_click=_act, args=(job.remove,))  # fmt: skip
    if log:
        lines = job.log
        st.code("\n".join(lines) or "Nothing said yet.", language=None, wrap_lines=True, height=220 if len(lines) > 8 else "content")


def _act(action: Callable[[], object]) -> None:
    """From a button: what it refuses is told at the top of the panel, and the page is drawn again (polling starts or stops)."""
    try:
        action()
    except RepGeomError as error:
        st.session_state["job_trouble"] = trouble.sentence(error)
    st.rerun()
