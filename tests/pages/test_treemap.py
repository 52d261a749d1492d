"""The Treemap page without a browser: every control does what it says in every state of the data, and nothing ends in a traceback."""

from __future__ import annotations

import dataclasses
import io
import json
import shutil
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages.parts import library, linked
from pages.parts.sidebar import Picked
from pages.parts.treemap import (
    class_table_panel,
    computed_colours,
    sample_details,
    tree_choice,
    tree_code,
    tree_data,
    tree_exports,
    tree_view,
    treemap_panel,
    two_trees_panel,
)
from repgeom_core.bundle import create_bundle, open_bundle
from repgeom_core.cli import main
from repgeom_core.hierarchy.bundle_trees import bundle_tree
from repgeom_core.hierarchy.class_table import class_table
from repgeom_core.hierarchy.cut import cut, heights_of_cut
from repgeom_core.hierarchy.cut_line import cut_line
from repgeom_core.hierarchy.files.dendromap import read_dendromap
from repgeom_core.hierarchy.files.stored import store_tree
from repgeom_core.jobs import Job, JobQueue
from repgeom_core.linalg.neighbours import neighbours
from repgeom_core.sources import Dataset, read_source
from repgeom_core.sources.to_bundle import dataset_to_bundle
from repgeom_core.views.payloads import pack_neighbours

ROOT = Path(__file__).parents[2]
CLASS_FILE = ROOT.parent / "shared/data/dendromap/cifar10_resnet50_classes.json"
PANELS = ["Map", "Dendrogram", "Classes", "Sample", "Two trees"]


@pytest.fixture
def app(workspace: Path) -> AppTest:
    st.cache_resource.clear()
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)


def opened(app: AppTest, **address: str) -> AppTest:
    """The page, opened by an address."""
    for name, value in address.items():
        app.query_params[name] = value
    return app.switch_page("pages/treemap.py").run()


def fine(app: AppTest) -> None:
    assert not app.exception and not app.error, [e.value for e in (*app.exception, *app.error)]


def said(app: AppTest) -> str:
    """All captions and notes, without what escapes Markdown."""
    return "\n".join(element.value.replace("\\", "") for element in (*app.caption, *app.info, *app.warning, *app.markdown))


def digits(workspace: Path):
    return open_bundle(workspace / "bundles/digits")


def replaced(workspace: Path, samples: pd.DataFrame, classes: tuple[str, ...], X: np.ndarray) -> None:
    path = workspace / "bundles/digits"
    shutil.rmtree(path)
    create_bundle(path, Dataset("digits", samples, classes)).add_checkpoint("end", features={"x": X.astype(np.float32)})


def everything_draws(app: AppTest) -> None:
    for panel in PANELS:
        app.segmented_control(key="panel").set_value(panel).run()
        fine(app)
    for colour in app.selectbox(key="box_colour").options:
        app.selectbox(key="box_colour").set_value(colour).run()
        fine(app)


def test_the_page_opens_with_ward_in_eight_boxes_coloured_by_accuracy(app: AppTest) -> None:
    opened(app)
    fine(app)
    assert app.selectbox(key="tree").value == "Ward"
    assert app.slider(key="k").value == 8
    assert app.selectbox(key="box_colour").value == "accuracy"
    assert "Ward tree of features at end · 8 clusters of 240 samples" in said(app)


def test_every_panel_and_every_colour_draws(app: AppTest) -> None:
    everything_draws(opened(app))


@pytest.mark.parametrize("linkage", ["Average", "Complete", "Single"])
def test_every_linkage_draws(app: AppTest, linkage: str) -> None:
    opened(app, tree=linkage, panel="Dendrogram")
    fine(app)
    assert f"{linkage} tree of features at end" in said(app)


def test_the_address_restores_root_clusters_and_colour(app: AppTest, workspace: Path) -> None:
    tree = bundle_tree(digits(workspace), "features", "end").tree
    node = int(cut(tree, 3)[1])
    opened(app, root=str(node), k="5", box_colour="purity")
    fine(app)
    assert app.slider(key="k").value == 5 and app.selectbox(key="box_colour").value == "purity"
    assert f"5 clusters of {tree.count[node]:,} of 240 samples" in said(app)
    assert str(node) in app.query_params["root"]


