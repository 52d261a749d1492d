"""Waiting for a job whose result a page shows: how far it is, how long it has run, Cancel; then why there is none, and another try."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from pages.parts import library, trouble
from pages.parts.plain_text import duration, plain
from repgeom_core.bundle import Bundle
from repgeom_core.errors import RepGeomError
from repgeom_core.jobs import Job, JobProgress
from repgeom_core.progress import rate_in_words
from repgeom_core.sentences import closed

EVERY = 1.0  # seconds


def latest(bundle: Bundle, arguments: Sequence[str]) -> Job | None:
    """The job of this command line, whichever session asked for it; one that ended before the bundle was last written is no more."""
    return library.jobs().latest(arguments, since=(bundle.path / "manifest.json").stat().st_mtime)


def show(job: Job, what: str, again: Callable[[], None], place: str, meanwhile: str = "") -> None:
    """``what`` the page waits for (empty where that is plain to see) at ``place`` (several may wait for one job); ``again`` submits it
    anew, and ``meanwhile`` is what the page shows until it is there."""
    key = f"{place}_{job.id}"
    if job.active:
        under_way(job, what, key, meanwhile)
    else:
        _missing(job, what, again, key, meanwhile)


@st.fragment(run_every=EVERY)
def under_way(job: Job, what: str, key: str, meanwhile: str = "") -> None:
    if not job.active:
        st.rerun()  # the page then finds what it made
    progress, seconds = job.progress, job.seconds
    if job.cancelling:
        state = "stopping"
    elif job.state == "queued":
        state = "waits for its turn"
    else:
        state = told(progress, seconds) if progress else "starting"
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"wait_{key}"):
        words = f"**{plain(what)}**: {state}" if what else state[:1].upper() + state[1:]
        words += f"; {meanwhile}" if meanwhile else ""
        st.progress(progress.fraction if progress else 0.0, words, width="stretch")
        st.button("Cancel", key=f"cancel_{key}", icon=":material/close:", disabled=job.cancelling, on_click=_cancel, args=(job,))


def _cancel(job: Job) -> None:
    try:
        job.cancel()
    except RepGeomError as error:
        st.toast(trouble.sentence(error), icon=":material/error:")


def told(progress: JobProgress, seconds: float | None = None) -> str:
    """``restarts: 3 of 10 · 2/s · 4 s left``, and since when where ``seconds`` say so."""
    parts = [plain(progress.stage, 60)]
    if progress.total > 1:
        parts[0] += f": {progress.done:,} of {progress.total:,}"
        if progress.rate > 0 and seconds is None:
            parts.append(rate_in_words(progress.rate))
        if progress.eta is not None and progress.done < progress.total:
            parts.append(f"{duration(progress.eta)} left")
    if seconds is not None:
        parts.append(f"running for {duration(seconds)}")
    return " · ".join(parts)


def _missing(job: Job, what: str, again: Callable[[], None], key: str, meanwhile: str) -> None:
    """It ended, and yet its result is not there: it failed, was cancelled, or somebody has deleted what it made."""
    reason, state = plain(closed(job.message or "What was computed is no longer there"), 600), job.state
    words = f"{plain(what)} is not there: {reason}" if what else reason
    words += f" {meanwhile[:1].upper()}{meanwhile[1:]}." if meanwhile else ""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if state == "failed":
            st.error(words, icon=":material/error:", width="stretch")
        elif state == "cancelled":
            st.caption(f":material/block: {words}", width="stretch")
        else:
            st.warning(words, icon=":material/warning:", width="stretch")
        st.button("Try again", key=f"again_{key}", icon=":material/replay:", on_click=again)
