"""The Subspaces page, driven without a browser: matrices, a pair opened, clustering behind a button."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages.parts import library
from pages.parts.measures import class_subspaces, on_demand
from repgeom_core.analyses import find
from repgeom_core.analyses.registry import families
from repgeom_core.analyses.run import cached
from repgeom_core.bundle import open_bundle
from repgeom_core.jobs import JobQueue

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


def test_every_card_opens(app: AppTest) -> None:
    for name in families()["subspaces"]:
        app.session_state[f"card_{name.name}"] = True
    fine(app.run())
    assert app.number_input(key="ensc_gamma").value == find("ensc").parameters["gamma"].default


def test_a_pair_opens_and_closes(app: AppTest) -> None:
    app.session_state["subspace_pair"] = [0, 2]
    fine(app.run())
    assert any("The pair zero and two" in m.value for m in app.subheader)
    app.button(key="close_pair").click().run()
    fine(app.run())
    assert not any("The pair" in m.value for m in app.subheader)


def test_only_samples_that_lie_in_both_subspaces_of_a_pair_are_shown_as_such(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(class_subspaces, "OUTSIDE", 1e-9)
    app.session_state["subspace_pair"] = [0, 2]
    fine(app.run())
    assert any(re.match(r"None of the \d+ samples lies in both subspaces, .*These come nearest", c.value) for c in app.caption)
    monkeypatch.setattr(class_subspaces, "OUTSIDE", 1.1)
    fine(app.run())
    assert any(re.match(r"In both: (\d+) of \1 samples, .*, the 24 nearest to both", c.value) for c in app.caption)


def test_a_pair_of_another_bundle_is_forgotten(app: AppTest) -> None:
    app.session_state["subspace_pair"] = [0, 99]
    fine(app.run())
    assert not any("The pair" in m.value for m in app.subheader)


def test_clustering_is_computed_by_a_job_when_asked_and_not_before(app: AppTest, workspace: Path) -> None:
    bundle, queue = open_bundle(workspace / "bundles/digits"), JobQueue(workspace)
    place = (bundle, "k_subspaces", "features", "end")
    assert cached(*place, interval=False, null=False) is None and queue.jobs() == []
    fine(app.button(key="partition_compute").click().run())
    (job,) = queue.jobs()
    assert job.title == "K-subspaces of features at end" and job.lane == "analysis"
    assert not any(b.key == "partition_compute" for b in app.button)
    ended(queue)
    assert job.state == "done", job.log
    fine(app.run())
    assert cached(*place, interval=False, null=False) is not None
    assert not any("partition" in str(b.key) and b.label in ("Compute", "Cancel", "Try again") for b in app.button)
    assert any(card.label.startswith("K\\-subspaces · **") for card in app.expander)


def test_a_running_analysis_is_found_again_in_a_new_session_and_cancelled(
    app: AppTest, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = "import json, time; print(json.dumps(dict(event='progress', stage='restarts', done=3, total=10)), flush=True); time.sleep(60)"
    queue = JobQueue(workspace, command=(sys.executable, "-c", script))
    monkeypatch.setattr(library, "jobs", lambda: queue)
    app.session_state["card_k_subspaces"] = True
    fine(app.run())
    fine(app.button(key="k_subspaces_compute").click().run())
    (job,) = queue.jobs()
    until(lambda: job.progress is not None)
    later = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    fine(later.switch_page("pages/subspaces.py").run())
    assert len(queue.jobs()) == 1
    (card,) = (card for card in later.expander if card.label.startswith("K\\-subspaces"))
    assert "being computed" in card.label
    assert [p.value for p in later.get("progress")] and "Restarts: 3 of 10" in str(later.get("progress")[0].proto)
    later.button(key=f"cancel_partition_compute_{job.id}").click().run()
    until(lambda: not job.active)
    fine(later.run())
    assert any(":material/block: Cancelled" in c.value for c in later.caption)
    later.button(key=f"again_partition_compute_{job.id}").click().run()
    (second,) = queue.jobs()
    assert second.id != job.id and second.arguments == job.arguments
    second.cancel()
    ended(queue)


def test_a_job_that_fails_says_why_on_the_page(app: AppTest, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = "import json, sys; print(json.dumps(dict(event='error', message='The disk is full.'))); sys.exit(1)"
    queue = JobQueue(workspace, command=(sys.executable, "-c", script))
    monkeypatch.setattr(library, "jobs", lambda: queue)
    fine(app.button(key="partition_compute").click().run())
    ended(queue)
    app.run()
    assert not app.exception and any("The disk is full" in e.value for e in app.error)
    assert any(b.label == "Try again" for b in app.button)


def test_a_selection_is_analysed_by_a_job_as_well(app: AppTest, workspace: Path) -> None:
    bundle, queue = open_bundle(workspace / "bundles/digits"), JobQueue(workspace)
    rows = np.flatnonzero(bundle.y < 2)
    app.session_state["selection_histories"][bundle.ids_digest].replace(bundle.y < 2, "test")
    app.toggle(key="selection_only").set_value(True).run()
    fine(app.button(key="partition_compute").click().run())
    assert queue.jobs()[0].title == f"K-subspaces of features at end, {len(rows)} selected samples"
    ended(queue)
    fine(app.run())
    found = cached(bundle, "k_subspaces", "features", "end", rows=rows, interval=False, null=False)
    assert found is not None and found.meta["n"] == len(rows)


def test_subspaces_of_many_samples_are_computed_by_jobs(app: AppTest, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(class_subspaces, "quick", lambda *_: False)
    monkeypatch.setattr(on_demand, "soon", lambda *_: False)
    app.number_input(key="subspace_rank").set_value(3).run()
    queue = JobQueue(workspace)
    fine(app.button(key="subspaces_compute").click().run())
    (job,) = queue.jobs()  # the others do not depend on the rank and are there
    assert "--param=rank=3" in job.arguments and "principal_angles" in job.arguments[2]
    ended(queue)
    fine(app.run())
    assert len(app.get("plotly_chart")) > 2 and not any(b.key == "subspaces_compute" for b in app.button)
    app.segmented_control(key="subspace_matrix").set_value("Affinity").run()
    fine(app.button(key="subspace_affinity_matrix_compute").click().run())
    ended(queue)
    fine(app.run())
    assert not any(b.label == "Compute" and "matrix" in str(b.key) for b in app.button)


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 300
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


def ended(queue: JobQueue) -> None:
    until(lambda: not queue.active())
