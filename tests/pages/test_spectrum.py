"""The Spectrum & dimension page, driven without a browser: ranks by name, dimension by scale, local dimension sent to the map."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from repgeom_core.analyses import analyze, find, registry
from repgeom_core.bundle import open_bundle
from repgeom_core.figures.frame import number

ROOT = Path(__file__).parents[2]


@pytest.fixture
def app(workspace: Path) -> AppTest:
    st.cache_resource.clear()
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    app.switch_page("pages/spectrum.py").run()
    assert not app.exception and not app.error, [e.value for e in (*app.exception, *app.error)]
    return app


def test_each_rank_stands_under_its_own_name_with_its_sentence(app: AppTest, workspace: Path) -> None:
    bundle = open_bundle(workspace / "bundles/digits")
    table = next(h.body for h in app.get("html") if "rg-table" in h.body)
    for name in ("rankme", "effective_rank", "effective_rank_sv", "participation_ratio", "stable_rank", "numerical_rank"):
        assert find(name).title in table and find(name).summary in table
        assert number(analyze(bundle, name, "features", "end", interval=False, null=False).value) in table


def test_a_family_that_no_page_names_has_its_cards_here(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    new = replace(find("stable_rank"), name="surely_new", family="another_kind", title="Surely new")
    everything = {**registry.analyses(), new.name: new}
    monkeypatch.setattr(registry, "analyses", lambda: everything)
    app.run()
    assert not app.exception and not app.error, [e.value for e in (*app.exception, *app.error)]
    assert "Another kind" in [heading.value for heading in app.subheader]
    assert any(card.label.startswith("Surely new") for card in app.expander)


def test_local_dimension_becomes_a_colour_of_the_map(app: AppTest, workspace: Path) -> None:
    bundle = open_bundle(workspace / "bundles/digits")
    name = "local dimension · features · end"
    app.button(key=f"paint_{name}").click().run()
    app.switch_page("pages/map.py").run()
    assert not app.exception and not app.error
    assert app.selectbox(key="colour").value == name
    column = app.session_state["extra_columns"][bundle.ids_digest][name]
    found = analyze(bundle, "local_dimension", "features", "end", interval=False, null=False)
    np.testing.assert_array_equal(column, found.details["per_sample"])


def test_a_neighbour_analysis_opens_without_its_slow_interval(app: AppTest) -> None:
    app.session_state["card_twonn"] = True
    app.run()
    assert not app.exception and not app.error
    assert app.toggle(key="twonn_uncertain").value is False
    assert any("interval=False" in c.value and "'twonn'" in c.value for c in app.code)
