"""The command as a whole: help, exit codes, errors in one line, progress, cancelling."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from repgeom_core import cli
from repgeom_core.bundle import Bundle
from repgeom_core.cli import main
from repgeom_core.errors import RepGeomError
from repgeom_core.progress import Progress

REPGEOM = [sys.executable, "-m", "repgeom_core.cli"]


def usage_error(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    return capsys.readouterr().err


def test_help_comes_without_importing_anything_heavy() -> None:
    script = (
        "import sys; from repgeom_core.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit as stop: assert stop.code == 0\n"
        "heavy = {'numpy', 'pandas', 'torch', 'umap', 'sklearn', 'streamlit', 'PIL'} & set(sys.modules)\n"
        "sys.exit(f'imported: {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for command in ("demo", "extract", "layers", "import", "info", "export", "map", "serve"):
        assert f"\n    {command} " in done.stdout


@pytest.mark.parametrize("command", ["demo", "extract", "layers", "import", "info", "export", "map", "serve"])
def test_every_command_has_help_with_examples(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main([command, "--help"])
    assert stop.value.code == 0
    assert f"\n  repgeom {command}" in capsys.readouterr().out


def test_no_command_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert "COMMAND" in usage_error([], capsys)


def test_a_mistyped_command_suggests_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert "Did you mean export?" in usage_error(["exprot"], capsys)


def test_a_mistyped_option_suggests_the_nearest_of_that_command(capsys: pytest.CaptureFixture[str]) -> None:
    error = usage_error(["info", "x", "--verfy"], capsys)
    assert "repgeom info: error" in error
    assert "Did you mean --verify?" in error


def test_a_mistyped_choice_suggests_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert "Did you mean parquet?" in usage_error(["export", "x", "--format", "parket"], capsys)


def test_options_are_not_abbreviated(capsys: pytest.CaptureFixture[str]) -> None:
    assert "unrecognized arguments: --ver" in usage_error(["info", "x", "--ver"], capsys)


def test_an_error_is_one_line_on_stderr_and_exit_code_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", str(tmp_path / "nothing")]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("repgeom: error: ")
    assert captured.err.count("\n") == 1
    assert "nothing" in captured.err


def test_with_json_progress_an_error_is_also_an_event_on_stdout(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", str(tmp_path / "nothing"), "--progress", "json"]) == 1
    event = json.loads(capsys.readouterr().out)
    assert event["event"] == "error"
    assert "nothing" in event["message"]


def test_an_error_of_several_lines_is_said_in_one(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(cli.info, "run", raising(RepGeomError("first\nsecond")))
    assert main(["info", "x"]) == 1
    assert capsys.readouterr().err == "repgeom: error: first second\n"


def test_a_defect_is_one_line_that_names_the_file_with_its_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.delenv("REPGEOM_DEBUG", raising=False)
    monkeypatch.setattr(cli.info, "run", raising(ZeroDivisionError("by zero")))
    assert main(["info", "x"]) == 1
    error = capsys.readouterr().err
    (kept,) = tmp_path.glob("*.traceback")
    assert error.count("\n") == 1
    assert str(kept) in error
    assert "ZeroDivisionError: by zero" in kept.read_text()
    assert "in fail" in kept.read_text()


@pytest.mark.parametrize("said", ["setting an array element with a sequence.", "no full stop", ""])
def test_a_defect_is_told_with_one_full_stop(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, said: str
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.delenv("REPGEOM_DEBUG", raising=False)
    monkeypatch.setattr(cli.info, "run", raising(ValueError(said)))
    assert main(["info", "x"]) == 1
    told = f"unexpected ValueError{': ' if said else ''}{said.rstrip('.')}. Please report this with the traceback in "
    assert capsys.readouterr().err.startswith(f"repgeom: error: {told}")


def test_what_the_machine_refuses_is_no_defect(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("REPGEOM_DEBUG", raising=False)
    monkeypatch.setattr(cli.info, "run", raising(OSError(errno.ENOSPC, "No space left on device", "/data/x.npy")))
    assert main(["info", "x"]) == 1
    expected = "repgeom: error: /data/x.npy: No space left on device; free some space and try again.\n"
    assert capsys.readouterr().err == expected


def test_debug_prints_the_traceback(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("REPGEOM_DEBUG", "1")
    monkeypatch.setattr(cli.info, "run", raising(ZeroDivisionError("by zero")))
    assert main(["info", "x"]) == 1
    assert "Traceback (most recent call last)" in capsys.readouterr().err


def raising(error: Exception):
    def fail(args: object, progress: Progress) -> None:
        raise error

    return fail


def test_a_reader_that_goes_away_is_no_error_message(bundle: Bundle) -> None:
    process = subprocess.Popen([*REPGEOM, "info", str(bundle.path), "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout and process.stderr
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_cancel_the_work_and_exit_with_130(number: signal.Signals) -> None:
    script = (
        "import sys, time\n"
        "from repgeom_core import cli\n"
        "def work(args, progress):\n"
        "    for i in range(1000):\n"
        "        progress.update('work', i, 1000)\n"
        "        time.sleep(0.02)\n"
        "cli.info.run = work\n"
        "sys.exit(cli.main(['info', 'x', '--progress', 'json']))\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout
    assert json.loads(process.stdout.readline())["event"] == "progress"
    process.send_signal(number)
    out, err = process.communicate(timeout=10)
    assert process.returncode == 130
    assert json.loads(out.splitlines()[-1])["event"] == "cancelled"
    assert err.splitlines()[-1].startswith("repgeom: Cancelled. ")


def test_a_second_interrupt_stops_work_that_does_not_report() -> None:
    script = (
        "import sys, time\n"
        "from repgeom_core import cli\n"
        "def work(args, progress):\n"
        "    progress.update('work', 0, 1)\n"
        "    time.sleep(60)\n"
        "cli.info.run = work\n"
        "sys.exit(cli.main(['info', 'x', '--progress', 'json']))\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout
    process.stdout.readline()
    os.kill(process.pid, signal.SIGINT)
    time.sleep(0.3)
    os.kill(process.pid, signal.SIGINT)
    process.communicate(timeout=50)  # the work sleeps for 60
    assert process.returncode == 130
