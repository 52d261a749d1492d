"""The Collapse page: have features collapsed to class means, and do means and classifier form the predicted frame?"""

from __future__ import annotations

import streamlit as st

from pages.parts import frame, linked, no_bundle, sidebar
from pages.parts.measures import analysis_card, checkpoint_curves, class_geometry, glance, scope
from pages.parts.sidebar import Picked

GLANCE = ("nc1_pinv", "etf_error", "self_duality_error", "nc4_agreement")
CURVES = (*GLANCE, "cdnv", "nc2_cosines")
SENTENCE = (
    "Late in training a classifier's features gather at their class means (NC1), the means stand as far apart as they can (NC2), "
    "the classifier lines up with them (NC3) and decides by the nearest mean (NC4)."
)


@linked.view("collapse")
def show(picked: Picked) -> None:
    where = scope.header(picked, "Collapse", SENTENCE)
    glance.show(where, glance.known(GLANCE))
    if "label" in picked.bundle.samples():
        class_geometry.show(where)
    else:
        no_bundle.labels("there are no class means")
    checkpoint_curves.show(where, ["collapse"], CURVES)
    analysis_card.family(where, "collapse", "All collapse measures")


frame.required()
picked = sidebar.current()
if picked is None:
    no_bundle.show("Collapse")
elif not picked.layer:
    no_bundle.features("Collapse")
else:
    show(picked)
st.html("<div style='height:2rem'></div>")
