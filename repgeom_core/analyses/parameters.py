"""Typed, bounded parameters of analyses: declared once, they give the widgets, the validation and the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from repgeom_core.errors import RepGeomError
from repgeom_core.suggest import did_you_mean


class ParameterError(RepGeomError):
    """A parameter of an analysis is unknown or out of bounds."""


@dataclass(frozen=True)
class Int:
    """A whole number in ``[low, high]``."""

    default: int
    low: int
    high: int
    help: str = ""

    @property
    def expected(self) -> str:
        return f"an int in [{self.low}, {self.high}]"

    def read(self, value: Any) -> int | None:
        whole = isinstance(value, int) and not isinstance(value, bool) or isinstance(value, float) and value.is_integer()
        return int(value) if whole and self.low <= value <= self.high else None

    def parse(self, text: str) -> Any:
        return int(text)


@dataclass(frozen=True)
class Float:
    """A number in ``[low, high]``."""

    default: float
    low: float
    high: float
    help: str = ""

    @property
    def expected(self) -> str:
        return f"a float in [{self.low:g}, {self.high:g}]"

    def read(self, value: Any) -> float | None:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return float(value) if number and self.low <= value <= self.high else None

    def parse(self, text: str) -> Any:
        return float(text)


@dataclass(frozen=True)
class Choice:
    """One of a few words."""

    default: str
    options: tuple[str, ...]
    help: str = ""

    @property
    def expected(self) -> str:
        return "one of " + ", ".join(repr(option) for option in self.options)

    def read(self, value: Any) -> str | None:
        return value if isinstance(value, str) and value in self.options else None

    def parse(self, text: str) -> Any:
        return text


@dataclass(frozen=True)
class Flag:
    """Yes or no."""

    default: bool
    help: str = ""

    @property
    def expected(self) -> str:
        return "True or False"

    def read(self, value: Any) -> bool | None:
        return value if isinstance(value, bool) else None

    def parse(self, text: str) -> Any:
        return {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}.get(text.lower(), text)


@dataclass(frozen=True)
class Column:
    """The name of a column of the sample table with other labels (coarse classes, a second task); empty: none."""

    default: str = ""
    help: str = ""

    @property
    def expected(self) -> str:
        return "the name of a column"

    def read(self, value: Any) -> str | None:
        return value if isinstance(value, str) else None

    def parse(self, text: str) -> Any:
        return text


Parameter = Int | Float | Choice | Flag | Column


def validated(analysis: str, declared: Mapping[str, Parameter], given: Mapping[str, Any]) -> dict[str, Any]:
    """All parameters with defaults filled in; a :class:`ParameterError` says what was expected and what came."""
    for name in given:
        if name not in declared:
            raise ParameterError(f"{analysis} has no parameter {name!r}. {did_you_mean(name, declared)}")
    values = {}
    for name, parameter in declared.items():
        value = given.get(name, parameter.default)
        read = parameter.read(value)
        if read is None:
            raise ParameterError(f"The {name!r} parameter of {analysis} must be {parameter.expected}. Got {value!r} instead.")
        values[name] = read
    return values


def parsed(analysis: str, declared: Mapping[str, Parameter], texts: Mapping[str, str]) -> dict[str, Any]:
    """Values from ``name=text`` pairs of a command line, validated."""
    values: dict[str, Any] = {}
    for name, text in texts.items():
        try:
            values[name] = declared[name].parse(text) if name in declared else text
        except ValueError:
            values[name] = text
    return validated(analysis, declared, values)
