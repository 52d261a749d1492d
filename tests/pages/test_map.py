"""The Map page, driven without a browser: every control does what it says, and nothing ends in a traceback."""

from __future__ import annotations

import os
import shutil
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages.parts import library
from pages.parts.map import map_panel
from pages.parts.samples import sample_table
from repgeom_core.bundle import append_to, create_bundle, open_bundle
from repgeom_core.jobs import JobQueue
from repgeom_core.sources import Dataset

ROOT = Path(__file__).parents[2]


@pytest.fixture
def app(workspace: Path) -> AppTest:
    st.cache_resource.clear()
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)


def history(app: AppTest, workspace: Path):
    return app.session_state["selection_histories"][open_bundle(workspace / "bundles/digits").ids_digest]


def fine(app: AppTest) -> None:
    assert not app.exception and not app.error, [e.value for e in (*app.exception, *app.error)]


def test_empty_workspace_says_what_to_do(app: AppTest, workspace: Path) -> None:
    shutil.rmtree(workspace / "bundles")
    app.run()
    fine(app)
    assert "Load the demo" in app.info[0].value


def test_the_map_opens_at_the_last_checkpoint_and_layer(app: AppTest) -> None:
    app.run()
    fine(app)
    assert app.sidebar.select_slider(key="checkpoint").value == "end"
    assert app.sidebar.selectbox(key="layer").value == "features"
    assert any("PCA of 240 samples in 64 dimensions" in c.value for c in app.caption)


def test_every_layer_checkpoint_split_and_colour_draws(app: AppTest) -> None:
    app.run()
    for key, values in (("layer", ["pixels", "features"]), ("split", ["train", "test", "all"])):
        for value in values:
            app.sidebar.selectbox(key=key).set_value(value).run()
            fine(app)
    for name in ("start", "middle", "end"):
        app.sidebar.select_slider(key="checkpoint").set_value(name).run()
        fine(app)
    for column in app.selectbox(key="colour").options:
        app.selectbox(key="colour").set_value(column).run()
        fine(app)


def test_column_with_too_many_classes_is_left_out_of_the_colours_and_named(app: AppTest, workspace: Path) -> None:
    path = workspace / "bundles/digits"
    classes = tuple(f"c{i}" for i in range(66_000))
    samples = pd.DataFrame({"id": list("abcd"), "label": pd.Categorical.from_codes([0, 1, 2, 65_999], categories=list(classes))})
    shutil.rmtree(path)
    create_bundle(path, Dataset("many", samples, classes)).add_checkpoint("end", features={"x": np.eye(4, dtype=np.float32)})
    app.run()
    fine(app)
    assert app.selectbox(key="colour").options == ["all samples"]
    assert "Not offered: label." in app.selectbox(key="colour").help
    assert any("PCA of 4 samples" in c.value for c in app.caption)


