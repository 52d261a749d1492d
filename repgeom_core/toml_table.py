"""TOML: files and tables read strictly, with errors that name the key and the nearest known one, and tables written."""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from repgeom_core.errors import RepGeomError
from repgeom_core.sentences import reason
from repgeom_core.suggest import did_you_mean

_REQUIRED: Any = object()


def read_toml(path: Path, error: type[RepGeomError], what: str) -> dict[str, Any]:
    """The content of a TOML file (``what`` it is, for people: "recipe"); raises ``error``."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise error(f"There is no {what} {path}.") from None
    except tomllib.TOMLDecodeError as fault:
        raise error(f"{path} is not valid TOML: {reason(fault)}.") from None
    except (OSError, UnicodeDecodeError) as fault:
        raise error(f"{path} cannot be read: {reason(fault)}.") from None


class Table:
    """A table whose keys are asked for one by one; :meth:`finish` refuses the keys nobody asked for. Faults are raised as ``error``."""

    def __init__(self, values: Mapping[str, Any], where: str, error: type[RepGeomError]) -> None:
        if not isinstance(values, Mapping):
            raise error(f"{where} must be a table, got {values!r}.")
        self._values, self.where, self._error, self._asked = values, where, error, set[str]()

    def __contains__(self, key: str) -> bool:
        self._asked.add(key)
        return key in self._values

    def raw(self, key: str) -> Any:
        self._asked.add(key)
        return self._values.get(key)

    def unknown(self, known: Iterable[str]) -> None:
        """Raises for the first key that is not among ``known``."""
        for key in self._values:
            if key not in known:
                raise self._error(f"{self.where} has an unknown key {key!r}. {did_you_mean(key, sorted(known))}")

    def finish(self, known: Iterable[str] = ()) -> None:
        self.unknown({*self._asked, *known})

    def _get(self, key: str, default: Any, accepted: Any, what: str) -> Any:
        value = self.raw(key)
        if value is None:
            if default is _REQUIRED:
                raise self._error(f"{self.where} needs {key!r}: {what}.")
            return default
        if not isinstance(value, accepted) or (isinstance(value, bool) and accepted is not bool):
            raise self._wrong(key, what, value)
        return value

    def _wrong(self, key: str, what: str, value: Any) -> RepGeomError:
        return self._error(f"{self.where}: {key!r} must be {what}, got {value!r}.")

    def text(self, key: str, default: Any = _REQUIRED) -> Any:
        value = self._get(key, default, str, "a text")
        if value == "":
            raise self._wrong(key, "a text that is not empty", value)
        return value

    def boolean(self, key: str, default: bool) -> bool:
        return bool(self._get(key, default, bool, "true or false"))

    def integer(self, key: str, default: Any = _REQUIRED, low: int | None = None) -> Any:
        what = "a whole number" + ("" if low is None else f" of at least {low}")
        value = self._get(key, default, int, what)
        if value is not None and low is not None and value < low:
            raise self._wrong(key, what, value)
        return value

    def number(self, key: str, default: Any = _REQUIRED) -> float | None:
        value = self._get(key, default, (int, float), "a number")
        if value is not None and not math.isfinite(value):
            raise self._wrong(key, "a finite number", value)
        return value if value is None else float(value)

    def choice(self, key: str, choices: Sequence[str], default: Any = _REQUIRED) -> Any:
        value = self.text(key, default)
        if value is not None and value not in choices:
            raise self._error(f"{self.where}: {key!r} must be one of {', '.join(choices)}; got {value!r}.")
        return value

    def texts(self, key: str, default: Sequence[str] = ()) -> list[str]:
        value = self._get(key, list(default), list, 'a list of texts such as ["one", "two"]')
        if not all(isinstance(item, str) and item for item in value):
            raise self._wrong(key, 'a list of texts such as ["one", "two"]', value)
        return list(value)

    def numbers(self, key: str) -> tuple[float, ...]:
        """One number or a list of them."""
        return tuple(float(item) for item in self._several(key, (int, float), "a number or a list of numbers"))

    def integers(self, key: str) -> tuple[int, ...]:
        """One whole number of at least 1 or a list of them."""
        what = "a whole number of at least 1 or a list of them"
        values = self._several(key, int, what)
        if any(value < 1 for value in values):
            raise self._wrong(key, what, self.raw(key))
        return tuple(values)

    def _several(self, key: str, accepted: Any, what: str) -> list[Any]:
        value = self.raw(key)
        items = [] if value is None else value if isinstance(value, list) else [value]
        if not all(isinstance(item, accepted) and not isinstance(item, bool) and math.isfinite(item) for item in items):
            raise self._wrong(key, what, value)
        return items

    def values(self, key: str) -> dict[str, Any]:
        """A table of texts, numbers, booleans, and lists and tables of them."""
        value = dict(self._get(key, {}, Mapping, "a table"))
        if not _is_plain(value):
            raise self._wrong(key, "a table of texts, numbers, booleans, lists and tables", value)
        return value

    def text_table(self, key: str) -> dict[str, str]:
        value = dict(self._get(key, {}, Mapping, "a table of texts"))
        if not all(isinstance(item, str) for item in value.values()):
            raise self._wrong(key, "a table of texts", value)
        return value

    def choice_table(self, key: str, choices: Sequence[str]) -> dict[str, str]:
        value = self.text_table(key)
        for name, item in value.items():
            if item not in choices:
                raise self._error(f"{self.where}: {key!r} of {name!r} must be one of {', '.join(choices)}; got {item!r}.")
        return value

    def table(self, key: str) -> Table:
        """The table under ``key``; an empty one where there is none."""
        value = self.raw(key)
        return Table({} if value is None else value, f"[{key}] in {self.where}", self._error)

    def tables(self, key: str) -> list[Table]:
        """The array of tables under ``key``."""
        value = self.raw(key)
        if value is not None and not (isinstance(value, list) and all(isinstance(item, Mapping) for item in value)):
            raise self._error(f"{self.where}: {key!r} must be written as [[{key}]] tables, got {value!r}.")
        return [Table(item, f"[[{key}]] number {i} in {self.where}", self._error) for i, item in enumerate(value or [], 1)]


def _is_plain(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(isinstance(key, str) and _is_plain(item) for key, item in value.items())
    if isinstance(value, list):
        return all(_is_plain(item) for item in value)
    return isinstance(value, str | int | float)


def to_toml(values: Mapping[str, Any]) -> str:
    """TOML text: values, then tables and arrays of tables; tables within those are written inline."""
    lines = [f"{_key(key)} = {_value(value)}" for key, value in values.items() if not _is_section(value)]
    for key, value in values.items():
        if not _is_section(value):
            continue
        many = isinstance(value, list)
        for section in value if many else [value]:
            lines += ["", f"[[{_key(key)}]]" if many else f"[{_key(key)}]"]
            lines += [f"{_key(name)} = {_value(item)}" for name, item in section.items()]
    return "\n".join(lines) + "\n"


def _is_section(value: Any) -> bool:
    return isinstance(value, Mapping) or (isinstance(value, list) and bool(value) and isinstance(value[0], Mapping))


def _key(key: str) -> str:
    bare = key.isascii() and key.replace("_", "").replace("-", "").isalnum()
    return key if bare else _value(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        # A JSON string is a TOML string, but for the one control character that JSON leaves bare.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {_value(item)}" for key, item in value.items()) + " }" if value else "{}"
    return "[" + ", ".join(_value(item) for item in value) + "]"
