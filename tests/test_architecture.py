"""Imports go down the floors that docs/architecture.md draws; the core knows no streamlit, and pages leave computing to the core."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
FLOORS = re.search(r"```\n(cli\n.*?)```", (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8"), re.S)[1].splitlines()
HEIGHT = {room: len(FLOORS) - place for place, floor in enumerate(FLOORS) for room in floor.split()}
DRAWING = {"numpy", "pandas", "plotly", "streamlit"}


def imports(path: Path) -> Iterator[str]:
    """Modules that a file imports when it runs, at its head or later."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for_types = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for node in ast.walk(block)
    }
    for node in ast.walk(tree):
        if id(node) in for_types:
            continue
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0 and node.module, f"{path}: imports are absolute"
            yield from ([f"repgeom_core.{name.name}" for name in node.names] if node.module == "repgeom_core" else [node.module])
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


def test_every_room_stands_on_a_floor() -> None:
    rooms = {path.stem for path in (ROOT / "repgeom_core").iterdir() if not path.name.startswith("_")}
    assert rooms == set(HEIGHT)


def test_imports_go_down() -> None:
    upward = []
    for path in (ROOT / "repgeom_core").rglob("*.py"):
        room = path.relative_to(ROOT / "repgeom_core").parts[0].removesuffix(".py")
        if room == "__init__":
            continue
        for module in imports(path):
            other = module.split(".")[1] if module.startswith("repgeom_core.") else room
            if other in HEIGHT and other != room and HEIGHT[other] >= HEIGHT[room]:
                upward.append(f"{path.relative_to(ROOT)} imports {module}")
    assert not upward


def test_the_core_knows_neither_streamlit_nor_pages() -> None:
    core = {module.split(".")[0] for path in (ROOT / "repgeom_core").rglob("*.py") for module in imports(path)}
    assert not core & {"streamlit", "pages", "app"}


def test_pages_import_what_draws_and_the_core_for_all_else() -> None:
    found = {module.split(".")[0] for path in (ROOT / "pages").rglob("*.py") for module in imports(path)}
    assert found - set(sys.stdlib_module_names) <= DRAWING | {"repgeom_core", "pages", "app"}
