"""The log-log spectrum with the window of its fit and the edge of the noise."""

from __future__ import annotations

import streamlit as st

from pages.parts import chart, code
from pages.parts.measures.scope import Scope
from pages.parts.plain_text import plain
from repgeom_core.analyses import Result, analyze
from repgeom_core.figures.spectrum import log_log_spectrum, poor_fit

HEIGHT = 540  # that of the table of ranks beside it


def show(scope: Scope) -> None:
    law, noise = _of(scope, "power_law_alpha"), _of(scope, "n_above_edge")
    if "eigenvalues" not in law.details or not len(law.details["eigenvalues"]):
        st.info(f"There is no spectrum to draw: {plain(law.notes.get('why', 'the features do not vary'))}.", icon=":material/equalizer:")
        return
    start = code.opening(scope, "from repgeom_core.analyses import analyze", "from repgeom_core.figures.spectrum import log_log_spectrum")
    place = code.place(scope)
    text = (
        f"{start}\nlaw = analyze(bundle, 'power_law_alpha', {place})\nnoise = analyze(bundle, 'n_above_edge', {place})\n"
        f"log_log_spectrum(law, noise, height={HEIGHT}).show()\n"
    )
    fit = law.notes.get("R2")
    note = "A straight line is a power law; the grey band is where the eigenvalues of as many independent units would lie."
    if isinstance(fit, float):
        note += f" Fit: R² {fit:.2f}."
        note += " It is poor, so that the exponent says little: the eigenvalues follow no power law in its window." if poor_fit(law) else ""
    chart.show(log_log_spectrum(law, noise, height=HEIGHT), "spectrum", text, note=note)


def _of(scope: Scope, name: str) -> Result:
    return analyze(scope.bundle, name, scope.layer, scope.checkpoint, scope.split, scope.rows, interval=False, null=False)
