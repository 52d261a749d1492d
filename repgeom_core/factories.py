"""The model factories that a configuration allows, found by reading their source; nothing is imported."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from importlib.machinery import PathFinder
from pathlib import Path

from repgeom_core.config import Config


def list_factories(config: Config) -> list[str]:
    """``package.module:function`` for every public function and class that the modules in ``import_paths`` define.

    Modules that are not installed, or cannot be parsed, offer none.
    """
    found: dict[str, None] = {}
    for allowed in config.import_paths:
        package = allowed.removesuffix(".*")
        location = _locate(package, config)
        if location is None:
            continue
        for module, file in _modules(package, location, below=allowed != package):
            found |= {f"{module}:{name}": None for name in _definitions(file)}
    return list(found)


def _locate(name: str, config: Config) -> Path | None:
    """The file of a module, or the folder of a package."""
    top, *rest = name.split(".")
    spec = PathFinder.find_spec(top, [*map(str, config.python_path), *sys.path])
    if spec is None:
        return None
    if spec.submodule_search_locations:  # a package, with or without __init__.py
        bases = [Path(folder) for folder in spec.submodule_search_locations]
    else:
        bases = [Path(spec.origin)] if spec.origin and not rest else []
    for base in bases:
        path = base.joinpath(*rest)
        for candidate in (path, path.with_suffix(".py")):
            if candidate.exists():
                return candidate
    return None


def _modules(name: str, location: Path, below: bool) -> Iterator[tuple[str, Path]]:
    if location.is_file():
        yield name, location
        return
    files = sorted(location.rglob("*.py")) if below else [location / "__init__.py"]
    for file in files:
        parts = file.relative_to(location).with_suffix("").parts
        yield ".".join([name, *(part for part in parts if part != "__init__")]), file


def _definitions(file: Path) -> list[str]:
    try:
        body = ast.parse(file.read_bytes()).body
    except (OSError, SyntaxError, ValueError):
        return []
    names = [node.name for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    return [name for name in names if not name.startswith("_")]
