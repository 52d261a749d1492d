from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from repgeom_core.config import Config, load_config
from repgeom_core.errors import RepGeomError
from repgeom_core.jobs import JobQueue, commands


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(workspace=tmp_path / "ws", data_roots=(tmp_path / "data",), import_paths=("nets",))


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
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
