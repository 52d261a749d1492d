"""``make setup`` with a Python that only pretends: what it says meanwhile, and that a failing pip is a failing setup."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PYTHON = """#!/bin/bash
case "$*" in
"-m venv .venv") mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
*"pip install"*)
  echo "Obtaining file:///there"
  echo "Collecting numpy==2.4.6 (from -r .venv/requirements.txt (line 3))"
  echo "  Downloading numpy-2.4.6.whl (16 MB)"
  echo "Collecting tornado<7,>=6.0.3 (from streamlit)"
  echo "Collecting pytest; extra == dev"
  [ -e fail ] && { echo "ERROR: No matching distribution" >&2; exit 1; }
  echo "Installing collected packages: pytest, tornado, numpy"
  echo "Successfully installed numpy-2.4.6 pytest-9 tornado-6.5" ;;
esac
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in ("Makefile", "requirements.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    python = tmp_path / "python3"
    python.write_text(PYTHON)
    python.chmod(python.stat().st_mode | stat.S_IXUSR)
    return tmp_path


def setup(folder: Path) -> subprocess.CompletedProcess[str]:
    if shutil.which("make") is None:
        pytest.skip("there is no make here")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(
        ["make", "setup", f"PYTHON={folder}/python3"], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_setup_tells_which_packages_it_finds_and_that_it_unpacks_them(checkout: Path) -> None:
    done = setup(checkout)
    assert done.returncode == 0, done.stderr
    first, *others = done.stdout.splitlines()
    assert first.startswith("Installing into .venv with faiss-")
    assert others == ["Finding: numpy tornado pytest", "Unpacking 3 packages ...", "Installed."]
    assert "Nothing to be done" in setup(checkout).stdout


def test_setup_fails_where_pip_does_and_is_tried_again(checkout: Path) -> None:
    (checkout / "fail").touch()
    failed = setup(checkout)
    assert failed.returncode != 0 and "No matching distribution" in failed.stderr
    (checkout / "fail").unlink()
    assert setup(checkout).returncode == 0
