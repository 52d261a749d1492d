"""Load: open a bundle, or make one from the demo, from files, or from a model and a data set."""

from __future__ import annotations

import streamlit as st

from pages.parts import frame, library, trouble
from pages.parts.load import bundle_list, import_form, job_panel, model_form

FORMS = {"Import files": import_form.show, "Model and data": model_form.show}

# The jobs stay in sight while a long form scrolls by.
STICKY = """<style>[data-testid="stColumn"]:has(.st-key-jobs_column) {
    position: sticky; top: 4.5rem; align-self: flex-start; max-height: calc(100vh - 6rem); overflow-y: auto; }</style>"""

frame.required()
st.title("Load")
st.html(STICKY)
with trouble.shown():
    config, queue = library.config(), library.jobs()
    left, right = st.columns([5, 3], gap="large")
    with left:
        bundle_list.show(config, queue)
        st.subheader("New bundle")
        form = st.segmented_control("From", list(FORMS), key="from", default="Import files", required=True,
                                    label_visibility="collapsed", bind="query-params")  # fmt: skip
        with trouble.shown():
            FORMS[form](config, queue)
    with right, st.container(key="jobs_column"):
        job_panel.show(queue)
