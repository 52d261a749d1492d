"""Arguments that all commands share, and an argument parser that says what you may have meant."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, NoReturn

from repgeom_core.suggest import nearest

if TYPE_CHECKING:
    from repgeom_core.config import Config


class Parser(argparse.ArgumentParser):
    """argparse without abbreviations (a job's command line must mean one thing), whose errors suggest the nearest name."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter, **options)

    def parse(self, arguments: Sequence[str] | None) -> argparse.Namespace:
        """Like ``parse_args``, but an unknown option is reported, and a known one suggested, by the command it was given to."""
        args, unknown = self.parse_known_args(arguments)
        if unknown:
            args.parser.error(f"unrecognized arguments: {' '.join(unknown)}")
        return args

    def error(self, message: str) -> NoReturn:
        super().error(message + self._suggestion(message))

    def _suggestion(self, message: str) -> str:
        if choice := re.search(r"invalid choice: '(.*?)' \(choose from (.*)\)", message):
            given, known = choice[1], re.findall(r"[\w.-]+", choice[2])
        elif unknown := re.search(r"unrecognized arguments: .*?(--[\w-]+)", message):
            given, known = unknown[1], re.findall(r"--[\w-]+", self.format_usage())
        else:
            return ""
        close = nearest(given, known)
        return f". Did you mean {close}?" if close else ""


def add_command(subparsers: argparse._SubParsersAction[Parser], command: ModuleType) -> None:
    """Adds the command that lives in a module, named after it, with its docstring as help."""
    name = command.__name__.rpartition(".")[2].rstrip("_")
    summary, _, rest = (command.__doc__ or "").partition("\n\n")
    summary = " ".join(summary.split())
    parser = subparsers.add_parser(name, help=summary, description=summary, epilog=rest.replace("``", ""))
    command.add_arguments(parser)
    parser.set_defaults(run=command.run, parser=parser)


def add_progress(parser: argparse.ArgumentParser) -> None:
    """``--progress``, which also makes the command stop cleanly on SIGINT and SIGTERM."""
    parser.add_argument(
        "--progress",
        choices=("bar", "json", "none"),
        default="bar",
        help="a bar on stderr, JSON lines on stdout for programs, or nothing (default: bar)",
    )


def add_restricted(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--restricted",
        type=Path,
        metavar="CONFIG",
        help="read files and import models only as this repgeom.toml allows: what the dashboard passes to its jobs",
    )


def restriction(args: argparse.Namespace) -> Config | None:
    """The configuration that ``--restricted`` names, or None for a person at the command line."""
    from repgeom_core.config import load_config

    return None if args.restricted is None else load_config(args.restricted)
