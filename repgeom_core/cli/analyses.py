"""List the analyses: what each is called, what it needs, which parameters it takes; or all there is to know of one.

examples:
  repgeom analyses
  repgeom analyses nc1_pinv
  repgeom analyses --family spectrum
  repgeom analyses --json | jq '.[] | select(.needs == ["features"]) | .name'
"""

from __future__ import annotations

import argparse
import json
import textwrap
from typing import TYPE_CHECKING, Any

from repgeom_core.cli.parsing import Parser
from repgeom_core.cli.table import table
from repgeom_core.progress import Progress

if TYPE_CHECKING:
    from repgeom_core.analyses.contract import Analysis


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", metavar="NAME", help="only this one, with everything that it declares")
    parser.add_argument("--family", metavar="F", help="only this family (collapse, spectrum, ...)")
    parser.add_argument("--json", action="store_true", help="all that is declared, as one JSON document on stdout")


def run(args: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    from repgeom_core.analyses.catalogue import description
    from repgeom_core.analyses.registry import families, find
    from repgeom_core.suggest import did_you_mean

    if args.name is not None:
        if args.family is not None:
            args.parser.error("give the name of an analysis or a family, not both")
        one = find(args.name)
        return {"message": json.dumps(description(one), indent=1, ensure_ascii=False) if args.json else _entry(one)}
    known = families()
    if args.family is not None and args.family not in known:
        parser: Parser = args.parser
        parser.error(f"there is no family {args.family!r} of analyses. {did_you_mean(args.family, known)}")
    chosen = [declared for family, members in known.items() if args.family in (None, family) for declared in members]
    if args.json:
        return {"message": json.dumps([description(declared) for declared in chosen], indent=1, ensure_ascii=False)}
    rows = [
        [declared.family, declared.name, declared.title, ", ".join(sorted(declared.needs)), _parameters(declared.parameters)]
        for declared in chosen
    ]
    return {"message": table(["family", "name", "title", "needs", "parameters"], rows)}


def _entry(declared: Analysis) -> str:
    """Title, summary, and a line for each thing that is declared."""
    from repgeom_core.analyses.catalogue import facts

    rows = facts(declared)
    width = max(len(name) for name, _ in rows)
    head = f"{declared.name} ({declared.family}): {declared.title}"
    lines = [
        textwrap.fill(text, 100, initial_indent=name.ljust(width + 2), subsequent_indent=" " * (width + 2), break_on_hyphens=False)
        for name, text in rows
    ]
    return "\n".join([head, "", textwrap.fill(" ".join(declared.summary.split()), 100), "", *lines])


def _parameters(parameters: Any) -> str:
    return " ".join(f"{name}={parameter.default}" for name, parameter in parameters.items())
