"""The command ``repgeom``: one file per subcommand, each with ``add_arguments(parser)`` and ``run(args, progress)``.

A command's docstring is its help: the first paragraph says what it does, the rest (examples) follows the options. ``run``
returns what the work made, with a ``message`` for people. Commands import what is heavy only when they run, so that
``repgeom --help`` answers at once.

Exit codes: 0 done, 1 an error (one line on stderr), 2 wrong usage, 130 cancelled (SIGINT or SIGTERM).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import nullcontext

from repgeom_core import __version__
from repgeom_core.cli import analyses, analyze, compare, demo, export, extract, import_, info, layers, map_, neighbours, serve, treemap
from repgeom_core.cli.failures import reported
from repgeom_core.cli.parsing import Parser, add_command
from repgeom_core.cli.signals import cancelled_by_signals
from repgeom_core.progress import BarProgress, JsonProgress, Progress

COMMANDS = (demo, extract, layers, import_, info, export, map_, neighbours, treemap, compare, analyses, analyze, serve)
PROGRESS = {"bar": BarProgress, "json": JsonProgress, "none": Progress}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line (default: the process's own) and return its exit code; wrong usage raises SystemExit(2)."""
    parser = Parser(prog="repgeom", description="See what a network has learned: extract its features and explore their geometry.")
    parser.add_argument("--version", action="version", version=f"repgeom {__version__}")
    subparsers = parser.add_subparsers(title="commands", dest="command", metavar="COMMAND", required=True)
    for command in COMMANDS:
        add_command(subparsers, command)
    args = parser.parse(arguments)

    progress = PROGRESS[getattr(args, "progress", "none")]()
    cancellable = cancelled_by_signals(progress) if "progress" in args else nullcontext()
    with reported(progress) as result, cancellable:
        outcome = args.run(args, progress)
        progress.finish(**outcome)
        if "message" in outcome and not isinstance(progress, JsonProgress):
            print(outcome["message"])
        sys.stdout.flush()
    return result.code
