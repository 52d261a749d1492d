"""Choosing files: uploaded by the browser, or picked under the folders that the server's owner allows."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.parts import trouble
from pages.parts.plain_text import plain
from repgeom_core import workspace
from repgeom_core.config import Config
from repgeom_core.errors import ConfigError
from repgeom_core.file_size import file_size

UPLOAD, SERVER = "Upload", "On this server"
MOST = 150  # entries of a folder shown at once


def choose(config: Config, key: str, label: str, globs: bool = False) -> list[str]:
    """The chosen paths in order, absolute and allowed; with ``globs`` a typed pattern is taken as it is."""
    way = st.segmented_control(label, (UPLOAD, SERVER), key=f"{key}_where", default=UPLOAD, required=True)
    return _uploaded(config, key) if way == UPLOAD else _on_server(config, key, globs)


def _uploaded(config: Config, key: str) -> list[str]:
    files = st.file_uploader("Files", accept_multiple_files=True, key=f"{key}_files", label_visibility="collapsed")
    return [str(workspace.save_upload(config, file.name, file, file.file_id)) for file in files]


def _on_server(config: Config, key: str, globs: bool) -> list[str]:
    picked: list[str] = st.session_state.setdefault(f"{key}_picked", [])
    st.text_input(
        "Path, or pattern of several" if globs else "Path",
        key=f"{key}_typed",
        placeholder="Type a path and press Enter, or pick below" + (", for instance /data/run/epoch*.pt" if globs else ""),
        on_change=_typed,
        args=(config, key, globs),
    )
    if message := st.session_state.pop(f"{key}_trouble", None):
        st.error(message, icon=":material/error:")
    for path in list(picked):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.button(
                ":material/close:",
                key=f"{key}_drop_{path}",
                type="tertiary",
                help="Take off the list",
                on_click=picked.remove,
                args=(path,),
            )
            st.markdown(plain(path), width="stretch")
    # Once something is picked, what is said about it should be in sight.
    with st.expander("Pick another", icon=":material/folder:") if picked else st.container():
        _browser(config, key)
    return list(picked)


def _browser(config: Config, key: str) -> None:
    folder = Path(st.session_state.setdefault(f"{key}_folder", str(config.roots[0])))
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            root = st.selectbox("Folder", config.roots, key=f"{key}_root", format_func=str, label_visibility="collapsed", width=280,
                                on_change=_enter_root, args=(key,))  # fmt: skip
            inside = folder.relative_to(root) if folder.is_relative_to(root) else folder
            st.markdown(plain(inside) if str(inside) != "." else "", width="stretch")
            st.button(
                "Up",
                key=f"{key}_up",
                icon=":material/arrow_upward:",
                type="tertiary",
                disabled=folder == root,
                on_click=_enter,
                args=(key, folder.parent),
            )
            st.button("Use this folder", key=f"{key}_use", type="tertiary", on_click=_pick, args=(key, folder))
        wanted = st.text_input(
            "Filter", key=f"{key}_filter", placeholder="Filter by name", label_visibility="collapsed", icon=":material/search:"
        )
        with trouble.shown():
            entries = [entry for entry in workspace.listing(config, folder) if wanted.lower() in entry.path.name.lower()]
            with st.container(height=230, border=False, gap=None):
                if not entries:
                    st.caption("Nothing here has such a name." if wanted else "This folder is empty.")
                for entry in entries[:MOST]:
                    _entry(key, entry)
            if len(entries) > MOST:
                st.caption(f"The first {MOST} of {len(entries):,}; filter by name to see the others.")


def _entry(key: str, entry: workspace.Entry) -> None:
    name = plain(entry.path.name, 90)
    st.button(
        name if entry.is_folder else f"{name} · {file_size(entry.bytes)}",
        key=f"{key}_entry_{entry.path}",
        icon=":material/folder:" if entry.is_folder else ":material/draft:",
        type="tertiary",
        on_click=_enter if entry.is_folder else _pick,
        args=(key, entry.path),
    )


def _typed(config: Config, key: str, globs: bool) -> None:
    typed = st.session_state[f"{key}_typed"].strip()
    if not typed:
        return
    try:
        path = config.allowed_path(typed)
    except ConfigError as error:
        st.session_state[f"{key}_trouble"] = trouble.sentence(error)
        return
    if path.exists() or (globs and any(mark in typed for mark in "*?[")):
        _pick(key, path)
        st.session_state[f"{key}_typed"] = ""
    else:
        st.session_state[f"{key}_trouble"] = plain(f"There is no file or folder {typed}; check its spelling, or pick it below.")


def _enter_root(key: str) -> None:
    _enter(key, st.session_state[f"{key}_root"])


def _enter(key: str, folder: Path) -> None:
    st.session_state[f"{key}_folder"] = str(folder)
    st.session_state[f"{key}_filter"] = ""


def _pick(key: str, path: Path) -> None:
    picked = st.session_state[f"{key}_picked"]
    if str(path) not in picked:
        picked.append(str(path))
