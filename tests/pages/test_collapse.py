"""The Collapse page, driven without a browser: every analysis is on it, its values are those of the analyses, clicks select."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from repgeom_core.analyses import along_training, analyze
from repgeom_core.analyses.registry import families
from repgeom_core.bundle import open_bundle
from repgeom_core.figures.frame import number

ROOT = Path(__file__).parents[2]
# The families that each page is home to: every family has a page, and every analysis appears on the page of its family.
OWN = {
    "collapse": "collapse",
    "subspaces": "subspaces",
    "treemap": "hierarchy",
}  # pages of one family; all others stand on Spectrum & dimension
HOMES = {**{page: [family] for page, family in OWN.items()}, "spectrum": [f for f in families() if f not in OWN.values()]}


@pytest.fixture(autouse=True)
def fresh() -> None:
    st.cache_resource.clear()


def opened(page: str, **query: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    for key, value in query.items():
        app.query_params[key] = value
    app.run()
    return app.switch_page(f"pages/{page}.py").run()


def fine(app: AppTest) -> None:
    assert not app.exception and not app.error, [e.value for e in (*app.exception, *app.error)]


def cards(app: AppTest) -> list[str]:
    return [e.label for e in app.expander]


@pytest.mark.parametrize("page", list(HOMES))
def test_every_analysis_appears_on_the_page_of_its_family(workspace: Path, page: str) -> None:
    app = opened(page)
    fine(app)
    for family in HOMES[page]:
        for declared in families()[family]:
            assert f"card_{declared.name}" in app.session_state, f"{declared.name} is not on the page"


@pytest.mark.parametrize("page", list(HOMES))
def test_pages_follow_layer_checkpoint_and_split(workspace: Path, page: str) -> None:
    app = opened(page)
    app.sidebar.selectbox(key="layer").set_value("pixels").run()
    fine(app)
    app.sidebar.selectbox(key="split").set_value("test").run()
    fine(app)
    app.sidebar.select_slider(key="checkpoint").set_value("start").run()
    fine(app)


@pytest.mark.parametrize("page", list(HOMES))
def test_an_empty_workspace_says_what_to_do(workspace: Path, page: str) -> None:
    shutil.rmtree(workspace / "bundles")
    app = opened(page)
    fine(app)
    assert "Load the demo" in app.info[0].value


def test_the_glance_shows_train_and_test_side_by_side(workspace: Path) -> None:
    app = opened("collapse")
    bundle = open_bundle(workspace / "bundles/digits")
    tile = next(h.body for h in app.get("html") if "NC1" in h.body)
    for split in ("train", "test"):
        result = analyze(bundle, "nc1_pinv", "features", "end", split)
        assert number(result.value) in tile
        assert "null (shuffled labels)" in tile and "95 % from" in tile


def test_a_card_shows_the_value_with_its_interval_and_the_code_that_remakes_it(workspace: Path) -> None:
    app = opened("collapse")
    app.session_state["card_nc1_pinv"] = True
    app.run()
    fine(app)
    bundle = open_bundle(workspace / "bundles/digits")
    result = analyze(bundle, "nc1_pinv", "features", "end", "all")
    assert any(f"### {number(result.value)}" in m.value and "95 % interval" in m.value for m in app.markdown)
    text = next(c.value for c in app.code if "'nc1_pinv'" in c.value and "figure_of" in c.value)
    scope: dict = {}
    exec(text.replace(".show()", ""), scope)  # noqa: S102 - the page's own code must run as it stands
    assert scope["result"].value == result.value


def test_all_code_on_the_page_runs(workspace: Path) -> None:
    app = opened("collapse")
    texts = {c.value for c in app.code}
    assert len(texts) >= 6
    for text in texts:
        exec(text.replace(".show()", ""), {})  # noqa: S102


def test_an_analysis_without_its_need_is_grey_and_says_why(workspace: Path) -> None:
    app = opened("collapse")
    app.sidebar.selectbox(key="layer").set_value("pixels").run()
    app.session_state["card_self_duality_error"] = True
    app.run()
    fine(app)
    label = next(label for label in cards(app) if "NC3" in label)
    assert label.startswith(":gray[") and "needs a linear classifier" in label.replace("\\", "")
    assert any("pixels" in c.value and "has none" in c.value for c in app.caption)


def test_selection_only_runs_on_the_selected_samples(workspace: Path) -> None:
    bundle = open_bundle(workspace / "bundles/digits")
    app = opened("collapse")
    history = app.session_state["selection_histories"][bundle.ids_digest]
    mask = np.zeros(bundle.n, bool)
    mask[::2] = True
    history.replace(mask, "test")
    app.toggle(key="selection_only").set_value(True).run()
    app.run()
    fine(app)
    result = analyze(bundle, "nc1_pinv", "features", "end", rows=np.flatnonzero(mask))
    assert any(number(result.value) in h.body and "selection" in h.body for h in app.get("html"))


def test_selection_only_without_a_selection_says_so(workspace: Path) -> None:
    app = opened("collapse")
    app.toggle(key="selection_only").set_value(True).run()
    app.run()
    fine(app)
    assert any("No sample of this split is selected" in i.value for i in app.info)


def test_a_selection_of_one_class_is_told_not_drawn(workspace: Path) -> None:
    bundle = open_bundle(workspace / "bundles/digits")
    for page in ("collapse", "subspaces", "spectrum"):  # the treemap shows the selection in its tree
        app = opened(page)
        app.session_state["selection_histories"][bundle.ids_digest].replace(bundle.y == 1, "test")
        app.toggle(key="selection_only").set_value(True).run()
        app.run()
        fine(app)


def test_a_parameter_out_of_the_declaration_reaches_the_result(workspace: Path) -> None:
    app = opened("spectrum")
    app.session_state["card_power_law_alpha"] = True
    app.run()
    app.number_input(key="power_law_alpha_last").set_value(20).run()
    app.run()
    fine(app)
    bundle = open_bundle(workspace / "bundles/digits")
    result = analyze(bundle, "power_law_alpha", "features", "end", "all", last=20)
    assert any(f"### {number(result.value)}" in m.value for m in app.markdown)
    assert any("last=20" in c.value for c in app.code)


def test_curves_against_the_loss_tell_their_rank_correlation(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened("collapse")
    assert app.button_group(key="curves_over").options == ["Checkpoints", "Depth"]  # three checkpoints are too few
    monkeypatch.setattr(along_training, "FEWEST", 3)
    app = opened("collapse")
    app.button_group(key="curves_over").set_value("Loss").run()
    fine(app)
    told = [c.value for c in app.caption]
    assert any("Spearman" in text for text in told) and any("over 3 checkpoints" in text for text in told)
