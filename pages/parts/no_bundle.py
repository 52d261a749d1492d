"""What a page says when there is nothing to show, or no labels, and what to do about it."""

from __future__ import annotations

import streamlit as st

from pages.parts import library


def show(title: str) -> None:
    st.title(title, anchor=False)
    if library.bundles():
        st.info(
            "This bundle cannot be shown. Choose another one in the sidebar, or repair or delete it on the Load page.",
            icon=":material/folder_off:",
        )
    else:
        st.info(
            "There is nothing to show yet. Load the demo, a file of embeddings, or a model with its data.", icon=":material/folder_open:"
        )
    st.page_link("pages/load.py", label="Go to Load", icon=":material/arrow_forward:")


def features(title: str) -> None:
    """The bundle has no layers: it came from a file of trees."""
    st.title(title, anchor=False)
    st.info("This bundle has trees but no features: open it on the Treemap page.", icon=":material/account_tree:")
    st.page_link("pages/treemap.py", label="Go to Treemap", icon=":material/arrow_forward:")


def labels(so: str) -> None:
    """The bundle has no labels; ``so`` is what follows from it."""
    st.info(f"This bundle has no labels, so {so}. Import the data again with a column of the role *label*.", icon=":material/label_off:")


def classes(so: str) -> None:
    """All samples shown are of one class."""
    words = f"All samples shown are of one class, so {so}. Show another split, or samples of several classes."
    st.info(words, icon=":material/label:")
