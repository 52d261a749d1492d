"""How a command that fails says so: one line for people, an event for programs, and never a lost traceback."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from repgeom_core.errors import Cancelled, RepGeomError, refusal
from repgeom_core.progress import JsonProgress, Progress
from repgeom_core.sentences import reason

DEBUG = "REPGEOM_DEBUG"


@dataclass
class Ending:
    """The exit code of the block that was reported on."""

    code: int = 0


@contextmanager
def reported(progress: Progress) -> Iterator[Ending]:
    """Turns whatever the block raises into a message and an exit code.

    A :class:`RepGeomError`, or what the machine refuses (a full disk, a file that may not be read), is one line on stderr,
    and an ``error`` event on stdout where the progress is JSON. Any other exception is a defect: its traceback goes to a
    file which the line names (with ``$REPGEOM_DEBUG`` set, to stderr).
    """
    ending = Ending()
    try:
        yield ending
    except (Cancelled, KeyboardInterrupt) as stop:
        ending.code = 130
        said = str(stop) or "Stopped at once; what was being written may have to be made again."
        _say(progress, "cancelled", said, said)
    except RepGeomError as error:
        ending.code = 1
        if os.environ.get(DEBUG):
            traceback.print_exc()
        _say(progress, "error", str(error), error.on_page)
    except BrokenPipeError:
        # The reader of our output (head, less) has gone: nobody to tell. Python's own flush at exit must not complain.
        ending.code = 1
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as error:
        ending.code = 1
        said = refusal(error) or _unexpected(error)
        _say(progress, "error", said, said)


def _say(progress: Progress, event: str, message: str, on_page: str) -> None:
    """``message`` for people at a terminal; ``on_page`` for who reads the JSON lines, the dashboard."""
    line = " ".join(message.split())
    fresh = "\r\x1b[2K" if sys.stderr.isatty() else ""  # an unfinished bar may stand on this line
    print(f"{fresh}repgeom: {'error: ' if event == 'error' else ''}{line}", file=sys.stderr, flush=True)
    if isinstance(progress, JsonProgress):
        print(json.dumps({"event": event, "message": " ".join(on_page.split()), "time": time.time()}), flush=True)


def _unexpected(error: Exception) -> str:
    what = type(error).__name__ + (f": {reason(error, 600)}" if str(error) else "")
    if os.environ.get(DEBUG):
        traceback.print_exc()
        return f"unexpected {what}."
    with tempfile.NamedTemporaryFile("w", prefix="repgeom-", suffix=".traceback", delete=False, encoding="utf-8") as file:
        file.write(f"repgeom {' '.join(sys.argv[1:])}\n\n")
        traceback.print_exc(file=file)
    return f"unexpected {what}. Please report this with the traceback in {file.name} ({DEBUG}=1 prints it)."
