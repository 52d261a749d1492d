"""Train a small network on handwritten digits and extract its features, from initialisation to collapse.

The bundle holds 15 checkpoints with all layers; it takes half a minute.

examples:
  repgeom demo
  repgeom demo --out digits_seed1 --seed 1
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from repgeom_core.cli.parsing import add_progress
from repgeom_core.progress import Progress


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, metavar="DIR", help="the bundle to make (default: bundles/demo in the workspace)")
    parser.add_argument("--seed", type=int, default=0, help="of initialisation and batches (default: 0)")
    parser.add_argument("--overwrite", action="store_true", help="replace a bundle that is there")
    add_progress(parser)


def run(args: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    from repgeom_core.config import load_config
    from repgeom_core.demo import make_demo

    out = make_demo(args.out or load_config().bundles / "demo", seed=args.seed, overwrite=args.overwrite, progress=progress)
    return {"bundle": str(out), "message": f"The demo is in {out}. See it with: repgeom serve {out}"}
