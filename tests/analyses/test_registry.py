"""Discovery: a file dropped into a family's folder is an analysis; names are unique and misspelt ones are suggested."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

import repgeom_core.analyses as package
import repgeom_core.analyses.collapse as collapse
from repgeom_core import measure
from repgeom_core.analyses.catalogue import markdown
from repgeom_core.analyses.registry import UnknownAnalysisError, analyses, families, find

DROPPED = '''"""The largest number."""
from repgeom_core.analyses.contract import analysis
from repgeom_core.analyses.inputs import Inputs

def shared_by_files(X):
    return X.max()

@analysis(title="Largest", needs=("features",), reference="none", formula="max x", oracle="numpy")
def {name}(data: Inputs) -> float:
    """The largest of all numbers in the features."""
    return float(shared_by_files(data.X))
'''


@pytest.fixture
def drop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Adds a file to a family as if it lay in its folder."""
    before = set(sys.modules)
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
    monkeypatch.setattr(collapse, "__path__", [*collapse.__path__, str(tmp_path / "collapse")])

    def add(family: str, file: str, text: str) -> None:
        folder = tmp_path / family
        folder.mkdir(exist_ok=True)
        if family != "collapse":
            (folder / "__init__.py").touch()
        (folder / f"{file}.py").write_text(text)
        analyses.cache_clear()

    yield add
    for name in set(sys.modules) - before:
        if name.startswith("repgeom_core.analyses."):
            del sys.modules[name]
    analyses.cache_clear()


def test_a_file_in_a_family_folder_is_found_with_its_name_and_family(drop: Callable[..., None]) -> None:
    known = set(analyses())
    drop("collapse", "largest", DROPPED.format(name="largest"))
    assert set(analyses()) - known == {"largest"}
    assert find("largest").family == "collapse"
    assert measure("largest", np.arange(6.0).reshape(3, 2), interval=False).value == 5
    assert "### largest" in markdown()


def test_a_new_folder_is_a_new_family(drop: Callable[..., None]) -> None:
    drop("extremes", "largest", DROPPED.format(name="largest"))
    assert [a.name for a in families()["extremes"]] == ["largest"]


def test_a_module_without_a_declaration_adds_nothing(drop: Callable[..., None]) -> None:
    known = set(analyses())
    drop("collapse", "extremes", "from repgeom_core.analyses.collapse.nc1_pinv import nc1_pinv\n\ndef largest(X):\n    return X.max()\n")
    assert set(analyses()) == known


def test_two_analyses_of_one_name_are_refused(drop: Callable[..., None]) -> None:
    drop("collapse", "other", DROPPED.format(name="nc1_pinv"))
    with pytest.raises(ValueError, match="Two analyses are called 'nc1_pinv': rename the one in .*"):
        analyses()


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownAnalysisError, match="There is no analysis 'nc1_pinw'. Did you mean 'nc1_pinv'?"):
        find("nc1_pinw")


def test_families_hold_every_analysis_once() -> None:
    assert [a.name for members in families().values() for a in members] == list(analyses())
