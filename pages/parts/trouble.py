"""Errors on a page: one clear sentence, never a traceback (that goes to the server's log)."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from pages.parts.plain_text import plain
from repgeom_core.errors import RepGeomError, refusal
from repgeom_core.sentences import closed

log = logging.getLogger("repgeom.pages")


def sentence(error: BaseException) -> str:
    """What to tell a person, closed by a full stop, so that another sentence may follow."""
    if isinstance(error, RepGeomError):
        return plain(closed(error.on_page), longest=1000)
    if (refused := refusal(error)) is not None:
        return plain(closed(refused), longest=1000)
    return f"Something went wrong here ({type(error).__name__}); the server's log has the details."


@contextmanager
def shown() -> Iterator[None]:
    """Shows an error raised in the block as a message and goes on after it."""
    try:
        yield
    except RepGeomError as error:
        st.error(sentence(error), icon=":material/error:")
    except Exception as error:  # Streamlit's own control flow (rerun, stop) does not derive from Exception
        log.exception("A page failed")
        st.error(sentence(error), icon=":material/error:")
