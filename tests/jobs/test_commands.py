from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from repgeom_core.config import Config, load_config
from repgeom_core.errors import RepGeomError
from repgeom_core.jobs import JobQueue, commands


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(workspace=tmp_path / "ws", data_roots=(tmp_path / "data",), import_paths=("nets",))


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)


def printing(text: str, code: int = 0, to: str = "stdout") -> tuple[str, ...]:
    return (sys.executable, "-c", f"import sys; print({text!r}, file=sys.{to}); sys.exit({code})")


def test_names_that_look_like_options_stay_names(config: Config) -> None:
    arguments = commands.import_arguments(config, [Path("/data/a.npz")], Path("/ws/out"), "--out", {"--name": "label", "a=b": "id"})
    assert arguments[:6] == ["import", "/data/a.npz", "--out=/ws/out", "--name=--out", "--role=--name=label", "--role=a=b=id"]


def test_command_line_understands_what_the_page_submits(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    from repgeom_core import cli

    seen = []
    monkeypatch.setattr(cli.import_, "run", lambda args, progress: seen.append(args) or {})
    arguments = commands.import_arguments(
        config, [Path("/data/a.npz"), Path("/data/b.npz")], Path("/ws/out"), "-x", {"a=b": "id"}, ["train", "-t"], True, True
    )
    assert cli.main([*arguments, "--progress", "json"]) == 0
    (args,) = seen
    assert (args.name, args.role, args.split, args.drop_invalid, args.prefix_ids) == ("-x", [("a=b", "id")], ["train", "-t"], True, True)


def test_worker_is_told_what_is_allowed(config: Config) -> None:
    for arguments in (
        commands.extract_arguments(config, Path("/ws/r.toml"), Path("/ws/out")),
        commands.import_arguments(config, [Path("/data/a")], Path("/ws/out"), "a", {}),
    ):
        allowed = load_config(arguments[-1].removeprefix("--restricted="))
        assert (allowed.roots, allowed.import_paths) == (config.roots, config.import_paths)


def test_layers_are_what_the_worker_prints(config: Config) -> None:
    layers = commands.list_layers(config, Path("r.toml"), command=printing('chatter of the model\n[\n {"name": "stem"}]'))
    assert layers == [{"name": "stem"}]


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (printing("repgeom: error: There is no module nets.", 1, "stderr"), r"^There is no module nets\.$"),
        (printing("not json"), "cannot be read"),
        ((sys.executable, "-c", "raise SystemExit(3)"), "exit code 3"),
    ],
)
def test_worker_that_cannot_list_layers_says_why(config: Config, command: tuple[str, ...], message: str) -> None:
    with pytest.raises(RepGeomError, match=message):
        commands.list_layers(config, Path("r.toml"), command=command)


def test_model_that_takes_forever_to_build_is_stopped(config: Config) -> None:
    with pytest.raises(RepGeomError, match="took longer than 0 s and was stopped"):
        commands.list_layers(config, Path("r.toml"), timeout=0.2, command=(sys.executable, "-c", "import time; time.sleep(60)"))


def test_what_waiting_and_resumable_jobs_read_and_make_is_in_use(queue: JobQueue, tmp_path: Path) -> None:
    recipe = tmp_path / "r.toml"
    recipe.write_text(
        '[model]\nbuiltin = "mlp"\n[[data]]\npath = "/uploads/1/x.npz"\n[[checkpoints]]\npath = "w.pt"\n[[checkpoints]]\nname = "random"\n'
    )
    stopped = queue.submit(["extract", str(recipe), "--out=/ws/run"], "x")
    until(lambda: not stopped.active)
    queue.submit(["wait", "/uploads/2/y.npz", "--out=/ws/mine"], "y")
    assert commands.files_in_use(queue) >= {"/uploads/1/x.npz", str(tmp_path / "w.pt"), "/uploads/2/y.npz"}
    assert commands.folders_in_use(queue) == {Path("/ws/mine")}
    recipe.unlink()
    assert "/uploads/1/x.npz" not in commands.files_in_use(queue)


