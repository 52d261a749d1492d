"""Analyses that take a while: behind a button, then a job in the background, then their results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from pages.parts import job_wait, library, trouble
from pages.parts.measures.scope import Scope
from repgeom_core.analyses import Result, analyze, find
from repgeom_core.analyses.run import cached
from repgeom_core.analyses.series import soon
from repgeom_core.errors import RepGeomError
from repgeom_core.jobs import commands


@dataclass(frozen=True)
class Wanted:
    """An analysis with its parameters; ``uncertain``: with interval and null. ``at_once``: it need not wait for anybody to ask."""

    name: str
    parameters: dict[str, Any] = field(default_factory=dict)
    uncertain: bool = False
    at_once: bool = False


def results(scope: Scope, wanted: Sequence[Wanted], key: str, why: str) -> list[Result] | None:
    """The results of all. None while some are not there: then a button to compute them, with the reason ``why`` there is one, or
    how far they are, is shown here."""
    found = [_now(scope, one) for one in wanted]
    there = [result for result in found if result is not None]
    if len(there) == len(wanted):
        return there
    unasked = []
    for one, result in zip(wanted, found, strict=True):
        if result is not None:
            continue
        job = job_wait.latest(scope.bundle, _arguments(scope, one))
        if job is None:
            unasked.append(one)
            continue

        def again(one: Wanted = one) -> None:
            _submit(scope, [one])

        job_wait.show(job, find(one.name).title if len(wanted) > 1 else "", again, key)
    if unasked:
        st.caption(why)
        st.button("Compute", key=key, icon=":material/play_arrow:", type="primary", on_click=_submit, args=(scope, unasked))
    return None


def under_way(scope: Scope) -> set[str]:
    """Names of the analyses that jobs are computing at this place."""
    place = {f"--layer={scope.layer}", f"--checkpoint={scope.checkpoint}"}
    here = [j.arguments for j in library.jobs().active() if j.arguments[:2] == ("analyze", str(scope.bundle.path))]
    return {arguments[2].removeprefix("--analysis=") for arguments in here if place <= set(arguments)}


def _now(scope: Scope, one: Wanted) -> Result | None:
    declared = find(one.name)
    place = (scope.bundle, one.name, scope.layer, scope.checkpoint, scope.split, scope.rows)
    options = {"interval": one.uncertain, "null": one.uncertain, **one.parameters}
    found = cached(*place, **options)
    if found is None and (one.at_once or (not one.uncertain and soon(declared, scope.n, scope.d))):
        with st.spinner(declared.title):
            found = analyze(*place, **options)
    return found


def _arguments(scope: Scope, one: Wanted) -> list[str]:
    place = (scope.bundle.path, one.name, scope.layer, scope.checkpoint, scope.split, scope.rows)
    values = find(one.name).validated(one.parameters)
    return commands.analyze_arguments(library.jobs(), *place, values, one.uncertain, one.uncertain)


def _submit(scope: Scope, wanted: Sequence[Wanted]) -> None:
    """From a button."""
    samples = f"{scope.n:,} selected samples" if scope.rows is not None else "" if scope.split == "all" else scope.split
    for one in wanted:
        title = f"{find(one.name).title} of {scope.layer} at {scope.checkpoint}" + (f", {samples}" if samples else "")
        try:
            commands.submit(library.jobs(), _arguments(scope, one), title, scope.rows)
        except (RepGeomError, OSError) as error:
            st.toast(trouble.sentence(error), icon=":material/error:")
