"""What the address asks for and this page does not have: it is said, once, instead of shown as if it had been asked for."""

from __future__ import annotations

from collections.abc import Collection

import streamlit as st

from pages.parts.plain_text import plain

TOLD = "address_told"  # session state: what has been said, as (name in the address, value)


def known(name: str, options: Collection[str], what: str, instead: str) -> None:
    """Before the widget that is bound to ``name``: a word where the address asks for none of its ``options``."""
    asked = st.query_params.get(name)
    if asked is not None and asked not in options:
        tell(name, asked, f"{what} “{asked}”", instead)


def within(name: str, low: int, high: int, what: str, instead: str) -> None:
    """The same for whole numbers from ``low`` to ``high``."""
    asked = st.query_params.get(name)
    if asked is not None and not (asked.isascii() and asked.isdigit() and low <= int(asked) <= high):
        tell(name, asked, f"“{asked}” {what}", instead)


def tell(name: str, asked: str, what: str, instead: str) -> None:
    told = st.session_state.setdefault(TOLD, set())
    if (name, asked) not in told:
        told.add((name, asked))
        st.toast(f"The link asks for {plain(what, 100)}. There is no such choice here: {plain(instead, 100)}.", icon=":material/link_off:")
