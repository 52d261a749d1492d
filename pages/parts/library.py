"""The bundles this server may show, and the ones that are open."""

from __future__ import annotations

import os
from pathlib import Path

import streamlit as st

from repgeom_core.bundle import Bundle, list_bundles, open_bundle
from repgeom_core.config import Config, load_config
from repgeom_core.jobs import JobQueue

SERVED = "REPGEOM_BUNDLE"  # the bundle, or folder of bundles, that `repgeom serve` was given
CHOSEN = "bundle_path"  # session state: a page asks the sidebar to open this path


@st.cache_resource(show_spinner=False)
def config() -> Config:
    return load_config()


def jobs() -> JobQueue:
    return JobQueue(config().workspace)


def bundles() -> dict[str, Path]:
    """Name in the URL -> folder: what was given to ``serve``, what lies in the workspace, what this session opened."""
    paths: list[Path] = []
    if served := os.environ.get(SERVED):
        given = Path(served)
        paths += [given] if (given / "manifest.json").exists() else list_bundles(given)
    paths += list_bundles(config().workspace / "bundles")
    paths += [Path(p) for p in st.session_state.get("opened_elsewhere", ())]
    named: dict[str, Path] = {}
    for path in paths:
        resolved = path.resolve()
        if resolved in named.values() or not (resolved / "manifest.json").exists():
            continue
        name, again = resolved.name, 2
        while name in named:
            name, again = f"{resolved.name} ({again})", again + 1
        named[name] = resolved
    return named


def name_of(path: Path) -> str:
    """The name under which ``path`` is listed; a path from elsewhere is remembered for this session."""
    resolved = path.resolve()
    if resolved not in bundles().values():
        st.session_state.setdefault("opened_elsewhere", []).append(str(resolved))
    return next(name for name, where in bundles().items() if where == resolved)


def opened(path: Path) -> Bundle:
    """The open bundle; opened anew when its manifest has changed."""
    return _open(str(path), (path / "manifest.json").stat().st_mtime_ns)


@st.cache_resource(show_spinner="Opening the bundle", max_entries=8)
def _open(path: str, stamp: int) -> Bundle:
    return open_bundle(path)
