"""The Spectrum & dimension page, driven without a browser: ranks by name, dimension by scale, local dimension sent to the map."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages.parts.measures import analysis_card, on_demand
from repgeom_core.analyses import Result, analyze, find, registry
from repgeom_core.bundle import open_bundle
from repgeom_core.figures import spectrum
from repgeom_core.figures.frame import number
from repgeom_core.jobs import JobQueue

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


def test_a_tile_and_a_card_say_where_the_fit_behind_their_number_is_poor(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spectrum, "GOOD_FIT", 1.1)
    app.session_state["card_power_law_alpha"] = True
    app.run()
    tile = next(h.body for h in app.get("html") if "rg-tile" in h.body and "decay exponent" in h.body)
    assert tile.count("poor fit, R² ") == 2 and "rg-doubt" in tile  # train and test
    assert any("### " in m.value and ":gray[poor fit, R² " in m.value for m in app.markdown)
    monkeypatch.setattr(spectrum, "GOOD_FIT", -1.0)
    app.run()
    assert not any("poor fit" in h.body for h in app.get("html"))


def test_notes_write_lists_of_numbers_as_other_numbers() -> None:
    result = Result("m", 1.0, notes={"shares": [0.9989644826335222, 0.5], "R2": 0.123456})
    assert analysis_card.facts(result) == ["shares: 0.9990, 0.5000", "R²: 0.1235"]


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


def test_dimension_of_many_samples_is_computed_by_jobs(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_demand, "soon", lambda *_: False)
    st.cache_resource.clear()
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    app.switch_page("pages/spectrum.py").run()
    queue = JobQueue(workspace)
    app.button(key="dimension_compute").click().run()
    assert {job.title for job in queue.jobs()} == {f"{find(name).title} of features at end" for name in ("gride", "local_dimension")}
    deadline = time.monotonic() + 300
    while queue.active():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)
    app.run()
    assert not app.exception and not app.error
    assert any(str(b.key).startswith("paint_local") for b in app.button)


def test_interval_and_null_of_many_samples_wait_until_they_are_asked_for(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    app.session_state["card_stable_rank"] = True
    app.run()
    assert not any(t.key == "stable_rank_uncertain" for t in app.toggle)
    monkeypatch.setattr(analysis_card, "light", lambda *_: False)
    app.session_state["card_stable_rank"] = True
    app.run()
    assert not app.exception and not app.error
    assert app.toggle(key="stable_rank_uncertain").value is False
    assert any("interval=False" in c.value and "'stable_rank'" in c.value for c in app.code)
