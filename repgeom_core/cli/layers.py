"""List the layers of the model in a recipe: names to extract, types, output shapes, parameters.

examples:
  repgeom layers examples/cifar10_resnets.toml
  repgeom layers my_run.toml --json
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from repgeom_core.cli.parsing import add_restricted, restriction
from repgeom_core.cli.table import table
from repgeom_core.progress import Progress


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("recipe", type=Path, metavar="RECIPE", help="a .toml file that names data and model")
    parser.add_argument("--json", action="store_true", help="as one JSON document on stdout")
    add_restricted(parser)


def run(args: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    from repgeom_core.extract import list_layers, load_recipe

    layers = [asdict(layer) for layer in list_layers(load_recipe(args.recipe), restricted_to=restriction(args))]
    if args.json:
        return {"message": json.dumps(layers, indent=1)}
    rows = [[layer["name"], layer["type"], " x ".join(map(str, layer["shape"])), layer["parameters"]] for layer in layers]
    return {"message": table(["layer", "type", "output", "parameters"], rows)}
