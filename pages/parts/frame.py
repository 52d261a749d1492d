"""Pages run inside the frame that app.py draws.

Streamlit also has an older convention: until the first ``st.navigation`` of a server, a link to ``/load`` runs ``pages/load.py`` by itself,
without app.py. A page therefore begins with :func:`required`, which sends such a first visit through app.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import streamlit as st

_inside: ContextVar[bool] = ContextVar("inside_the_frame", default=False)


@contextmanager
def entered() -> Iterator[None]:
    token = _inside.set(True)
    try:
        yield
    finally:
        _inside.reset(token)


def required() -> None:
    """Ends a run that did not come through app.py, after running app.py in its place."""
    if not _inside.get():
        from app import main

        main()
        st.stop()
