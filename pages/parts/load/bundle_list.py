"""The bundles at hand, the latest first: open one, or delete it."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.parts import library, trouble
from pages.parts.load import job_panel
from pages.parts.plain_text import counted, plain, when
from repgeom_core.bundle import Bundle, delete_bundle
from repgeom_core.bundle.manifest import read_manifest
from repgeom_core.config import Config
from repgeom_core.errors import RepGeomError
from repgeom_core.file_size import file_size
from repgeom_core.hierarchy.files.stored import FOLDER
from repgeom_core.jobs import JobQueue
from repgeom_core.jobs.commands import demo_arguments, folders_in_use

DEMO = "demo"
SHOWN = 5  # the latest; more on demand


def show(config: Config, queue: JobQueue) -> None:
    st.subheader("Bundles")
    if message := st.session_state.pop("bundle_trouble", None):
        st.error(message, icon=":material/error:")
    found = library.bundles()
    if not found:
        st.markdown(
            "No bundle yet. Start with the **demo**: a small network trained on handwritten digits, with fifteen checkpoints from "
            "initialisation to collapse. Or **import** embeddings, or extract features with a **model** below."
        )
    latest_first = sorted(found.items(), key=lambda item: -_written(item[1]))
    in_use = folders_in_use(queue)
    shown = latest_first if st.session_state.get("all_bundles") else latest_first[:SHOWN]
    for name, path in shown:
        with st.container(border=True, key=f"bundle_{name}"), trouble.shown():
            _card(config, queue, name, path, in_use=path in in_use)
    if len(found) > SHOWN:
        st.toggle(f"Show all {len(found)} bundles", key="all_bundles")
    demo = config.bundles / DEMO
    running = any(job.arguments[:1] == ("demo",) for job in queue.active())
    if not (demo / "manifest.json").exists():
        st.button("Make the demo", key="make_demo", icon=":material/play_arrow:", type="secondary" if found else "primary",
                  disabled=running, help="Takes about half a minute", on_click=_make_demo, args=(queue, demo))  # fmt: skip


def _make_demo(queue: JobQueue, out: Path) -> None:
    queue.submit(demo_arguments(out), "Demo: digits, from initialisation to collapse")


def _written(path: Path) -> float:
    """When the bundle was last written, in seconds since 1970; 0 where another session has just deleted it."""
    try:
        return (path / "manifest.json").stat().st_mtime
    except OSError:
        return 0.0


def _card(config: Config, queue: JobQueue, name: str, path: Path, in_use: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container(gap=None):
            _describe(name, path)
        if st.button("Open", key=f"open_{path}", icon=":material/scatter_plot:"):
            job_panel.open_bundle(path)
        help = "A job is writing to this bundle" if in_use else "Delete this bundle"
        if path.is_relative_to(config.bundles) and st.button(
            ":material/delete:", key=f"delete_{path}", type="tertiary", help=help, disabled=in_use
        ):
            _confirm_deletion(queue, name, path)


def _describe(name: str, path: Path) -> None:
    with trouble.shown():
        manifest = read_manifest(path / "manifest.json")
        bundle = Bundle(path, manifest)
        layers = {layer for checkpoint in bundle.checkpoints for layer in checkpoint.layers}
        trees = list((path / FOLDER).glob("*.npz"))
        title = plain(bundle.name, 60) + (f" · {plain(name, 60)}" if name != bundle.name else "")
        st.markdown(f"**{title}**")
        parts = [counted(bundle.n, "sample"), counted(len(bundle.classes), "class") if bundle.classes else "no labels"]
        shown = counted(len(layers), "layer") if layers or not trees else counted(len(trees), "tree")
        size = file_size(bundle.bytes + sum(tree.stat().st_size for tree in trees))
        parts += [counted(len(bundle.checkpoints), "checkpoint"), shown, size]
        st.caption(" · ".join([*parts, when((path / "manifest.json").stat().st_mtime)]))


@st.dialog("Delete this bundle?")
def _confirm_deletion(queue: JobQueue, name: str, path: Path) -> None:
    st.markdown(f"**{plain(name)}** and all its features are deleted from {plain(path)}. This cannot be undone.")
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Keep it", key="keep_bundle"):
            st.rerun()
        if st.button("Delete", key="confirm_deletion", type="primary", icon=":material/delete:", on_click=_delete, args=(queue, path)):
            st.rerun()


def _delete(queue: JobQueue, path: Path) -> None:
    if path in folders_in_use(queue):  # a job that came after the dialog was opened
        st.session_state["bundle_trouble"] = f"A job is writing to {plain(path)}; wait until it is done, or cancel it."
        return
    try:
        delete_bundle(path)
    except (RepGeomError, OSError) as error:
        st.session_state["bundle_trouble"] = trouble.sentence(error)
