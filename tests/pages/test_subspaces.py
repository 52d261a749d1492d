"""The Subspaces page, driven without a browser: matrices, a pair opened, clustering behind a button."""

from __future__ import annotations

from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from repgeom_core.analyses.run import cached
from repgeom_core.bundle import open_bundle

ROOT = Path(__file__).parents[2]


@pytest.fixture
def app(workspace: Path) -> AppTest:
    st.cache_resource.clear()
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    return fine(app.switch_page("pages/subspaces.py").run())


def fine(app: AppTest) -> AppTest:
    assert not app.exception and not app.error, [e.value for e in (*app.exception, *app.error)]
    return app


def test_every_matrix_dimension_and_centring_draws(app: AppTest) -> None:
    for matrix in ("Smallest angle", "Affinity", "Grassmann distance", "Mean angle"):
        app.segmented_control(key="subspace_matrix").set_value(matrix).run()
        fine(app)
    app.number_input(key="subspace_rank").set_value(1).run()
    fine(app)
    app.toggle(key="subspace_centred").set_value(True).run()
    fine(app)


def test_a_pair_opens_and_closes(app: AppTest) -> None:
    app.session_state["subspace_pair"] = [0, 2]
    fine(app.run())
    assert any("The pair zero and two" in m.value for m in app.subheader)
    app.button(key="close_pair").click().run()
    fine(app.run())
    assert not any("The pair" in m.value for m in app.subheader)


def test_a_pair_of_another_bundle_is_forgotten(app: AppTest) -> None:
    app.session_state["subspace_pair"] = [0, 99]
    fine(app.run())
    assert not any("The pair" in m.value for m in app.subheader)


def test_clustering_is_computed_when_asked_and_not_before(app: AppTest, workspace: Path) -> None:
    bundle = open_bundle(workspace / "bundles/digits")
    place = (bundle, "k_subspaces", "features", "end")
    assert cached(*place, interval=False, null=False) is None
    app.button(key="partition_compute").click().run()
    fine(app.run())
    assert cached(*place, interval=False, null=False) is not None
    assert not any(b.key == "partition_compute" for b in app.button)
