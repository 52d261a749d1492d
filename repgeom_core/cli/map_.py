"""Compute the two-dimensional map of a layer and keep it in the bundle, where the dashboard finds it.

examples:
  repgeom map .repgeom/bundles/demo --layer features --checkpoint step-02800
  repgeom map .repgeom/bundles/demo --layer hidden1 --checkpoint step-00000 --method pca --split test
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from repgeom_core.cli.parsing import add_progress
from repgeom_core.progress import Progress


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("bundle", type=Path, metavar="BUNDLE")
    parser.add_argument("--layer", required=True)
    parser.add_argument("--checkpoint", required=True)
    parser.add_argument("--split", default="all", help="(default: all)")
    parser.add_argument("--method", choices=("umap", "pca"), default="umap", help="(default: umap)")
    parser.add_argument("--seed", type=int, default=0, help="(default: 0)")
    parser.add_argument("--n-neighbors", type=int, default=15, metavar="K", help="UMAP: how local the map is (default: 15)")
    parser.add_argument("--min-dist", type=float, default=0.1, metavar="D", help="UMAP: how tightly points pack (default: 0.1)")
    add_progress(parser)


def run(args: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    from repgeom_core.bundle import open_bundle
    from repgeom_core.projections import project

    bundle = open_bundle(args.bundle)
    projection = project(
        bundle,
        args.layer,
        args.checkpoint,
        split=args.split,
        method=args.method,
        seed=args.seed,
        n_neighbors=args.n_neighbors,
        min_dist=args.min_dist,
        progress=progress,
    )
    size = f"{len(projection.rows):,} samples"
    return {
        "bundle": str(args.bundle),
        "message": f"The {args.method.upper()} map of {args.layer} at {args.checkpoint} ({size}) is in {bundle.results.folder}.",
    }
