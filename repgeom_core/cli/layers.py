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
from typing import TYPE_CHECKING, Any

from repgeom_core.cli.parsing import add_restricted, restriction
from repgeom_core.cli.table import table
from repgeom_core.errors import ModelError
from repgeom_core.progress import Progress

if TYPE_CHECKING:
    from repgeom_core.extract.layers import ModelTrace


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("recipe", type=Path, metavar="RECIPE", help="a .toml file that names data and model")
    parser.add_argument("--json", action="store_true", help="as one JSON document on stdout")
    add_restricted(parser)


def run(args: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    from repgeom_core.extract import load_recipe
    from repgeom_core.extract.run import traced_model

    recipe = load_recipe(args.recipe)
    traced = traced_model(recipe, restricted_to=restriction(args))
    layers = [asdict(layer) for layer in traced.layers]
    if args.json:
        return {"message": json.dumps(layers, indent=1)}
    rows = [[layer["name"], layer["type"], " x ".join(map(str, layer["shape"])), layer["parameters"]] for layer in layers]
    shown = table(["layer", "type", "output", "parameters"], rows)
    return {"message": "\n\n".join(filter(None, [shown, _classifiers_input(traced, recipe.extract.classifier)]))}


def _classifiers_input(traced: ModelTrace, asked: str) -> str:
    """The layer that extraction adds to those of the model, in words."""
    from repgeom_core.extract.layers import classifier_of

    try:
        head = classifier_of(traced, asked)
    except ModelError as error:
        return f"Warning: {error}"
    if head is None:
        return ""
    return f"An extraction also keeps {head.features!r}, {head.dim:,} values: what goes into {head.module!r}, the classifier."
