"""Write the samples and features of a checkpoint in a format that other tools read.

parquet    one table: all columns, and a list column for each layer (pandas, polars, DuckDB, Embedding Atlas)
npz        arrays: a layer each, ids, labels, class_names, predictions, logits, W, b (numpy)
projector  a folder for the TensorBoard embedding projector: tensors, metadata, sprite image

examples:
  repgeom export .repgeom/bundles/demo --format parquet
  repgeom export .repgeom/bundles/demo --format npz --layer hidden2 --checkpoint step-00160 --split test --out h2.npz
  repgeom export .repgeom/bundles/demo --format projector --layer features --out projector
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
    parser.add_argument(
        "--out",
        type=Path,
        metavar="PATH",
        help="file or folder (default: BUNDLE-CHECKPOINT in the working directory); a file gets the format's suffix",
    )
    parser.add_argument("--checkpoint", metavar="NAME", help="(default: the last one)")
    parser.add_argument("--layer", action="append", metavar="NAME", help="(default: all); repeatable")
    parser.add_argument("--split", default="all", help="(default: all)")
    parser.add_argument("--overwrite", action="store_true", help="replace what is there")
    add_progress(parser)


def run(args: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    from repgeom_core.atomic import folder_name
    from repgeom_core.bundle import open_bundle
    from repgeom_core.bundle.export import export_bundle

    bundle = open_bundle(args.bundle)
    checkpoint = args.checkpoint or (bundle.checkpoints[-1].name if bundle.checkpoints else None)
    ending = "-projector" if args.format == "projector" else f".{args.format}"
    name = "-".join(filter(None, (bundle.path.resolve().name, checkpoint)))
    out = args.out or Path(folder_name(name) + ending)
    written = export_bundle(bundle, args.format, out, checkpoint, args.layer, args.split, args.overwrite, progress=progress)
    return {"files": [str(path) for path in written], "message": "\n".join(f"Wrote {path}" for path in written)}
