"""The selection of this session, and the fragments that are drawn again when it changes.

A view that shows the selection is a fragment made with :func:`view`; a widget's callback that changes the selection ends with
:func:`redraw`, which reruns exactly those fragments.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np
import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.parts import trouble
from repgeom_core.bundle import Bundle
from repgeom_core.errors import SelectionError
from repgeom_core.selection import SelectionHistory

VIEWS, HISTORIES, NAMES_OF = "linked_views", "selection_histories", "selection_names_of"
PAGE = "page"  # session state: the one that is open
BACK = "browser_went_back"  # session state: whether it has, and the page that is open has not taken that up yet


def begin_run(page: str) -> None:
    """At the start of a full run of a page: forget which views the last one had."""
    st.session_state[VIEWS] = []
    stayed = st.session_state.get(PAGE) == page
    st.session_state[PAGE] = page
    st.session_state[BACK] = _by_history() or (stayed and bool(st.session_state.get(BACK)))


def _by_history() -> bool:
    """Whether the browser's Back or Forward asked for this run. Another run may carry an old address as well: one that the browser asked
    for before it heard of the present one."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


def went_back() -> bool:
    """Whether the browser has gone back or forward to this page, or on it, since this was asked last; also in a run that was cut short."""
    return bool(st.session_state.pop(BACK, False))


def view(key: str, also: str = "") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorator: a fragment that is drawn again whenever the selection changes; ``also``: another list of the session that it joins."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def guarded(*arguments: Any, **named: Any) -> None:
            with trouble.shown():  # a fragment that reruns by itself is outside of the page's own guard
                function(*arguments, **named)

        fragment = st.fragment(guarded, key=key)

        def draw(*arguments: Any, **named: Any) -> Any:
            for listed in filter(None, (VIEWS, also)):
                views = st.session_state.setdefault(listed, [])
                if key not in views:
                    views.append(key)
            return fragment(*arguments, **named)

        return draw

    return decorate


def redraw() -> NoReturn:
    """From a callback: draw the linked views again, nothing else."""
    st.rerun(st.session_state.get(VIEWS) or "app")


def history(bundle: Bundle) -> SelectionHistory:
    """The one owner of the selection over this bundle's samples. Bundles of the same samples share it; names belong to a bundle."""
    histories = st.session_state.setdefault(HISTORIES, {})
    if bundle.ids_digest not in histories:
        histories[bundle.ids_digest] = SelectionHistory.of(bundle)
    found: SelectionHistory = histories[bundle.ids_digest]
    names_of = st.session_state.setdefault(NAMES_OF, {})
    if names_of.get(bundle.ids_digest) != bundle.path:
        names_of[bundle.ids_digest] = bundle.path
        try:
            found.load(saved_selections(bundle))
        except SelectionError as error:
            st.toast(trouble.sentence(error), icon=":material/warning:")
    return found


def saved_selections(bundle: Bundle) -> Any:
    return bundle.path / "selections.json"


def version(bundle: Bundle) -> int:
    """Counts changes of the selection, so that a view can tell an old echo from the present."""
    return int(st.session_state.get(f"selection_version_{bundle.ids_digest}", 0))


def changed(bundle: Bundle) -> None:
    st.session_state[f"selection_version_{bundle.ids_digest}"] = version(bundle) + 1


def select(bundle: Bundle, mask: np.ndarray, writer: str) -> NoReturn:
    """From a callback: make ``mask`` (booleans over all rows of the bundle) the selection."""
    history(bundle).replace(mask, writer)
    changed(bundle)
    redraw()


def select_rows(bundle: Bundle, rows: np.ndarray, writer: str) -> NoReturn:
    """From a callback: make these row numbers the selection."""
    mask = np.zeros(bundle.n, bool)
    mask[rows] = True
    select(bundle, mask, writer)


def focus_key(bundle: Bundle) -> str:
    return f"focus_{bundle.ids_digest}"


def focus(bundle: Bundle) -> int | None:
    """Row of the sample that was clicked last; None before the first click."""
    row: int | None = st.session_state.get(focus_key(bundle))
    return row


def set_focus(bundle: Bundle, row: int | None) -> NoReturn:
    """From a callback: make a sample the one whose neighbours are shown."""
    st.session_state[focus_key(bundle)] = row
    redraw()
