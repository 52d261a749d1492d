"""The selection in the sidebar: how many, who selected them, undo and redo, set operations with saved selections, export."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from pages.parts import linked, trouble
from pages.parts.plain_text import plain
from repgeom_core.atomic import folder_name
from repgeom_core.bundle import Bundle
from repgeom_core.errors import RepGeomError
from repgeom_core.selection import SelectionHistory, export

OPERATIONS = {"Replace": "restore", "A ∪ B": "union", "A ∩ B": "intersection", "A − B": "difference"}


@linked.view("selection_panel")
def show(bundle: Bundle, checkpoint: str) -> None:
    history = linked.history(bundle)
    count = history.current.count
    writer = f" · by {plain(history.writer)}" if count and history.writer else ""
    st.markdown(f"**Selection**  \n{count:,} of {bundle.n:,} samples{writer}")
    with st.container(horizontal=True, gap="small"):
        _button("undo", "Undo", bundle, history.undo, disabled=not history.can_undo, shortcut="ctrl+z")
        _button("redo", "Redo", bundle, history.redo, disabled=not history.can_redo, shortcut="ctrl+shift+z")
        _button("invert_colors", "Invert", bundle, lambda: history.invert("invert"))
        _button("deselect", "Clear", bundle, lambda: history.clear("clear"), disabled=not count)
    _saved(bundle, history)
    _export(bundle, checkpoint, history)


def _act(bundle: Bundle, action: Callable[[], object]) -> None:
    """Runs a change of the selection; a refusal is told at the corner of the page."""
    try:
        action()
    except RepGeomError as error:
        st.toast(trouble.sentence(error), icon=":material/error:")
    linked.changed(bundle)
    linked.redraw()


def _button(
    icon: str, label: str, bundle: Bundle, action: Callable[[], object], disabled: bool = False, shortcut: str | None = None
) -> None:
    st.button(
        f":material/{icon}:",
        key=f"selection_{label}",
        help=f"{label} ({shortcut.title()})" if shortcut else label,
        disabled=disabled,
        shortcut=shortcut,
        on_click=_act,
        args=(bundle, action),
    )


def _saved(bundle: Bundle, history: SelectionHistory) -> None:
    with st.expander("Saved selections", icon=":material/bookmark:"):  # with a count in its name it would close at every save
        with st.form("save_selection", clear_on_submit=True, border=False):
            st.text_input("Name of the current selection", key="selection_name", placeholder="for instance: hard cats", max_chars=80)
            st.form_submit_button(
                "Save", on_click=_save, args=(bundle, history), icon=":material/bookmark_add:", disabled=not history.current.count
            )
        if not history.names:
            st.caption("Select samples, name them, and they can be combined here as set B with the current selection A.")
            return
        name = st.selectbox(
            "Saved selection B", history.names, format_func=lambda n: f"{n} ({history.named(n).count:,})", key="saved_selection"
        )
        with st.container(horizontal=True, gap="small"):
            for label, method in OPERATIONS.items():
                act = getattr(history, method)
                st.button(label, key=f"saved_{method}", on_click=_act, args=(bundle, lambda act=act: act(name, label_of(name))))
            st.button(":material/delete:", key="saved_delete", help=f"Delete {plain(name)}", on_click=_delete, args=(bundle, history, name))


def label_of(name: str) -> str:
    """How the panel names a saved selection as writer."""
    return f"“{name}”"


def _save(bundle: Bundle, history: SelectionHistory) -> None:
    def action() -> None:
        history.save_as(st.session_state["selection_name"])
        history.save(linked.saved_selections(bundle))

    _act(bundle, action)


def _delete(bundle: Bundle, history: SelectionHistory, name: str) -> None:
    def action() -> None:
        history.delete(name)
        history.save(linked.saved_selections(bundle))

    _act(bundle, action)


def _export(bundle: Bundle, checkpoint: str, history: SelectionHistory) -> None:
    if not history.current.count:
        return
    mask = history.current.mask
    with st.container(horizontal=True, gap="small"):
        for format, mime in (("csv", "text/csv"), ("parquet", "application/vnd.apache.parquet")):
            st.download_button(
                format.upper(),
                partial(export, bundle, checkpoint, mask, format),  # type: ignore[arg-type]
                file_name=f"{bundle.path.name}-{folder_name(checkpoint)}-selection.{format}",
                mime=mime,
                key=f"export_{format}",
                icon=":material/download:",
                help=f"The {history.current.count:,} selected samples with all columns",
                on_click="ignore",
            )
