"""Copy as code: what stands behind the button of a chart draws that chart."""

from __future__ import annotations

import json
from pathlib import Path

import plotly.graph_objects as go
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages.parts import chart
from repgeom_core.analyses import along_training, analyze
from repgeom_core.bundle import open_bundle

ROOT = Path(__file__).parents[2]
EXPECTED = {
    "collapse": {"class_matrix_chart", "target_matrix", "means_plane", "class_bars", "norms_by_size", "curve_nc1_pinv"},
    "spectrum": {"spectrum", "scale_curve", "local_dimension", "curve_participation_ratio"},
    "subspaces": {
        "subspace_matrix_chart", "accuracy_by_dimension", "coding_rates", "pair_angles", "pair_residuals", "partition_chart", "curve_mcr2",
    },
}  # fmt: skip


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[go.Figure, str]]:
    """Key -> figure and code of every chart that the page shows."""
    st.cache_resource.clear()
    found: dict[str, tuple[go.Figure, str]] = {}
    show = chart.show

    def spy(figure: go.Figure, key: str, code: str, *arguments: object, **options: object) -> None:
        found[key] = (figure, code)
        show(figure, key, code, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(chart, "show", spy)
    return found


def opened(page: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    return app.switch_page(f"pages/{page}.py").run()


def remade(code: str, monkeypatch: pytest.MonkeyPatch) -> go.Figure:
    shown: list[go.Figure] = []
    with monkeypatch.context() as patch:
        patch.setattr(go.Figure, "show", lambda self: shown.append(self))
        exec(code, {})  # noqa: S102 - the page's own code must run as it stands
    (figure,) = shown
    return figure


def same(drawn: dict[str, tuple[go.Figure, str]], monkeypatch: pytest.MonkeyPatch) -> None:
    for key, (figure, code) in drawn.items():
        ours, theirs = (json.loads(f.to_json()) for f in (figure, remade(code, monkeypatch)))
        rows = key == "pair_residuals"  # marks name rows of the bundle, which the code has no need of
        for trace in (*ours["data"], *theirs["data"]) if rows else ():
            trace.pop("customdata", None)
        assert ours["data"] == theirs["data"], f"{key}:\n{code}"
        assert ours["layout"] == theirs["layout"], f"{key}:\n{code}"


@pytest.mark.parametrize("page", list(EXPECTED))
def test_copied_code_draws_the_chart_that_it_stands_behind(
    workspace: Path, page: str, drawn: dict[str, tuple[go.Figure, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    if page == "subspaces":
        analyze(open_bundle(workspace / "bundles/digits"), "k_subspaces", "features", "end", interval=False, null=False)
    app = opened(page)
    if page == "subspaces":
        app.session_state["subspace_pair"] = [0, 1]
        app.run()
    assert not app.exception and EXPECTED[page] <= set(drawn)
    same(drawn, monkeypatch)


@pytest.mark.parametrize("over", ["Depth", "Loss"])
def test_copied_code_draws_curves_over_depth_and_against_the_loss(
    workspace: Path, over: str, drawn: dict[str, tuple[go.Figure, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(along_training, "FEWEST", 3)
    app = opened("collapse")
    drawn.clear()
    app.button_group(key="curves_over").set_value(over).run()
    curves = {key: found for key, found in drawn.items() if key.startswith("curve_")}
    assert curves
    same(curves, monkeypatch)


def test_copied_code_marks_the_selected_classes(
    workspace: Path, drawn: dict[str, tuple[go.Figure, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = open_bundle(workspace / "bundles/digits")
    app = opened("collapse")
    app.session_state["selection_histories"][bundle.ids_digest].replace((bundle.y == 0) | (bundle.y == 2), "test")
    app.run()
    same(drawn, monkeypatch)