def test_back_and_forward_take_the_page_to_the_root_of_their_address(
    app: AppTest, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = bundle_tree(digits(workspace), "features", "end").tree
    node = int(cut(tree, 3)[1])
    opened(app, root=str(node))
    monkeypatch.setattr(linked, "_by_history", lambda: True)
    del app.query_params["root"]
    app.run()
    fine(app)
    assert "8 clusters of 240 samples" in said(app) and "root" not in app.query_params
    app.query_params["root"] = str(node)
    app.run()
    assert f"8 clusters of {tree.count[node]:,} of 240 samples" in said(app)


def test_a_run_asked_for_before_the_browser_heard_of_a_zoom_does_not_undo_it(app: AppTest, workspace: Path) -> None:
    node = int(cut(bundle_tree(digits(workspace), "features", "end").tree, 3)[1])
    opened(app, root=str(node))
    del app.query_params["root"]  # what the browser said of its address then
    app.run()
    assert "8 clusters of 240 samples" not in said(app) and str(node) in app.query_params["root"]


def test_a_zoom_enters_the_address_only_after_its_rerun_has_begun(app: AppTest, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rerun asked for carries the address of that moment, and takes the place of a browser's Back that waits beside it."""
    tree = bundle_tree(digits(workspace), "features", "end").tree
    opened(app, panel="Sample")
    asked: list[bool] = []

    def redraw() -> NoReturn:
        asked.append("root" in st.query_params)
        st.rerun()

    monkeypatch.setattr(tree_view, "redraw", redraw)
    app.session_state[linked.focus_key(digits(workspace))] = 3
    app.run()
    app.button(key="sample_to_box").click().run()
    fine(app)
    assert asked == [False]
    assert tree.n <= int("".join(app.query_params["root"])) < tree.root


def test_back_is_followed_though_a_run_was_cut_short(app: AppTest, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = bundle_tree(digits(workspace), "features", "end").tree
    opened(app, root=str(int(cut(tree, 3)[1])))
    assert "8 clusters of 240 samples" not in said(app)
    del app.query_params["root"]
    with monkeypatch.context() as short:
        short.setattr(tree_choice, "get", lambda *_: st.stop())
        short.setattr(linked, "_by_history", lambda: True)
        app.run()
    app.run()
    assert "8 clusters of 240 samples" in said(app) and "root" not in app.query_params


def test_a_root_is_written_again_where_the_browser_had_not_heard_of_the_last_one(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two quick zooms, in and out: the second comes with an address from before the first, and after it the browser takes the first's."""
    tree = bundle_tree(digits(workspace), "features", "end").tree
    shown = SimpleNamespace(key="a tree", tree=tree)
    sent: list[dict[str, str]] = []

    class Address(dict[str, str]):
        def update(self) -> None:
            sent.append(dict(self))

    written = {tree_view.ROOT: (shown.key, tree.root), tree_view.WRITTEN: str(tree.root - 1)}
    monkeypatch.setattr(tree_view, "st", SimpleNamespace(session_state=written, query_params=Address(k="5")))
    tree_view.write_address(shown)
    assert sent == [{"k": "5"}] and written[tree_view.WRITTEN] is None
    tree_view.write_address(shown)
    assert len(sent) == 1


@pytest.mark.parametrize("root", ["9999", "-3", "x", "7"])
def test_a_root_that_is_no_cluster_of_the_tree_is_told_and_the_whole_is_shown(app: AppTest, root: str) -> None:
    opened(app, root=root)
    fine(app)
    assert any("the whole tree is shown" in toast.value for toast in app.toast)
    assert "8 clusters of 240 samples" in said(app) and "root" not in app.query_params


def test_a_nonsense_address_falls_back_to_the_defaults(app: AppTest) -> None:
    opened(app, **dict.fromkeys(("tree", "k", "cut_mode", "box_colour", "panel", "only_class", "class_as"), "../../etc/passwd"))
    fine(app)
    assert app.selectbox(key="tree").value == "Ward"


@pytest.mark.parametrize("k", ["0", "1", "5000", "-2", "2.5"])
def test_a_number_of_clusters_out_of_bounds_is_none(app: AppTest, k: str) -> None:
    opened(app, k=k, panel="Dendrogram")
    fine(app)
    assert 2 <= app.slider(key="k").value <= 100


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("tree", "Stored: lost", "the tree “Stored: lost”. There is no such choice here: Ward is shown."),
        ("box_colour", "mean <b>glow</b>", "the colour “mean <b>glow</b>”. There is no such choice here: boxes are coloured by accuracy."),
        ("k", "101", "“101” clusters. There is no such choice here: 8 are shown."),
        ("panel", "Nowhere", "the panel “Nowhere”. There is no such choice here: Map is open."),
        ("cut_mode", "luck", "boxes split by “luck”. There is no such choice here: they are split by height."),
        ("only_class", "nine", "the class “nine”. There is no such choice here: all classes are shown."),
    ],
)
def test_an_address_that_asks_for_what_is_not_there_is_told_so_once(app: AppTest, name: str, value: str, told: str) -> None:
    fine(opened(app, **{name: value}))
    assert [toast.value.replace("\\", "") for toast in app.toast] == [f"The link asks for {told}"]
    app.run()
    fine(app)
    assert not app.toast


def test_an_address_that_asks_for_what_is_there_is_not_remarked_upon(app: AppTest) -> None:
    fine(opened(app, tree="Ward", box_colour="purity", k="9", panel="Classes", cut_mode="count", only_class="two"))
    assert not app.toast
    assert app.slider(key="k").value == 9 and app.selectbox(key="only_class").value == "two"


def test_a_nonsense_second_tree_falls_back_to_one_that_is_there(app: AppTest) -> None:
    nonsense = dict.fromkeys(("tree_b", "checkpoint_b", "layer_b", "box_since"), "nothing like it")
    opened(app, panel="Two trees", box_colour="change of loss", **nonsense)
    fine(app)
    assert "Cophenetic correlation" in said(app) and "minus that at middle" in said(app)


def test_a_change_of_accuracy_is_said_in_points_wherever_it_is_said(app: AppTest) -> None:
    fine(opened(app, panel="Dendrogram", box_colour="change of accuracy"))
    (colour,) = [line for line in said(app).splitlines() if "Colour: mean accuracy at end minus that at middle" in line]
    assert "in percentage points; from −" in colour and " points to +" in colour and "%" not in colour.partition("Colour")[2]


def test_root_of_one_tree_is_not_that_of_another(app: AppTest, workspace: Path) -> None:
    opened(app, root=str(bundle_tree(digits(workspace), "features", "end").tree.root - 1))
    app.sidebar.selectbox(key="layer").set_value("pixels").run()
    fine(app)
    assert "8 clusters of 240 samples" in said(app) and "root" not in app.query_params


def test_cut_line_and_number_of_clusters_are_one_choice(app: AppTest, workspace: Path) -> None:
    tree = bundle_tree(digits(workspace), "features", "end").tree
    opened(app, panel="Dendrogram")
    low, high = heights_of_cut(tree, 8)
    assert low <= app.select_slider(key="cut_height").value < high
    app.select_slider(key="cut_height").set_value(cut_line(tree).stop(3)).run()
    fine(app)
    assert app.slider(key="k").value == 3
    app.slider(key="k").set_value(20).run()
    low, high = heights_of_cut(tree, 20)
    assert low <= app.select_slider(key="cut_height").value < high


def test_the_cut_slider_moves_evenly_along_the_log_axis_of_the_dendrogram(app: AppTest, workspace: Path) -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 3)) * 10.0 ** rng.integers(0, 4, (60, 1))
    replaced(workspace, pd.DataFrame({"id": [f"s{i}" for i in range(60)]}), (), X)
    fine(opened(app, panel="Dendrogram"))
    stops = np.log([float(option) for option in app.select_slider(key="cut_height").options])
    assert abs(stops[len(stops) // 2] - (stops[0] + stops[-1]) / 2) < 0.1 * (stops[-1] - stops[0])


@pytest.mark.parametrize(
    ("X", "told"),
    [
        (np.zeros((5, 2)), "All merges are at height 0"),
        (np.eye(5), "5 clusters of the 8 asked for"),
        (np.array([[0.0], [1.0]]), "2 clusters of the 8 asked for"),
        (np.array([[0.0], [0.0], [0.0], [5.0], [9.0]]), "5 clusters of the 8 asked for"),
    ],
)
def test_the_dendrogram_of_equal_and_zero_heights_and_of_two_leaves_is_drawn(
    app: AppTest, workspace: Path, X: np.ndarray, told: str
) -> None:
    replaced(workspace, pd.DataFrame({"id": [f"s{i}" for i in range(len(X))]}), (), X)
    fine(opened(app, panel="Dendrogram"))
    assert told in said(app)
    for k in (2, 3, 5):
        app.slider(key="k").set_value(k).run()
        fine(app)


def test_more_clusters_than_samples_is_said(app: AppTest, workspace: Path) -> None:
    replaced(workspace, pd.DataFrame({"id": list("abcde")}), (), np.eye(5))
    opened(app, k="40")
    fine(app)
    assert "5 clusters of the 40 asked for" in said(app)


def test_a_class_is_picked_out_or_has_its_own_tree(app: AppTest, workspace: Path) -> None:
    opened(app)
    twos = int((digits(workspace).y == 2).sum())
    app.selectbox(key="only_class").set_value("two").run()
    fine(app)
    assert "clusters of 240 samples" in said(app)
    app.segmented_control(key="class_as").set_value(tree_choice.OWN).run()
    fine(app)
    assert f"clusters of {twos} samples" in said(app) and "class two, features at end" in said(app)


def test_the_selection_has_its_own_tree_and_there_is_a_way_back(app: AppTest, workspace: Path) -> None:
    opened(app)
    app.button(key="tree_of_selected").click().run()
    assert any("Select at least two samples" in toast.value for toast in app.toast)
    mask = digits(workspace).y == 1
    app.session_state["selection_histories"][digits(workspace).ids_digest].replace(mask, "test")
    app.button(key="tree_of_selected").click().run()
    fine(app)
    assert f"clusters of {mask.sum()} samples" in said(app)
    app.button(key="tree_back").click().run()
    fine(app)
    assert "clusters of 240 samples" in said(app)


def test_bundle_without_labels_and_predictions_is_shown_by_height(app: AppTest, workspace: Path) -> None:
    samples = pd.DataFrame({"id": [f"s{i}" for i in range(30)], "weight": np.arange(30.0)})
    replaced(workspace, samples, (), np.random.default_rng(0).normal(size=(30, 4)))
    opened(app)
    fine(app)
    assert app.selectbox(key="box_colour").value == "height" and "mean weight" in app.selectbox(key="box_colour").options
    everything_draws(app)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_very_few_samples_are_shown(app: AppTest, workspace: Path, n: int) -> None:
    label = pd.Categorical(["only"] * n, categories=["only"])
    replaced(workspace, pd.DataFrame({"id": [f"s{i}" for i in range(n)], "label": label}), ("only",), np.arange(4.0 * n).reshape(n, 4))
    everything_draws(opened(app))


@pytest.mark.parametrize("labelled", [True, False])
def test_a_plain_vector_is_drawn_over_the_mean_of_its_class_or_of_all_and_so_are_its_neighbours(
    app: AppTest, workspace: Path, labelled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    y = np.arange(30) % 2
    X = np.random.default_rng(0).normal(size=(30, 6)) + 3 * y[:, None]
    samples = pd.DataFrame({"id": [f"s{i}" for i in range(30)]})
    classes = ("even", "odd") if labelled else ()
    if labelled:
        samples["label"] = pd.Categorical.from_codes(y, categories=pd.Index(classes))
    replaced(workspace, samples, classes, X)
    app.session_state[linked.focus_key(digits(workspace))] = 3
    tiles = []
    monkeypatch.setattr(sample_details.gallery, "show", lambda *_, curves=None, **__: tiles.append(curves))
    fine(opened(app, panel="Sample"))
    (figure,) = (json.loads(chart.proto.spec) for chart in app.get("plotly_chart") if "activation" in chart.proto.spec)
    names = [trace["name"] for trace in figure["data"]]
    assert names == ["± 1 sd", "mean of odd" if labelled else "mean of all", "s3"]
    assert len(tiles) == 1 and tiles[0].shape == (15, 6)
    others = X[y == 1] if labelled else X
    mean, sd = sample_details._spread(*_spread_of(workspace, labelled))
    np.testing.assert_allclose(mean, others.mean(axis=0), atol=1e-5)
    np.testing.assert_allclose(sd, others.std(axis=0), atol=1e-5)


def _spread_of(workspace: Path, labelled: bool) -> tuple[tree_choice.Shown, int, tuple[str]]:
    found = bundle_tree(digits(workspace), "x", "end")
    shown = tree_choice.Shown(Picked(digits(workspace), "end", "x", "all"), found.tree, found.rows, "x at end", "Ward")
    return shown, 1 if labelled else -1, (f"{workspace} {labelled}",)


def test_text_samples_are_shown(app: AppTest, workspace: Path) -> None:
    samples = pd.DataFrame({"id": [f"s{i}" for i in range(20)], "text": [f"<b>line</b> *{i}*" for i in range(20)]})
    replaced(workspace, samples, (), np.random.default_rng(0).normal(size=(20, 3)))
    everything_draws(opened(app))


def test_a_stored_tree_is_shown_without_features(app: AppTest, workspace: Path) -> None:
    path = workspace / "bundles/digits"
    tree = bundle_tree(digits(workspace), "features", "end").tree
    shutil.rmtree(path)
    samples = pd.DataFrame({"id": [f"s{i}" for i in range(240)]})
    create_bundle(path, Dataset("digits", samples, ())).add_checkpoint("data", features={})
    store_tree(path, "of the paper", tree)
    opened(app)
    fine(app)
    assert app.selectbox(key="tree").value == "Stored: of the paper"
    everything_draws(app)


def test_a_damaged_stored_tree_is_told_and_the_others_are_shown(app: AppTest, workspace: Path) -> None:
    store_tree(digits(workspace), "mine", bundle_tree(digits(workspace), "features", "end").tree)
    (workspace / "bundles/digits/trees/broken.npz").write_bytes(b"nothing")
    opened(app, tree="Stored: mine")
    fine(app)
    assert "broken.npz is damaged" in said(app) and "The tree “mine” that came with the data" in said(app)


def test_a_large_tree_is_computed_by_a_job(app: AppTest, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    queue = JobQueue(workspace, command=(sys.executable, "-c", "import time; time.sleep(30)"))
    monkeypatch.setattr(library, "jobs", lambda: queue)
    monkeypatch.setattr(tree_choice, "AT_ONCE", 100)
    opened(app)
    fine(app)
    (job,) = queue.jobs()
    assert job.arguments[0] == "treemap" and "--layer=features" in job.arguments
    assert not app.selectbox(key="tree").disabled and any(b.label == "Cancel" for b in app.button)
    job.cancel()


@pytest.fixture
def sleeping(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> JobQueue:
    """A queue whose jobs come to nothing, for pages that compute as little as they can themselves."""
    queue = JobQueue(workspace, command=(sys.executable, "-c", "import time; time.sleep(30)"))
    monkeypatch.setattr(library, "jobs", lambda: queue)
    monkeypatch.setattr(tree_data, "MOST_NEIGHBOURS", 100)
    monkeypatch.setattr(two_trees_panel, "AT_ONCE", 100)
    return queue


def ended(job: Job) -> None:
    deadline = time.monotonic() + 20  # on a busy machine
    while job.active and time.monotonic() < deadline:
        time.sleep(0.02)


def done(queue: JobQueue, command: str) -> None:
    """Does what the one job was asked, and ends it."""
    (job,) = queue.jobs()
    assert job.arguments[0] == command
    assert main([*job.arguments, "--progress", "none"]) == 0
    job.cancel()
    ended(job)


def cancelled(app: AppTest, queue: JobQueue) -> None:
    """Cancel ends the job, and Try again starts another."""
    next(button for button in app.button if button.label == "Cancel").click().run()
    (job,) = queue.jobs()
    ended(job)
    assert job.state == "cancelled"
    app.run()
    fine(app)
    next(button for button in app.button if button.label == "Try again").click().run()
    fine(app)
    assert queue.jobs()[0].active


def test_a_large_comparison_is_made_by_a_job_and_found_again(app: AppTest, sleeping: JobQueue) -> None:
    opened(app, panel="Two trees")
    fine(app)
    assert "Cophenetic correlation" not in said(app)
    cancelled(app, sleeping)
    done(sleeping, "compare")
    app.run()
    fine(app)
    assert "Cophenetic correlation" in said(app) and not [b for b in app.button if b.label in ("Cancel", "Try again")]


def test_a_large_comparison_of_a_class_and_a_stored_tree_is_found_where_the_page_looks(app: AppTest, sleeping: JobQueue) -> None:
    workspace = sleeping.folder.parent
    bundle = digits(workspace)
    store_tree(bundle, "mine", bundle_tree(bundle, "features", "end").tree)
    two_trees_panel.AT_ONCE = 10  # the fixture puts it back
    opened(app, tree="Stored: mine", panel="Two trees")
    fine(app)
    done(sleeping, "compare")
    app.run()
    assert "Cophenetic correlation" in said(app)
    for job in sleeping.jobs():
        job.remove()
    app.selectbox(key="tree").set_value("Ward").run()
    app.selectbox(key="only_class").set_value("two").run()
    app.segmented_control(key="class_as").set_value(tree_choice.OWN).run()
    fine(app)
    done(sleeping, "compare")
    app.run()
    assert "Cophenetic correlation" in said(app)


def test_many_similar_samples_are_found_by_a_job_and_found_again(app: AppTest, sleeping: JobQueue, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = []
    monkeypatch.setattr(treemap_panel.payloads, "pack_neighbours", lambda indices: packed.append(indices) or pack_neighbours(indices))
    monkeypatch.setattr(computed_colours, "_offer_local_dimension", lambda scope: None)  # it would find the same neighbours
    app.session_state["similar"] = True
    fine(opened(app))
    cancelled(app, sleeping)
    assert not packed
    done(sleeping, "neighbours")
    app.run()
    fine(app)
    X = np.asarray(digits(sleeping.folder.parent).features("features", "end"))
    np.testing.assert_array_equal(packed, [neighbours(X, 15).indices])


def test_a_large_neighbourhood_change_is_computed_by_a_job_when_asked_and_found_again(app: AppTest, sleeping: JobQueue) -> None:
    opened(app)
    assert not sleeping.jobs()
    app.button(key="compute_neighbourhood_change").click().run()
    fine(app)
    cancelled(app, sleeping)
    done(sleeping, "neighbours")
    app.run()
    app.button(key="paint_neighbourhood_change").click().run()
    fine(app)
    assert app.selectbox(key="box_colour").value == "mean neighbourhood change to start · features · end"
    assert any("change on average" in toast.value for toast in app.toast)


def test_the_class_search_does_not_mind_upper_case(app: AppTest) -> None:
    opened(app, panel="Classes")
    app.text_input(key="class_search").set_value("TWO").run()
    fine(app)
    table = next(frame.value for frame in app.dataframe if "recall" in frame.value)
    assert table["class"].tolist() == ["two"]
    app.text_input(key="class_search").set_value("no such").run()
    fine(app)
    assert "No class of this cluster is called so." in said(app)


def test_neighbourhood_change_and_local_dimension_become_colours(app: AppTest) -> None:
    opened(app)
    app.button(key="paint_neighbourhood_change").click().run()
    fine(app)
    assert app.selectbox(key="box_colour").value == "mean neighbourhood change to start · features · end"
    assert any("change on average" in toast.value for toast in app.toast)


def test_a_local_dimension_of_other_samples_is_not_said_to_be_among_the_colours(app: AppTest, workspace: Path) -> None:
    """A column is kept by layer and checkpoint: one of another split has nothing for these samples."""
    bundle = digits(workspace)
    name = "local dimension · features · end"
    app.session_state["extra_columns"] = {bundle.ids_digest: {name: np.full(bundle.n, np.nan)}}
    opened(app)
    fine(app)
    assert f"mean {name}" not in app.selectbox(key="box_colour").options
    assert "Among the colours" not in said(app)
    app.button(key="paint_local_dimension").click().run()
    fine(app)
    assert app.selectbox(key="box_colour").value == f"mean {name}"
    assert "Among the colours" in said(app)


def test_trees_of_two_checkpoints_are_compared(app: AppTest) -> None:
    opened(app, panel="Two trees")
    fine(app)
    assert app.selectbox(key="checkpoint_b").value == "middle" and "Cophenetic correlation" in said(app)
    app.button(key="colour_by_b").click().run()
    fine(app)
    assert app.selectbox(key="box_colour").value == "purity in tree B"
    for view in ("Tanglegram", "Broken clusters", "Treemap B", "By k"):
        app.segmented_control(key="two_trees").set_value(view).run()
        fine(app)
    app.selectbox(key="checkpoint_b").set_value("end").run()
    fine(app)
    assert "Tree B is the tree shown" in said(app)


def test_markup_in_class_names_stays_text(app: AppTest) -> None:
    everything_draws(opened(app, box_colour="majority class", only_class="<img src=x onerror=alert(1)>"))
    assert not any("<img" in element.value for element in (*app.caption, *app.markdown))


def test_a_balanced_subset_becomes_the_selection(app: AppTest, workspace: Path) -> None:
    opened(app)
    next(field for field in app.number_input if field.label.startswith("Balanced subset")).set_value(40).run()
    app.button(key="balanced_select").click().run()
    fine(app)
    assert app.session_state["selection_histories"][digits(workspace).ids_digest].current.count == 40


def test_the_exported_page_begins_with_what_the_address_asks_for(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    made: dict[str, Any] = {}
    monkeypatch.setattr(tree_exports, "_download", lambda label, suffix, stem, mime, file, help: made.setdefault(suffix, file))
    fine(opened(app, k="12", box_colour="entropy"))
    assert made["html"].args[1:] == (12, "entropy")


def test_exports_are_read_back(workspace: Path) -> None:
    bundle = digits(workspace)
    found = bundle_tree(bundle, "features", "end", "test")
    shown = tree_choice.Shown(Picked(bundle, "end", "features", "test"), found.tree, found.rows, "test, features at end", "Ward")
    np.testing.assert_array_equal(np.load(io.BytesIO(tree_exports._scipy(shown)))[:, 2], found.tree.height)
    path = workspace / "tree.json"
    path.write_bytes(tree_exports._dendromap(shown))
    (kept,) = read_dendromap(path).trees.values()
    np.testing.assert_allclose(kept.tree.height, found.tree.height)


def test_neighbours_beside_a_stored_tree_are_those_of_the_checkpoint_shown(app: AppTest, workspace: Path) -> None:
    """The tree is the same at every checkpoint, the nearest neighbours are not."""
    bundle = digits(workspace)
    store_tree(bundle, "mine", bundle_tree(bundle, "features", "end").tree)
    sent = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(treemap_panel.payloads, "pack_neighbours", lambda indices: sent.append(indices) or pack_neighbours(indices))
        app.session_state["similar"] = True
        opened(app, tree="Stored: mine")
        app.sidebar.select_slider(key="checkpoint").set_value("start").run()
        fine(app)
    expected = [neighbours(np.asarray(bundle.features("features", c)), 15).indices for c in ("end", "start")]
    np.testing.assert_array_equal(sent, expected)


@pytest.mark.parametrize("panel", ["dendrogram", "treemap", "class_table", "two_trees", "profile"])
def test_copied_code_runs(workspace: Path, panel: str, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = digits(workspace)
    found = bundle_tree(bundle, "features", "end", "test")
    shown = tree_choice.Shown(Picked(bundle, "end", "features", "test"), found.tree, found.rows, "test, features at end", "Ward")
    view = tree_view.View(found.tree.root, 5, "height")
    other = dataclasses.replace(shown, picked=Picked(bundle, "start", "features", "test"))
    text = {
        "dendrogram": lambda: tree_code.of_dendrogram(shown, view, "purity"),
        "treemap": lambda: tree_code.of_treemap(shown, view, "purity"),
        "class_table": lambda: tree_code.of_class_table(shown, view),
        "two_trees": lambda: tree_code.of_two_trees(shown, other, 5, "By k"),
        "profile": lambda: tree_code.of_profile(shown, 3, 1),
    }[panel]()  # fmt: skip
    drawn: list[go.Figure] = []
    monkeypatch.setattr(go.Figure, "show", lambda figure, *_, **__: drawn.append(figure))
    exec(compile(text, panel, "exec"), {})
    assert drawn or panel == "class_table"
    assert panel != "treemap" or drawn[0].data[-1].marker.colorbar.title.text == "purity"


def test_a_colour_of_the_session_is_not_asked_of_the_offline_page(app: AppTest, workspace: Path) -> None:
    bundle, made = digits(workspace), {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tree_exports, "_download", lambda label, suffix, stem, mime, file, help: made.update({suffix: file}))
        app.session_state["extra_columns"] = {bundle.ids_digest: {"odd": np.arange(bundle.n) % 2.0}}
        app.session_state["box_colour"] = "mean odd"
        opened(app)
        assert app.selectbox(key="box_colour").value == "mean odd"
    assert b"</html>" in made["html"]()


def test_the_table_of_clusters_names_the_sample_nearest_to_each_mean(workspace: Path) -> None:
    bundle = digits(workspace)
    found = bundle_tree(bundle, "features", "end", "test")
    shown = tree_choice.Shown(Picked(bundle, "end", "features", "test"), found.tree, found.rows, "test, features at end", "Ward")
    nodes = cut(found.tree, 6)
    table = tree_data.with_medoids(shown, pd.DataFrame({"node": nodes}))
    X = np.asarray(bundle.features("features", "end"), np.float64)
    for node, name in zip(nodes, table["medoid"], strict=True):
        rows = shown.members(node)
        distances = np.linalg.norm(X[rows] - X[rows].mean(axis=0), axis=1)
        assert distances[rows.tolist().index(bundle.ids.tolist().index(name))] == pytest.approx(distances.min())


@pytest.mark.shared_data
@pytest.mark.skipif(not CLASS_FILE.exists(), reason="needs ../shared/data/dendromap")
def test_dendromaps_cifar10_file_is_shown_with_9277_of_10000_right(app: AppTest, workspace: Path) -> None:
    dataset_to_bundle(read_source(CLASS_FILE), workspace / "bundles/classes")
    fine(opened(app, bundle="classes"))
    assert "9,277 of 10,000 predicted right" in said(app) and "its topmost 9 merges only join 10 trees" in said(app)


def test_intervals_of_a_thousand_right_predictions_have_a_width() -> None:
    """In whole per cent they read 100 % – 100 %."""
    sure = np.zeros(1_000, int)
    table = class_table_panel.drawn(class_table(sure, sure, ("cat",)))
    assert (table["recall"][0], table["recall 95 %"][0]) == (100, "99.6% – 100.0%")
    assert table["false_negative_rate 95 %"][0] == "0.0% – 0.4%"
