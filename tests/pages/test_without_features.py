"""A bundle that came from a file of trees has no features: pages that need some say where to go, none breaks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages.parts import library, linked
from repgeom_core.bundle import open_bundle
from repgeom_core.sources import read_source
from repgeom_core.sources.to_bundle import dataset_to_bundle

APP = Path(__file__).parents[2] / "app.py"
SAYS = "This bundle has trees but no features: open it on the Treemap page."


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "repgeom.toml").write_text('workspace = "ws"\ndata_roots = ["data"]\n')
    leaves = [
        {"leaf": True, "merging_distance": 1.0, "node_index": i, "instance_index": i, "filename": f"{i}.png", "true_class": "cat",
         "predicted_class": "cat", "similar": [1 - i]} for i in range(2)
    ]  # fmt: skip
    path = tmp_path / "data" / "pets.json"
    path.write_text(json.dumps({"tree": {"leaf": False, "node_index": 2, "children": leaves, "node_count": 2}, "classes": ["cat"]}))
    dataset_to_bundle(read_source(path), tmp_path / "ws" / "bundles" / "pets")
    monkeypatch.setenv("REPGEOM_CONFIG", str(tmp_path / "repgeom.toml"))
    monkeypatch.delenv(library.SERVED, raising=False)
    st.cache_resource.clear()
    return tmp_path


def opened(page: str) -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=60)
    return app.run() if page == "map" else app.run().switch_page(f"pages/{page}.py").run()


@pytest.mark.parametrize("page", ["map", "collapse", "spectrum", "subspaces"])
def test_pages_that_need_features_send_to_the_treemap(workspace: Path, page: str) -> None:
    app = opened(page)
    assert not app.exception and not app.error and [info.value for info in app.info] == [SAYS]


def test_the_sidebar_offers_no_layer_and_says_why(workspace: Path) -> None:
    app = opened("map")
    assert "Layer" not in [box.label for box in app.selectbox] and app.selectbox(key="bundle").value == "pets"
    assert [caption.value for caption in app.sidebar.caption if "no features" in caption.value], [c.value for c in app.sidebar.caption]


def test_the_sample_panel_shows_what_the_tree_came_with_as_similar(workspace: Path) -> None:
    app = AppTest.from_file(str(APP), default_timeout=60).run()
    bundle = open_bundle(workspace / "ws" / "bundles" / "pets")
    app.session_state[linked.focus_key(bundle)] = 0
    app.query_params["panel"] = "Sample"
    app.switch_page("pages/treemap.py").run()
    assert not app.exception and not app.error
    assert "**Similar samples** · nearest first, as they came with the tree" in [text.value for text in app.markdown]


def test_the_load_page_counts_its_trees(workspace: Path) -> None:
    app = opened("load")
    assert not app.exception and any("1 checkpoint · 1 tree" in caption.value for caption in app.caption)
