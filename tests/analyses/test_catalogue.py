"""The documentation of analyses is what the declarations say, and its guide works when followed to the letter."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from repgeom_core.analyses.catalogue import markdown
from repgeom_core.analyses.registry import analyses

ROOT = Path(__file__).parents[2]


def test_the_page_is_up_to_date() -> None:
    found = (ROOT / "docs" / "analyses.md").read_text(encoding="utf-8")
    assert found == markdown(), "renew it: python -m repgeom_core.analyses.catalogue > docs/analyses.md"


def test_the_page_says_everything_of_each_analysis() -> None:
    sections = dict(re.findall(r"^### (\w+)\n(.*?)(?=^##|\Z)", markdown(), re.M | re.S))
    assert list(sections) == list(analyses())
    for declared in analyses().values():
        section = sections[declared.name].replace("\\|", "|")
        for text in (declared.title, declared.summary, declared.formula, declared.reference, declared.oracle, declared.truths):
            assert text.replace("\n", " ") in section
        for word in (*declared.needs, *declared.invariant_to, *declared.parameters):
            assert word in section


@pytest.mark.slow
def test_the_guide_works_when_followed_to_the_letter(tmp_path: Path) -> None:
    for part in ("repgeom_core", "tests/analyses", "docs", "benchmarks"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", "tests/conftest.py"):
        shutil.copy(ROOT / file, tmp_path / file)
    guide = (ROOT / "docs" / "adding_an_analysis.md").read_text(encoding="utf-8")
    steps = re.findall(r"^(?:`([\w/.]+)`:\n\n)?```(python|sh)\n(.*?)^```", guide, re.M | re.S)
    assert [language for _, language, _ in steps] == ["sh", "python", "python", "sh", "sh"]
    said = []
    for file, language, text in steps:
        if language == "python":
            assert not (tmp_path / file).exists(), f"{file} should have been put away"
            assert file.startswith("tests/") or text == (ROOT / file).read_text(encoding="utf-8"), f"the guide shows another {file}"
            (tmp_path / file).write_text(text, encoding="utf-8")
        else:
            said += [_run(line, tmp_path) for line in text.splitlines()]
    _, tests, listed, _, value = said
    assert int(re.search(r"(\d+) passed", tests)[1]) > 30 and "failed" not in tests
    assert re.search(r"spectrum +stable_rank +Stable rank +spectrum +centred=True", listed)
    assert re.match(r"stable_rank = 1\d\.\d+ \[.*\] \(white Gaussian of the same shape: ", value)
    assert "### stable_rank" in (tmp_path / "docs" / "analyses.md").read_text(encoding="utf-8")


def _run(line: str, folder: Path) -> str:
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "PYTHONPATH": str(folder)}
    done = subprocess.run(["bash", "-c", line], cwd=folder, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
    return done.stdout
