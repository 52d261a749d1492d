"""Extract the features that a recipe describes: a model at its checkpoints, on a data set, into a bundle.

examples:
  repgeom extract examples/cifar10_resnets.toml --out .repgeom/bundles/resnets
  repgeom extract my_run.toml --device cuda --progress json
  repgeom extract my_run.toml --resume          (after a crash or a cancel)
  repgeom extract my_run.toml --overwrite       (begin anew in the same place)
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from repgeom_core.cli.parsing import add_progress, add_restricted, restriction
from repgeom_core.progress import Progress


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("recipe", type=Path, metavar="RECIPE", help="a .toml file: data, model, checkpoints, layers, batch, device, seed")
    parser.add_argument("--out", type=Path, metavar="DIR", help="the bundle to make (default: bundles/NAME OF THE RUN in the workspace)")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto", help="(default: auto, what the recipe says)")
    again = parser.add_mutually_exclusive_group()
    again.add_argument("--resume", action="store_true", help="go on where an earlier extraction into the same place stopped")
    again.add_argument("--overwrite", action="store_true", help="replace a bundle that is there")
    add_progress(parser)
    add_restricted(parser)


def run(args: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    from repgeom_core.config import load_config
    from repgeom_core.extract import extract, load_recipe
    from repgeom_core.workspace import safe_name

    recipe = load_recipe(args.recipe)
    allowed = restriction(args)
    out = args.out or (allowed or load_config()).bundles / safe_name(recipe.name, "run")
    path = extract(recipe, out, device=args.device, resume=args.resume, progress=progress, restricted_to=allowed, overwrite=args.overwrite)
    return {"bundle": str(path), "message": f"Extracted into {path}. See it with: repgeom serve {path}"}