def test_checkpoint_appended_anew_has_its_new_predictions_on_the_map(
    app: AppTest, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workspace / "bundles/digits"
    app.query_params["colour"] = "prediction"
    sent: list[np.ndarray] = []
    encode = map_panel.encode_column
    monkeypatch.setattr(map_panel, "encode_column", lambda column: sent.append(np.asarray(column.cat.codes)) or encode(column))
    app.run()
    bundle = open_bundle(path)
    X, logits = np.asarray(bundle.features("features", "end")), np.asarray(bundle.logits("end"))
    writer = append_to(path)
    writer.delete_checkpoint("end")
    writer.add_checkpoint("end", features={"features": X}, logits=-logits)
    app.run()
    fine(app)
    np.testing.assert_array_equal(sent[-1], logits.argmin(axis=1))


def test_search_selects_what_it_finds(app: AppTest, workspace: Path) -> None:
    app.run()
    app.text_input(key="search").set_value("two").run()
    fine(app)
    bundle = open_bundle(workspace / "bundles/digits")
    np.testing.assert_array_equal(history(app, workspace).current.mask, bundle.y == 2)
    assert history(app, workspace).writer == "search"
    app.run()
    app.text_input(key="search").set_value("digit-017").run()
    assert history(app, workspace).current.rows.tolist() == [17]


def test_undo_redo_invert_and_clear(app: AppTest, workspace: Path) -> None:
    app.run()
    app.text_input(key="search").set_value("two").run()
    twos = history(app, workspace).current.mask
    app.button(key="selection_Invert").click().run()
    np.testing.assert_array_equal(history(app, workspace).current.mask, ~twos)
    app.button(key="selection_Undo").click().run()
    np.testing.assert_array_equal(history(app, workspace).current.mask, twos)
    app.button(key="selection_Redo").click().run()
    np.testing.assert_array_equal(history(app, workspace).current.mask, ~twos)
    app.button(key="selection_Clear").click().run()
    assert history(app, workspace).current.count == 0
    fine(app)


def test_a_saved_selection_survives_the_session_and_combines(app: AppTest, workspace: Path) -> None:
    app.run()
    app.text_input(key="search").set_value("two").run()
    app.text_input(key="selection_name").set_value("<b>twos</b>")
    next(b for b in app.button if b.label == "Save").click().run()
    fine(app)
    assert "<b>twos</b>" in (workspace / "bundles/digits/selections.json").read_text()
    st.cache_resource.clear()
    later = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    later.text_input(key="search").set_value("one").run()
    later.button(key="saved_union").click().run()
    fine(later)
    y = open_bundle(workspace / "bundles/digits").y
    np.testing.assert_array_equal(history(later, workspace).current.mask, (y == 1) | (y == 2))
    later.button(key="saved_difference").click().run()
    np.testing.assert_array_equal(history(later, workspace).current.mask, y == 1)
    later.button(key="saved_intersection").click().run()
    assert history(later, workspace).current.count == 0
    later.button(key="saved_restore").click().run()
    np.testing.assert_array_equal(history(later, workspace).current.mask, y == 2)


def test_names_of_selections_are_those_of_the_bundle_although_copies_share_the_selection(app: AppTest, workspace: Path) -> None:
    shutil.copytree(workspace / "bundles/digits", workspace / "bundles/copy")
    for bundle, name in (("digits", "mine"), ("copy", "other"), ("digits", "more")):
        app.query_params["bundle"] = bundle
        app.run()
        app.sidebar.selectbox(key="bundle").set_value(bundle).run()
        app.text_input(key="search").set_value("two").run()
        app.text_input(key="selection_name").set_value(name)
        next(b for b in app.button if b.label == "Save").click().run()
        fine(app)
        assert history(app, workspace).current.count
    assert history(app, workspace).names == ("mine", "more")
    app.run()
    app.sidebar.selectbox(key="bundle").set_value("copy").run()
    assert history(app, workspace).names == ("other",)


def test_filters_narrow_what_is_shown(app: AppTest, workspace: Path) -> None:
    app.run()
    digest = open_bundle(workspace / "bundles/digits").ids_digest[:8]
    app.multiselect(key=f"filters_{digest}_columns").set_value(["label"]).run()
    app.multiselect(key=f"filters_{digest}:label").set_value(["two"]).run()
    fine(app)
    twos = int((open_bundle(workspace / "bundles/digits").y == 2).sum())
    assert any(f"Filters show {twos} of 240" in c.value for c in app.caption)


def test_any_numeric_column_can_be_filtered_also_with_tiny_infinite_and_huge_numbers(app: AppTest, workspace: Path) -> None:
    path = workspace / "bundles/digits"
    table = open_bundle(path).samples().assign(
        tiny=np.linspace(0, 1e-6, 240), infinite=[np.inf, -np.inf, *range(238)], huge=np.arange(240) + 2**60
    )  # fmt: skip
    shutil.rmtree(path)
    create_bundle(path, Dataset("digits", table, tuple(table["label"].cat.categories))).add_checkpoint(
        "end", features={"x": np.eye(240, dtype=np.float32)}
    )
    app.run()
    key = f"filters_{open_bundle(path).ids_digest[:8]}"
    app.multiselect(key=f"{key}_columns").set_value(["tiny", "infinite", "huge"]).run()
    fine(app)
    app.slider(key=f"{key}:tiny").set_value((0.0, 5e-7)).run()
    fine(app)
    assert any("Filters show 120 of 240" in c.value for c in app.caption)


def test_filter_on_the_loss_stays_when_the_checkpoint_changes(app: AppTest, workspace: Path) -> None:
    app.run()
    key = f"filters_{open_bundle(workspace / 'bundles/digits').ids_digest[:8]}"
    app.multiselect(key=f"{key}_columns").set_value(["loss"]).run()
    bundle = open_bundle(workspace / "bundles/digits")
    low, high = app.slider(key=f"{key}:loss").value
    app.slider(key=f"{key}:loss").set_value((low, high / 2)).run()
    for checkpoint in ("end", "start", "middle", "end"):
        app.sidebar.select_slider(key="checkpoint").set_value(checkpoint).run()
        fine(app)
        count = int((bundle.samples(checkpoint)["loss"] <= high / 2).sum())
        assert any(f"Filters show {count} of 240" in c.value for c in app.caption)


def test_umap_of_a_bundle_made_anew_is_computed_anew(app: AppTest, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    queue = JobQueue(workspace, command=(sys.executable, "-c", ""))
    monkeypatch.setattr(library, "jobs", lambda: queue)
    app.query_params["method"] = "UMAP"
    app.run()
    for _ in range(400):
        if not queue.active():
            break
        time.sleep(0.05)
    app.run()
    (first,) = queue.jobs()
    told = [w.value.replace("\\", "") for w in app.warning]
    assert any("The UMAP is not there: What was computed is no longer there. PCA is shown meanwhile." in words for words in told)
    os.utime(workspace / "bundles/digits/manifest.json", (time.time() + 1, time.time() + 1))
    app.run()
    assert [job.id for job in queue.jobs()] != [first.id]


@pytest.mark.parametrize("view", ["Gallery", "Table", "Neighbours"])
def test_every_view_draws_with_and_without_a_selection(app: AppTest, view: str) -> None:
    app.query_params["view"] = view
    app.run()
    fine(app)
    assert app.segmented_control(key="view").value == view
    app.text_input(key="search").set_value("digit-017").run()
    fine(app)


def test_rows_ticked_in_another_bundles_table_are_not_shown_here(app: AppTest, workspace: Path) -> None:
    app.query_params["view"] = "Table"
    app.run()
    mask = np.zeros(240, bool)
    mask[[3, 5]] = True
    history(app, workspace).replace(mask, sample_table.WRITER)
    app.session_state[sample_table.KEPT] = sample_table.Kept(("another bundle", 0), np.array([7, 9_999]), "table_x")
    app.run()
    fine(app)
    assert list(app.dataframe[0].value["id"]) == ["digit-003", "digit-005"]


def test_a_damaged_bundle_is_a_sentence_that_names_the_file(app: AppTest, workspace: Path) -> None:
    shard = next((workspace / "bundles/digits/features/end/features").glob("*.npy"))
    shard.write_bytes(shard.read_bytes()[:-5])
    app.run()
    assert not app.exception
    assert "truncated" in app.error[0].value and "features" in app.error[0].value


def test_the_url_names_the_view(app: AppTest) -> None:
    app.query_params["checkpoint"] = "start"
    app.query_params["layer"] = "pixels"
    app.query_params["colour"] = "loss"
    app.run()
    fine(app)
    assert app.sidebar.select_slider(key="checkpoint").value == "start"
    assert app.sidebar.selectbox(key="layer").value == "pixels"
    assert app.selectbox(key="colour").value == "loss"


def test_a_nonsense_url_falls_back_to_the_defaults(app: AppTest) -> None:
    for key in ("bundle", "checkpoint", "layer", "split", "colour", "method", "view"):
        app.query_params[key] = "../../etc/passwd"
    app.run()
    fine(app)
    assert app.sidebar.selectbox(key="bundle").value == "digits"
