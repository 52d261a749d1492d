"""What lies in ``workspace/jobs/<id>/``, by name. Standard library only: the runner starts fast."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from repgeom_core.atomic import written_whole

TAIL = 64 * 1024
ROWS = "--rows="  # an argument of an analysis: a file of row numbers
DATA, MAP, ANALYSIS = "data", "map", "analysis"
LANES = {"map": MAP, "treemap": MAP, "neighbours": MAP, "compare": ANALYSIS, "analyze": ANALYSIS}
"""The lane of a command; any other makes data. Jobs of one lane run one at a time: a map, a tree or an analysis, which somebody looks at a
page for, does not wait behind hours of extraction."""


@dataclass(frozen=True)
class JobFolder:
    """The files of one job.

    ``job.json``      title, arguments, when it was queued, the process group (written by the queue)
    ``alive``         locked as long as its runner or its worker lives
    ``started``       the worker runs (written by the runner)
    ``cancel``        somebody asked it to stop
    ``outcome.json``  how it ended (written by the runner)
    ``output.jsonl``  what the worker wrote to stdout: JSON lines;  ``errors.log``: to stderr
    """

    path: Path

    @property
    def record(self) -> Path:
        return self.path / "job.json"

    @property
    def rows(self) -> Path:
        """Where the row files of all jobs lie."""
        return self.path.parent / "rows"

    @property
    def alive(self) -> Path:
        return self.path / "alive"

    @property
    def started(self) -> Path:
        return self.path / "started"

    @property
    def cancel(self) -> Path:
        return self.path / "cancel"

    @property
    def outcome(self) -> Path:
        return self.path / "outcome.json"

    @property
    def output(self) -> Path:
        return self.path / "output.jsonl"

    @property
    def errors(self) -> Path:
        return self.path / "errors.log"

    def recent_events(self) -> list[dict[str, Any]]:
        """The JSON lines in the last 64 kB of output, oldest first; anything else there is not an event."""
        return list(_events(tail(self.output).splitlines()))

    def messages(self) -> list[str]:
        """All ``log`` messages of the worker."""
        if not self.output.is_file():
            return []
        lines = re.findall(r'^.*"event": "log".*$', self.output.read_text(encoding="utf-8", errors="replace"), re.M)
        return [str(event.get("message", "")) for event in _events(lines)]


def lane_of(arguments: Sequence[str]) -> str:
    """The lane in which a command line waits for its turn."""
    return LANES.get(arguments[0], DATA) if arguments else DATA


def read_json(path: Path) -> dict[str, Any] | None:
    """The object in ``path``; None when there is none or it is not one."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None


def write_json(path: Path, content: dict[str, Any]) -> None:
    """By atomic rename: a reader sees the old content or the new."""
    with written_whole(path) as temporary:
        temporary.write_text(json.dumps(content), encoding="utf-8")


def tail(path: Path) -> str:
    """The last 64 kB of a text file, from the start of a line; empty where there is none."""
    try:
        with path.open("rb") as stream:
            start = max(0, stream.seek(0, os.SEEK_END) - TAIL)
            stream.seek(start)
            content = stream.read()
    except FileNotFoundError:
        return ""
    if start:
        content = content[content.find(b"\n") + 1 :]
    return content.decode("utf-8", errors="replace")


def _events(lines: list[str]) -> Iterator[dict[str, Any]]:
    for line in lines:
        try:
            event = json.loads(line)
        except ValueError:  # a line still being written, or a print of the person's own code
            continue
        if isinstance(event, dict) and "event" in event:
            yield event
