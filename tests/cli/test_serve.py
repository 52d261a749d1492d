"""``repgeom serve``: the dashboard answers on the port given, and mistakes are said before it starts."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from repgeom_core.bundle import Bundle
from repgeom_core.cli import main


@pytest.fixture
def port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def test_the_dashboard_answers_at_the_url_it_says_and_ends_on_sigterm(bundle: Bundle, port: int, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "repgeom_core.cli", "serve", str(bundle.path), "--port", str(port)]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=tmp_path, env=environment)
    try:
        assert process.stdout
        assert f"http://localhost:{port}" in process.stdout.readline()
        health = None
        for _ in range(200):
            try:
                health = urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1).read()
                break
            except (urllib.error.URLError, TimeoutError):
                time.sleep(0.1)
        assert health == b"ok"
        assert Path(f"/proc/{process.pid}/environ").read_bytes().split(b"\0").count(f"REPGEOM_BUNDLE={bundle.path}".encode()) == 1
    finally:
        process.send_signal(signal.SIGTERM)
        rest, _ = process.communicate(timeout=20)
    assert str(port) not in rest, "one address is enough"


def test_a_port_in_use_is_an_error_that_names_it(bundle: Bundle, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        taken = listener.getsockname()[1]
        assert main(["serve", str(bundle.path), "--port", str(taken)]) == 1
    assert f"127.0.0.1:{taken}" in capsys.readouterr().err


def test_a_port_that_cannot_be_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--port", "99999"]) == 1
    assert "99999" in capsys.readouterr().err


def test_a_folder_without_bundles_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", str(tmp_path)]) == 1
    assert "neither a bundle" in capsys.readouterr().err
    assert main(["serve", str(tmp_path / "none")]) == 1
    assert "There is no folder" in capsys.readouterr().err
