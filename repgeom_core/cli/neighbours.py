"""Find the nearest neighbours of samples in a layer, exactly, and keep them in the bundle, where maps, treemaps and analyses find them.

examples:
  repgeom neighbours .repgeom/bundles/demo --layer features --checkpoint step-02800
  repgeom neighbours .repgeom/bundles/demo --layer features --checkpoint step-02800 --split test --against step-00000
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from repgeom_core.cli.parsing import add_progress
from repgeom_core.progress import Progress


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("bundle", type=Path, metavar="BUNDLE")
    parser.add_argument("--layer", required=True, metavar="L")
    parser.add_argument("--checkpoint", required=True, metavar="C")
    samples = parser.add_mutually_exclusive_group()
    samples.add_argument("--split", default="all", metavar="S", help="(default: all samples)")
    samples.add_argument("--rows", type=Path, metavar="FILE", help="only these samples: a .npy file of their row numbers in the bundle")
    parser.add_argument("--k", type=int, default=15, help="neighbours of each sample (default: 15)")
    parser.add_argument("--against", metavar="C", help="those at this checkpoint, too, and how many are others than there")
    add_progress(parser)


def run(args: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    from repgeom_core.bundle import open_bundle
    from repgeom_core.linalg.neighbourhood_change import change_between
    from repgeom_core.linalg.shared import shared_neighbours
    from repgeom_core.selection.row_file import read_rows

    bundle = open_bundle(args.bundle)
    rows = None if args.rows is None else read_rows(args.rows, bundle.n)
    checkpoints = [args.checkpoint, *([args.against] if args.against else [])]
    found = [shared_neighbours(bundle, args.layer, checkpoint, args.split, args.k, progress, rows) for checkpoint in checkpoints]
    n = len(found[0].indices)
    said = [
        f"The {args.k} nearest neighbours of {n:,} samples in {args.layer} at {' and '.join(checkpoints)} are in {bundle.results.folder}."
    ]
    if args.against:
        change = change_between(found[0].indices, found[1].indices)
        said.append(
            f"{change.mean:.1%} of them change (95 % {change.interval[0]:.1%} to {change.interval[1]:.1%}; chance {change.chance:.1%})."
        )
    return {"bundle": str(args.bundle), "message": "\n".join(said)}
