"""The look that all pages share: style sheet and logo."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

ASSETS = Path(__file__).parents[2] / "assets"


def apply() -> None:
    st.html(ASSETS / "style.css")
    st.logo(str(ASSETS / "logo.svg"), icon_image=str(ASSETS / "icon.svg"), size="large")
