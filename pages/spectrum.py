"""The Spectrum & dimension page: how many directions do the features use, and on how many degrees of freedom do they live?"""

from __future__ import annotations

import streamlit as st

from pages.parts import frame, linked, no_bundle, sidebar
from pages.parts.measures import analysis_card, checkpoint_curves, glance, local_geometry, rank_table, scope, spectra
from pages.parts.sidebar import Picked
from repgeom_core.analyses.registry import families

GLANCE = ("participation_ratio", "effective_rank", "n_above_edge", "power_law_alpha")
CURVES = ("participation_ratio", "effective_rank", "rankme", "power_law_alpha")
RANKS = (
    "numerical_rank",
    "n_components",
    "effective_rank_sv",
    "rankme",
    "effective_rank",
    "participation_ratio",
    "stable_rank",
    "n_above_edge",
)
FAMILIES = {
    "spectrum": "All measures of the spectrum",
    "dimension": "All measures of dimension",
    "information": "Information",
    "hypersphere": "On the hypersphere",
    "units": "Units",
}
ELSEWHERE = ("collapse", "subspaces", "hierarchy")  # families with a page of their own; a new one needs none, its cards stand here
SENTENCE = (
    "Features fill only a part of their space. The spectrum counts the directions that they use, each definition in its own way; "
    "the intrinsic dimension counts the degrees of freedom along the surface on which they lie."
)


@linked.view("spectrum")
def show(picked: Picked) -> None:
    where = scope.header(picked, "Spectrum & dimension", SENTENCE)
    glance.show(where, glance.known(GLANCE))
    left, right = st.columns([1, 1.15], gap="large")
    with left:
        spectra.show(where)
    with right:
        rank_table.show(where, "spectrum", RANKS)
    shown = [*FAMILIES, *(family for family in families() if family not in (*FAMILIES, *ELSEWHERE))]
    checkpoint_curves.show(where, shown, CURVES)
    local_geometry.show(where)
    for family in shown:
        analysis_card.family(where, family, FAMILIES.get(family, family.replace("_", " ").capitalize()))


frame.required()
picked = sidebar.current()
if picked is None:
    no_bundle.show("Spectrum & dimension")
elif not picked.layer:
    no_bundle.features("Spectrum & dimension")
else:
    show(picked)
