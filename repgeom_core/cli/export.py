"""Write the samples and the features of a layer in a format that other tools read.

parquet    one table: all columns and the features as a list column (pandas, polars, DuckDB, Embedding Atlas)
npz        arrays: features, labels, class_names, ids, and where known splits and predictions (numpy)
projector  a folder for the TensorBoard embedding projector: tensors, metadata, sprite image

examples:
  repgeom export .repgeom/bundles/demo --format parquet
  repgeom export .repgeom/bundles/demo --format npz --layer hidden2 --checkpoint step-00160 --split test --out h2.npz
  repgeom export .repgeom/bundles/demo --format projector --out projector
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from repgeom_core.cli.parsing import add_progress
from repgeom_core.progress import Progress


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("bundle", type=Path, metavar="BUNDLE")
    parser.add_argument("--format", required=True, choices=("parquet", "npz", "projector"))
    parser.add_argument("--out", type=Path, metavar="PATH", help="(default: NAME-CHECKPOINT-LAYER in the working directory)")
    parser.add_argument("--checkpoint", metavar="NAME", help="(default: the last one)")
    parser.add_argument("--layer", metavar="NAME", help="(default: what the classifier reads, else the last one)")
    parser.add_argument("--split", default="all", help="(default: all)")
    parser.add_argument("--overwrite", action="store_true", help="replace what is there")
    add_progress(parser)


def run(args: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    from repgeom_core.bundle import open_bundle
    from repgeom_core.export import export_features

    out = export_features(
        open_bundle(args.bundle), args.format, args.out, args.checkpoint, args.layer, args.split, args.overwrite, progress
    )
    return {"out": str(out), "message": f"Wrote {out}."}
