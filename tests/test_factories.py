from __future__ import annotations

import sys
from pathlib import Path

import pytest

from repgeom_core.config import Config
from repgeom_core.factories import list_factories

MODULE = """
raise SystemExit("this module must not be imported")
import os
def small(width=3): ...
def _hidden(): ...
class Net: ...
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "zoo_for_test" / "deep").mkdir(parents=True)
    (tmp_path / "nets_for_test.py").write_text(MODULE)
    (tmp_path / "zoo_for_test" / "__init__.py").write_text("def top(): ...")
    (tmp_path / "zoo_for_test" / "deep" / "wide.py").write_text("def huge(): ...")
    (tmp_path / "zoo_for_test" / "broken.py").write_text("def (")
    return tmp_path


def offered(folder: Path, *import_paths: str) -> list[str]:
    return list_factories(Config(workspace=folder / "ws", import_paths=import_paths, python_path=(folder,)))


def test_public_functions_and_classes_are_offered_without_importing(folder: Path) -> None:
    assert offered(folder, "nets_for_test") == ["nets_for_test:small", "nets_for_test:Net"]
    assert "nets_for_test" not in sys.modules


def test_package_with_star_offers_what_lies_below(folder: Path) -> None:
    assert offered(folder, "zoo_for_test.*") == ["zoo_for_test:top", "zoo_for_test.deep.wide:huge"]


def test_package_without_star_offers_only_itself(folder: Path) -> None:
    assert offered(folder, "zoo_for_test") == ["zoo_for_test:top"]


def test_everything_offered_is_allowed(folder: Path) -> None:
    config = Config(workspace=folder, import_paths=("zoo_for_test.*", "nets_for_test"), python_path=(folder,))
    for name in list_factories(config):
        config.check_factory(name)


def test_modules_that_are_not_there_offer_nothing(folder: Path) -> None:
    assert offered(folder, "no_such_module", "zoo_for_test.none", "nets_for_test.none", "sys") == []
