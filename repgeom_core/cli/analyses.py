"""List the analyses: what each is called, what it needs, which parameters it takes.

examples:
  repgeom analyses
  repgeom analyses --family spectrum
  repgeom analyses --json | jq '.[] | select(.needs == ["features"]) | .name'
"""

from __future__ import annotations

import argparse
import json
from typing import Any

from repgeom_core.cli.parsing import Parser
from repgeom_core.cli.table import table
from repgeom_core.progress import Progress


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--family", metavar="F", help="only this family (collapse, spectrum, ...)")
    parser.add_argument("--json", action="store_true", help="all that is declared, as one JSON document on stdout")


def run(args: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    from repgeom_core.analyses.catalogue import description
    from repgeom_core.analyses.registry import families
    from repgeom_core.suggest import did_you_mean

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


def _parameters(parameters: Any) -> str:
    return " ".join(f"{name}={parameter.default}" for name, parameter in parameters.items())
