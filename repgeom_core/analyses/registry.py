"""Finding the analyses: every module below ``analyses/<family>/`` is read once; nothing is listed by hand."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from functools import cache

import repgeom_core.analyses as package
from repgeom_core.analyses.contract import Analysis
from repgeom_core.errors import RepGeomError
from repgeom_core.suggest import did_you_mean


class UnknownAnalysisError(RepGeomError):
    """There is no analysis of that name."""


@cache
def analyses() -> dict[str, Analysis]:
    """All analyses by name, in order of family and name."""
    found: dict[str, Analysis] = {}
    for family in sorted(m.name for m in pkgutil.iter_modules(package.__path__) if m.ispkg):
        folder = importlib.import_module(f"{package.__name__}.{family}")
        for name in sorted(m.name for m in pkgutil.iter_modules(folder.__path__)):
            module = importlib.import_module(f"{folder.__name__}.{name}")
            for _, function in inspect.getmembers(module, inspect.isfunction):
                declared = getattr(function, "__analysis__", None)
                if declared is None or function.__module__ != module.__name__:
                    continue
                if declared.name in found:
                    raise ValueError(f"Two analyses are called {declared.name!r}: rename the one in {module.__name__}.")
                found[declared.name] = declared
    return found


def find(name: str) -> Analysis:
    """The analysis of that name; a :class:`UnknownAnalysisError` suggests the nearest."""
    known = analyses()
    if name not in known:
        raise UnknownAnalysisError(f"There is no analysis {name!r}. {did_you_mean(name, known)}")
    return known[name]


def families() -> dict[str, list[Analysis]]:
    """The analyses of each family, in order of name."""
    grouped: dict[str, list[Analysis]] = {}
    for declared in analyses().values():
        grouped.setdefault(declared.family, []).append(declared)
    return grouped
