from __future__ import annotations

import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages.parts import library
from repgeom_core.bundle import create_bundle
from repgeom_core.config import load_config
from repgeom_core.extract.recipe import load_recipe
from repgeom_core.jobs import JobQueue
from repgeom_core.sources import Dataset

APP = Path(__file__).parents[2] / "app.py"
WORKER = """
import json, sys, time
from pathlib import Path
if sys.argv[1] == "demo" or "wait" in sys.argv:
    while not Path(__file__).with_name("go").exists():
        print(json.dumps({"event": "progress", "stage": "train", "done": 30, "total": 120, "rate": 12.5, "eta": 7.2}), flush=True)
        time.sleep(0.1)
if "fail" in sys.argv[-1] + str(sys.argv):
    print(json.dumps({"event": "error", "message": "Row 3 of <b>x</b> is *wrong*."}))
    sys.exit(1)
warnings = ["Column 'grade' is kept as *text*."] if "warn" in sys.argv else []
print(json.dumps({"event": "done", "bundle": "/nowhere", "warnings": warnings}))
"""


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with a data root beside it; jobs are done by a worker that only pretends."""
    (tmp_path / "data").mkdir()
    (tmp_path / "repgeom.toml").write_text('workspace = "ws"\ndata_roots = ["data"]\n')
    worker = tmp_path / "worker.py"
    worker.write_text(textwrap.dedent(WORKER))
    monkeypatch.setenv("REPGEOM_CONFIG", str(tmp_path / "repgeom.toml"))
    monkeypatch.delenv(library.SERVED, raising=False)
    monkeypatch.setattr(library, "jobs", lambda: JobQueue(tmp_path / "ws", grace=0.5, command=(sys.executable, str(worker))))
    st.cache_resource.clear()
    return tmp_path / "ws"


@pytest.fixture
def queue(workspace: Path) -> Iterator[JobQueue]:
    queue = library.jobs()
    yield queue
    for job in queue.jobs():
        job.cancel()
    until(lambda: not queue.active())


@pytest.fixture
def page(queue: JobQueue) -> AppTest:
    at = opened()
    assert not at.exception
    return at


def opened() -> AppTest:
    """The Load page as a person gets to it."""
    return AppTest.from_file(str(APP), default_timeout=120).run().switch_page("pages/load.py").run()


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


def finished(queue: JobQueue) -> None:
    until(lambda: queue.jobs() and not queue.active())


def bundle(path: Path, name: str = "few", classes: tuple[str, ...] = ("cat", "dog")) -> Path:
    labels = pd.Categorical.from_codes([0, 1, 1], categories=list(classes))
    dataset = Dataset(name, pd.DataFrame({"id": ["a", "b", "c"], "label": labels}), classes, {"x": np.eye(3, dtype=np.float32)})
    writer = create_bundle(path, dataset)
    writer.add_checkpoint("data", features=dataset.features)
    return path


def words(at: AppTest) -> str:
    shown = [*at.markdown, *at.caption, *at.error, *at.info, *at.warning]
    return "\n".join(element.value.replace("\\", "") for element in shown)


def server_path(at: AppTest, path: object, key: str = "import") -> AppTest:
    at.segmented_control(key=f"{key}_where").set_value("On this server").run()
    return at.text_input(key=f"{key}_typed").set_value(str(path)).run()


def test_empty_workspace_says_what_to_do(page: AppTest) -> None:
    assert "No bundle yet. Start with the **demo**" in words(page)
    assert "Nothing is running." in words(page)
    assert "Takes .npz" in words(page)


def test_demo_is_a_job_with_progress_rate_and_time_left(page: AppTest, queue: JobQueue) -> None:
    page.button(key="make_demo").click().run()
    (job,) = queue.jobs()
    assert job.arguments == ("demo", f"--out={queue.folder.parent}/bundles/demo")
    until(lambda: job.progress)
    page.run()
    assert page.button(key="make_demo").disabled
    (bar,) = page.get("progress")
    assert bar.proto.value == 25
    assert bar.proto.text.replace("\\", "") == "train: 30 of 120 · 12/s · 7 s left"


def test_jobs_are_there_again_in_a_new_session(page: AppTest, queue: JobQueue) -> None:
    page.button(key="make_demo").click().run()
    again = opened()
    assert "Demo: digits, from initialisation to collapse" in words(again)
    assert again.button(key=f"cancel_{queue.jobs()[0].id}")


def test_running_job_is_cancelled(page: AppTest, queue: JobQueue) -> None:
    page.button(key="make_demo").click().run()
    page.button(key=f"cancel_{queue.jobs()[0].id}").click().run()
    finished(queue)
    page.run()
    assert "Cancelled." in words(page)
    assert not page.exception


def test_failed_job_says_why_with_markup_shown_as_text(page: AppTest, queue: JobQueue) -> None:
    queue.submit(["import", "fail"], "Import *this* <b>file</b>")
    finished(queue)
    page.run()
    assert "Row 3 of <b>x</b> is *wrong*." in words(page)
    (message,) = [error.value for error in page.error]
    assert "\\<b\\>" in message
    assert "\\*wrong\\*" in message


def test_failed_extraction_can_be_resumed_and_others_not(page: AppTest, queue: JobQueue) -> None:
    extract, other = queue.submit(["extract", "fail"], "x"), queue.submit(["import", "fail"], "y")
    finished(queue)
    page.run()
    page.button(key=f"resume_{extract.id}").click().run()
    assert queue.job(extract.id).arguments == ("extract", "fail", "--resume")
    assert not [button for button in page.button if button.key == f"resume_{other.id}"]


def test_log_is_shown_on_demand_and_finished_jobs_are_cleared(page: AppTest, queue: JobQueue) -> None:
    job = queue.submit(["import", "fail"], "x")
    finished(queue)
    page.run()
    page.toggle(key=f"log_{job.id}").set_value(True).run()
    assert page.code[0].value == "Nothing said yet."
    page.button(key="clear_jobs").click().run()
    assert queue.jobs() == []


def test_bundles_are_listed_with_their_size_and_markup_as_text(workspace: Path, queue: JobQueue) -> None:
    bundle(workspace / "bundles" / "few", name="<b>few</b> $x$")
    page = opened()
    assert "3 samples · 2 classes · 1 checkpoint · 1 layer · 164 B · today" in words(page)
    assert "**\\<b\\>few\\<\\/b\\> \\$x\\$ · few**" in [element.value for element in page.markdown]


def test_damaged_bundle_says_so_and_the_others_stay(workspace: Path, queue: JobQueue) -> None:
    (bundle(workspace / "bundles" / "bad") / "manifest.json").write_text("{")
    bundle(workspace / "bundles" / "few")
    page = opened()
    assert "is damaged (not JSON" in words(page)
    assert "3 samples" in words(page)
    assert not page.exception


def test_only_the_latest_bundles_are_listed_until_all_are_asked_for(workspace: Path, queue: JobQueue) -> None:
    for i in range(7):
        bundle(workspace / "bundles" / f"b{i}")
    page = opened()
    assert words(page).count("today") == 5
    page.toggle(key="all_bundles").set_value(True).run()
    assert words(page).count("today") == 7


def test_bundle_is_deleted_only_after_confirmation(workspace: Path, queue: JobQueue) -> None:
    path = bundle(workspace / "bundles" / "few")
    page = opened()
    page.button(key=f"delete_{path}").click().run()
    assert path.exists()
    assert "This cannot be undone." in words(page)
    page.button(key="confirm_deletion").click().run()
    assert not path.exists()


def test_bundle_that_a_job_writes_to_is_not_deleted(workspace: Path, queue: JobQueue) -> None:
    written, mapped, other = (bundle(workspace / "bundles" / name) for name in ("written", "mapped", "other"))
    page = opened()
    page.button(key=f"delete_{written}").click().run()
    queue.submit(["demo", f"--out={written}"], "x")  # begun while the dialog was open
    page.button(key="confirm_deletion").click().run()
    assert "A job is writing to" in words(page)
    assert written.exists()
    queue.submit(["map", str(mapped), "--method", "wait"], "y")
    page.run()
    assert [page.button(key=f"delete_{path}").disabled for path in (written, mapped, other)] == [True, True, False]


def test_bundle_that_another_session_deletes_meanwhile_does_not_break_the_list(
    workspace: Path, queue: JobQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = bundle(workspace / "bundles" / "here")
    monkeypatch.setattr(library, "bundles", lambda: {"here": here, "gone": workspace / "bundles" / "gone"})
    page = opened()
    assert not page.exception
    assert page.button(key=f"open_{here}")


def test_path_outside_the_roots_is_refused(page: AppTest) -> None:
    server_path(page, "/etc/passwd")
    assert "lies outside the folders that may be read here" in words(page)
    assert page.session_state["import_picked"] == []


def test_path_that_is_not_there_is_named(page: AppTest, tmp_path: Path) -> None:
    server_path(page, tmp_path / "data" / "none.npz")
    assert f"There is no file or folder {tmp_path}/data/none.npz" in words(page)


def test_files_are_picked_in_the_browser_of_folders(page: AppTest, tmp_path: Path) -> None:
    inner = tmp_path / "data" / "runs"
    inner.mkdir()
    np.savez(inner / "a.npz", x=np.eye(4, dtype=np.float32))
    page.segmented_control(key="import_where").set_value("On this server").run()
    page.button(key=f"import_entry_{inner}").click().run()
    page.button(key=f"import_entry_{inner / 'a.npz'}").click().run()
    assert "**a.npz** · npz · 4 samples" in words(page)
    page.button(key=f"import_drop_{inner / 'a.npz'}").click().run()
    assert "Takes .npz" in words(page)


def test_unreadable_file_is_answered_by_one_sentence(page: AppTest, tmp_path: Path) -> None:
    (tmp_path / "data" / "broken.npz").write_text("not a zip")
    server_path(page, tmp_path / "data" / "broken.npz")
    (message,) = [error.value.replace("\\", "") for error in page.error]
    assert message.startswith("broken.npz is")
    assert not page.exception


def test_typo_among_numbers_keeps_the_import_from_starting_and_says_what_to_do(page: AppTest, tmp_path: Path) -> None:
    (tmp_path / "data" / "typo.csv").write_text("a,b,label\n1,2,x\n3,oops,y\n4,5,x\n")
    server_path(page, tmp_path / "data" / "typo.csv")
    assert "typo.csv: column 'b' holds 'oops' in row 1" in words(page)
    assert "give the column the role text in the table, or tick the box that drops such rows" in words(page)
    assert page.button(key="import").disabled
    page.checkbox(key="drop_invalid").set_value(True).run()
    assert not page.button(key="import").disabled
    assert "dropped, 2 samples are left" in words(page)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x0,x1\n1,2\n3,\n5,6\n", "bad.csv: 1 row has NaN or infinite values in 'features' (the first is row 1, counted from 0)."),
        (
            "id,x0,x1\na,1,2\nb,3,4\na,5,6\n",
            "bad.csv: ids must be unique, but rows 0 and 2 (counted from 0) of column 'id' both have the id 'a'",
        ),
        ("x0,x1\n1,2\n", "bad.csv holds one sample; a data set needs at least two."),
        ("x0,x1\n1,2\n3,4,5\n", "bad.csv: line 3 has 3 fields where 2 were expected (1 such line; fields end at ',')."),
        ("", "bad.csv is empty"),
    ],
)
def test_mistake_in_a_small_file_is_told_in_place_and_nothing_is_begun(page: AppTest, tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "data" / "bad.csv").write_text(text)
    server_path(page, tmp_path / "data" / "bad.csv")
    (message,) = [error.value.replace("\\", "") for error in page.error]
    assert message.startswith(says)
    assert all(button.disabled for button in page.button if button.key == "import")


def test_array_that_is_neither_vector_nor_image_is_asked_about(page: AppTest, tmp_path: Path) -> None:
    np.savez(tmp_path / "data" / "cube.npz", x=np.random.default_rng(0).normal(size=(20, 5, 7)))
    server_path(page, tmp_path / "data" / "cube.npz")
    assert "x holds 5 × 7 values per sample: are they vectors of 35 values" in words(page)
    assert page.button(key="import").disabled


def test_warnings_of_an_import_are_shown_with_its_job(page: AppTest, queue: JobQueue) -> None:
    queue.submit(["import", "warn"], "Import x")
    finished(queue)
    page.run()
    assert "Column 'grade' is kept as *text*." in words(page)


def test_import_submits_what_was_chosen(page: AppTest, queue: JobQueue, tmp_path: Path) -> None:
    file = tmp_path / "data" / "mine.npz"
    np.savez(file, x=np.eye(4, dtype=np.float32), labels=np.arange(4) % 2)
    server_path(page, file)
    page.text_input(key=f"name_{file}").set_value("My <data>").run()
    page.checkbox(key="drop_invalid").set_value(True).run()
    page.button(key="import").click().run()
    (job,) = queue.jobs()
    out = queue.folder.parent / "bundles" / "My _data_"
    assert job.arguments[:-1] == ("import", str(file), f"--out={out}", "--name=My <data>", "--drop-invalid")
    assert load_config(job.arguments[-1].removeprefix("--restricted=")).data_roots == (tmp_path / "data",)


def test_import_that_waits_or_runs_is_not_begun_again(page: AppTest, queue: JobQueue, tmp_path: Path) -> None:
    file = tmp_path / "data" / "mine.npz"
    np.savez(file, x=np.eye(4, dtype=np.float32), labels=np.arange(4) % 2)
    server_path(page, file)
    page.text_input(key=f"name_{file}").set_value("wait").run()
    queue.submit(["demo"], "what keeps the lane busy until it is let go")
    for _ in range(3):
        button = page.button(key="import")
        button.proto.disabled = False  # in a browser that has not heard of the first click yet
        button.click().run()
    assert [job.arguments[0] for job in queue.active()] == ["demo", "import"]
    assert page.button(key="import").disabled and "This import is under way" in words(page)
    page.text_input(key=f"name_{file}").set_value("another").run()
    assert not page.button(key="import").disabled and "under way" not in words(page)
    page.button(key="import").click().run()
    assert len(queue.active()) == 3


def test_import_can_be_asked_for_again_once_it_has_ended(page: AppTest, queue: JobQueue, tmp_path: Path) -> None:
    file = tmp_path / "data" / "mine.npz"
    np.savez(file, x=np.eye(4, dtype=np.float32))
    server_path(page, file)
    page.button(key="import").click().run()
    finished(queue)
    page.run()
    assert not page.button(key="import").disabled


def test_text_in_place_of_embeddings_is_told(page: AppTest, tmp_path: Path) -> None:
    np.savez(tmp_path / "data" / "text.npz", embeddings=np.eye(4).astype(str), labels=np.arange(4) % 2)
    server_path(page, tmp_path / "data" / "text.npz")
    assert "Left out 'embeddings': it holds text (4 strings per sample) where numbers were expected" in words(page)
    assert "No column of numbers has the role" in words(page)
    assert page.button(key="import").disabled


def test_what_the_look_into_a_file_has_said_is_not_repeated(page: AppTest, tmp_path: Path) -> None:
    np.savez(tmp_path / "data" / "f.npz", x=np.eye(4, dtype=np.float32), labels=np.arange(4) + 0.5)
    server_path(page, tmp_path / "data" / "f.npz")
    assert words(page).count("holds fractions such as 0.5") == 1
    assert not page.button(key="import").disabled


def test_several_files_are_splits(page: AppTest, queue: JobQueue, tmp_path: Path) -> None:
    for name in ("train", "test"):
        np.savez(tmp_path / "data" / f"{name}.npz", x=np.eye(4, dtype=np.float32))
        server_path(page, tmp_path / "data" / f"{name}.npz")
    page.text_input(key=f"split_{tmp_path}/data/test.npz").set_value("train").run()
    assert "Give each split a name of its own." in words(page)
    assert page.button(key="import").disabled
    page.text_input(key=f"split_{tmp_path}/data/test.npz").set_value("test").run()
    page.button(key="import").click().run()
    assert {"--split=train", "--split=test"} < set(queue.jobs()[0].arguments)


def test_images_are_sent_to_the_model_form(page: AppTest, tmp_path: Path) -> None:
    np.savez(tmp_path / "data" / "images.npz", images=np.zeros((4, 8, 8, 3), np.uint8))
    server_path(page, tmp_path / "data" / "images.npz")
    assert "choose **Model and data** above" in words(page)
    assert page.button(key="import").disabled


def model_page(page: AppTest) -> AppTest:
    return page.segmented_control(key="from").set_value("Model and data").run()


def test_model_form_asks_for_one_thing_after_the_other_and_writes_the_recipe(page: AppTest, queue: JobQueue, tmp_path: Path) -> None:
    file = tmp_path / "data" / "digits.npz"
    np.savez(file, images=np.zeros((4, 8, 8), np.uint8), labels=np.arange(4))
    page = model_page(page)
    assert "Choose the data that the model is to see." in words(page)
    server_path(page, file, key="data")
    assert "Choose a model." in words(page)
    page.selectbox(key="kind").set_value("builtin").run()
    assert "Choose weights, or random ones." in words(page)
    page.checkbox(key="random").set_value(True).run()
    assert "Give the run a name." in words(page)
    page.text_input(key="run_name").set_value("digits, random").run()
    page.text_area(key="arguments").set_value("inputs = 64\nhidden = [16, 16]").run()
    page.button(key="extract").click().run()
    assert not page.exception
    (job,) = queue.jobs()
    assert job.arguments[0] == "extract"
    recipe = load_recipe(job.arguments[1])
    assert recipe.name == "digits, random"
    assert recipe.data[0].path == str(file)
    assert recipe.model is not None
    assert recipe.model.arguments == {"inputs": 64, "hidden": [16, 16]}


def test_arguments_that_are_no_toml_are_answered_by_one_sentence(page: AppTest) -> None:
    page = model_page(page)
    page.text_area(key="arguments").set_value("depth: 20").run()
    assert "The arguments are lines such as depth = 20" in words(page)
    assert not page.exception


def test_mistake_in_one_step_is_told_in_its_box_and_the_others_stay(page: AppTest) -> None:
    page = model_page(page)
    page.text_area(key="arguments").set_value("depth: 20").run()
    assert page.button(key="extract").disabled
    assert page.text_input(key="run_name")


def test_server_without_import_paths_says_who_can_change_that(page: AppTest) -> None:
    assert "No module may be imported here yet: the server's owner lists them as import_paths" in words(model_page(page))


def test_pattern_without_checkpoints_is_answered_by_one_sentence(page: AppTest, tmp_path: Path) -> None:
    page = model_page(page)
    server_path(page, tmp_path / "data" / "epoch*.pt", key="checkpoints")
    assert "No file matches" in words(page)
    assert not page.exception


def test_pattern_that_goes_through_a_link_to_the_outside_is_refused(page: AppTest, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "hidden_epoch1.pt").touch()
    (tmp_path / "data" / "link").symlink_to(tmp_path / "secret")
    page = model_page(page)
    server_path(page, tmp_path / "data" / "*" / "*.pt", key="checkpoints")
    assert "lies outside the folders that may be read here" in words(page)
    assert "1 checkpoint" not in words(page)


def test_wrong_configuration_is_answered_by_one_sentence(workspace: Path, queue: JobQueue, tmp_path: Path) -> None:
    (tmp_path / "repgeom.toml").write_text("data_root = 'x'")
    st.cache_resource.clear()
    page = opened()
    assert "has an unknown key 'data_root'" in words(page)
    assert not page.exception


def test_page_never_imports_torch() -> None:
    import subprocess

    code = f"""
import sys; from streamlit.testing.v1 import AppTest
at = AppTest.from_file({str(APP)!r}, default_timeout=60).run().switch_page("pages/load.py").run()
at.segmented_control(key="from").set_value("Model and data").run()
print("torch" in sys.modules)
"""
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert answer.stdout.strip() == "False", answer.stderr[-2000:]
