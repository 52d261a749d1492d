"""JSON of any depth: the chain-like tree of 60,000 samples nests objects 60,000 deep, where the standard library's parser gives up."""

from __future__ import annotations

import json
import re
from typing import Any

_SPACE = re.compile(r"[ \t\n\r]*")
_FLAT = re.compile(r"[{\[][^{}\[\]]*[}\]]")  # an object or a list with no other in it (or so it seems: strings may hold brackets)


def loads(text: str) -> Any:
    """What the text holds, as :func:`json.loads`.

    Raises:
        json.JSONDecodeError: the text is no JSON.
    """
    try:
        return json.loads(text)
    except RecursionError:
        return _DeepParser(text).parse()


class _DeepParser:
    """Objects and lists that are open wait on a stack; what holds no others is read by the standard library."""

    def __init__(self, text: str) -> None:
        self.text, self.position = text, 0
        self.scan = json.JSONDecoder().scan_once  # type: ignore[attr-defined]

    def parse(self) -> Any:
        stack: list[tuple[Any, str | None]] = []  # a container, and the name under which its value comes (None: it is a list)
        while True:
            value = self._flat("value")
            if value is self:  # something opens
                listed = self._take("[")
                if not listed:
                    self._take("{")
                stack.append(([], None) if listed else ({}, self._name()))
                continue
            while stack:  # the value is whole, and goes into what is open
                container, name = stack[-1]
                if name is None:
                    container.append(value)
                else:
                    container[name] = value
                if self._take(","):
                    if name is not None:
                        stack[-1] = (container, self._name())
                    break
                if not self._take("]" if name is None else "}"):
                    raise self._error("',' delimiter")
                value = stack.pop()[0]
            else:
                if self.position != len(self.text):
                    raise json.JSONDecodeError("Extra data", self.text, self.position)
                return value

    def _take(self, mark: str) -> bool:
        """Whether the mark comes next; if so it and the space behind it are passed."""
        start = _SPACE.match(self.text, self.position).end()  # type: ignore[union-attr]
        found = self.text.startswith(mark, start)
        self.position = _SPACE.match(self.text, start + len(mark)).end() if found else start  # type: ignore[union-attr]
        return found

    def _flat(self, expected: str) -> Any:
        """A string, number or word, or an object or a list of such; the parser itself where one opens that holds others."""
        self._take("")
        if self.text.startswith(("{", "["), self.position) and not _FLAT.match(self.text, self.position):
            return self
        try:
            value, self.position = self.scan(self.text, self.position)
        except StopIteration:
            raise self._error(expected) from None
        except RecursionError:  # it only seemed to be flat
            return self
        self._take("")
        return value

    def _name(self) -> str:
        name = self._flat("property name enclosed in double quotes") if self.text.startswith('"', self.position) else None
        if not isinstance(name, str):
            raise self._error("property name enclosed in double quotes")
        if not self._take(":"):
            raise self._error("':' delimiter")
        return name

    def _error(self, expected: str) -> json.JSONDecodeError:
        return json.JSONDecodeError(f"Expecting {expected}", self.text, self.position)