def test_the_worker_puts_the_result_where_the_page_looks_for_it(workspace: Path) -> None:
    """Parameters, samples, interval and null go through a command line and come out as the same key."""
    from repgeom_core.analyses import find
    from repgeom_core.analyses.run import cached
    from repgeom_core.bundle import open_bundle
    from repgeom_core.cli import main

    queue = JobQueue(workspace, command=(sys.executable, "-c", ""))
    path = workspace / "bundles/digits"
    rows = np.array([40, 3, 17, *range(100, 160)])
    for name, given, split, chosen, interval, null in (
        ("mle_id", {"k": 7}, "test", None, False, False),
        ("gride", {}, "all", None, True, False),
        ("ablate_top_k", {}, "train", None, False, True),
        ("subspace_classifier", {"rank": 2}, "all", rows, False, False),
        ("learning_curve_exponent", {}, "all", rows, False, False),
    ):
        parameters = find(name).validated(given)
        place = (name, "features", "end", split, chosen)
        arguments = commands.analyze_arguments(queue, path, *place, parameters, interval, null)
        commands.submit(queue, arguments, name, chosen)
        assert cached(open_bundle(path), *place, interval=interval, null=null, **given) is None
        assert main([*arguments, "--progress", "none"]) == 0
        assert cached(open_bundle(path), *place, interval=interval, null=null, **given) is not None, name


def test_every_parameter_survives_the_command_line(queue: JobQueue, monkeypatch: pytest.MonkeyPatch) -> None:
    from repgeom_core import cli
    from repgeom_core.analyses.parameters import Choice, Column, Flag, Float, parsed
    from repgeom_core.analyses.registry import analyses

    seen = []
    monkeypatch.setattr(cli.analyze, "run", lambda args, progress: seen.append(args) or {})
    odd = {Float: 0.1 + 0.2, Column: " --a=b, c "}
    for declared in analyses().values():
        given = {
            name: parameter.options[-1] if isinstance(parameter, Choice)
            else not parameter.default if isinstance(parameter, Flag)
            else parameter.read(odd.get(type(parameter), parameter.default)) or parameter.default
            for name, parameter in declared.parameters.items()
        }  # fmt: skip
        arguments = commands.analyze_arguments(queue, Path("/b"), declared.name, "--x", "-c", "a b", None, declared.validated(given))
        assert cli.main([*arguments, "--progress", "json"]) == 0
        args = seen.pop()
        assert (args.layer, args.checkpoint, args.split, args.no_interval, args.no_null) == ("--x", "-c", "a b", False, False)
        assert parsed(declared.name, declared.parameters, dict(args.param)) == declared.validated(given)


def test_equal_requests_are_equal_command_lines_and_rows_go_with_the_last_job_that_reads_them(queue: JobQueue) -> None:
    rows = np.array([3, 1, 2])

    def arguments(name: str, rows: np.ndarray) -> list[str]:
        return commands.analyze_arguments(queue, Path("/b"), name, "layer", "end", rows=rows)

    assert arguments("one", rows) == arguments("one", rows.copy()) != arguments("one", rows[::-1])
    one = commands.submit(queue, arguments("one", rows), "one", rows)
    two = queue.submit(arguments("two", rows), "two")
    until(lambda: not one.active and not two.active)
    file = Path(one.arguments[5].removeprefix("--rows="))
    assert np.load(file, allow_pickle=False).tolist() == [3, 1, 2]
    one.remove()
    assert file.exists()
    two.remove()
    assert not file.exists()


def test_a_job_never_deletes_rows_of_somebody_else(queue: JobQueue, tmp_path: Path) -> None:
    np.save(tmp_path / "mine.npy", np.arange(3))
    job = queue.submit(["analyze", "/b", f"--rows={tmp_path / 'mine.npy'}"], "x")
    until(lambda: not job.active)
    job.remove()
    assert (tmp_path / "mine.npy").exists()


def test_what_pages_waited_for_is_forgotten_once_it_is_done(queue: JobQueue) -> None:
    made = queue.submit(["import", "--out=/ws/x"], "import")
    failed = commands.submit(queue, ["analyze", "crash"], "failed")
    done = commands.submit(queue, ["map", "done"], "done")
    until(lambda: not queue.active())
    assert commands.submit(queue, ["analyze", "/b"], "next").id in {job.id for job in queue.jobs()}
    assert {made.id, failed.id} <= {job.id for job in queue.jobs()} and done.id not in {job.id for job in queue.jobs()}
    again = commands.submit(queue, ["analyze", "crash"], "again")
    assert failed.id not in {job.id for job in queue.jobs()}
    assert queue.latest(["analyze", "crash"]) is not None and queue.latest(["analyze", "crash"]).id == again.id


def test_a_bundle_that_an_analysis_writes_to_is_in_use(queue: JobQueue) -> None:
    job = queue.submit(["analyze", "wait"], "x")
    assert commands.folders_in_use(queue) == {Path("wait")}
    job.cancel()
