"""Make a bundle of embeddings, images or trees in files: .npz, .npy, .csv, .tsv, .parquet, .safetensors, .pt, folders of images, and the
.json of DendroMap.

Several files become the splits of one data set.

examples:
  repgeom import embeddings.npz --out .repgeom/bundles/mine
  repgeom import table.csv --role species=label --role name=id --out mine
  repgeom import train.npz test.npz --split train --split test --out mine
  repgeom import dendromap.json --images pictures --out mine
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from repgeom_core.cli.parsing import add_progress, add_restricted, restriction
from repgeom_core.progress import JsonProgress, Progress


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="files or folders to read")
    parser.add_argument("--out", type=Path, metavar="DIR", required=True, help="the bundle to make")
    parser.add_argument("--name", help="what to call it (default: from the file name)")
    parser.add_argument(
        "--role",
        action="append",
        default=[],
        type=_role,
        metavar="COLUMN=ROLE",
        help="what a column or array is: features, label, prediction, id, image, text, ... (default: guessed); repeatable",
    )
    parser.add_argument("--drop-invalid", action="store_true", help="leave out rows whose features are NaN, infinite or no numbers")
    parser.add_argument("--split", action="append", default=[], metavar="NAME", help="the split of each PATH, in order; repeatable")
    parser.add_argument("--prefix-ids", action="store_true", help="put the split before each id, for files that number their rows alike")
    parser.add_argument("--images", type=Path, metavar="DIR", help="the images that a DendroMap file names (default: those beside it)")
    parser.add_argument("--overwrite", action="store_true", help="replace a bundle that is there")
    add_progress(parser)
    add_restricted(parser)


def run(args: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    from repgeom_core.bundle.staging import check_free, staged_bundle
    from repgeom_core.sources import read_source
    from repgeom_core.sources.roles import described
    from repgeom_core.sources.to_bundle import dataset_to_bundle

    if args.split and len(args.split) != len(args.paths):
        args.parser.error(f"give one --split for each PATH: got {len(args.split)} for {len(args.paths)}")
    if (allowed := restriction(args)) is not None:
        args.paths = [allowed.allowed_path(path) for path in args.paths]
        args.images = None if args.images is None else allowed.allowed_path(args.images)
        args.out = allowed.allowed_output(args.out)
    check_free(args.out, args.overwrite)  # known before a large file is read
    progress.update("read", 0, 1)
    options = {} if args.images is None else {"images": args.images}
    dataset = read_source(args.paths, dict(args.role), args.drop_invalid, splits=args.split or None, prefix_ids=args.prefix_ids, **options)
    progress.update("read", 1, 1)
    dataset.name = args.name or dataset.name
    said = [f"Read as {described(dataset.roles)}."] if dataset.roles else []
    said += [f"Warning: {warning}" for warning in dataset.warnings]
    if isinstance(progress, JsonProgress):  # people get them with the message, after the bars
        for line in said:
            progress.log(line)
    with staged_bundle(args.out, args.overwrite) as staged:
        dataset_to_bundle(dataset, staged, progress=progress)
    if dataset.roles:
        said[0] += " Another role is given with --role COLUMN=ROLE."
    said.append(f"{dataset.n:,} samples are in {args.out}. See them with: repgeom serve {args.out}")
    return {"bundle": str(args.out), "warnings": dataset.warnings, "message": "\n".join(said)}


def _role(text: str) -> tuple[str, str]:
    column, separator, role = text.rpartition("=")
    if not (separator and column and role):
        raise argparse.ArgumentTypeError(f"expected COLUMN=ROLE, got {text!r}")
    return column, role
