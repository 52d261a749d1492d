"""Make a bundle of embeddings or images in files: .npz, .npy, .csv, .tsv, .parquet, .safetensors, .pt, folders of images.

Several files become the splits of one data set.

examples:
  repgeom import embeddings.npz --out .repgeom/bundles/mine
  repgeom import table.csv --role species=label --role name=id --out mine
  repgeom import train.npz test.npz --split train --split test --out mine
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from repgeom_core.cli.parsing import add_progress, add_restricted, restriction
from repgeom_core.errors import ConfigError, SourceError
from repgeom_core.progress import Progress

if TYPE_CHECKING:
    from repgeom_core.bundle import Head
    from repgeom_core.sources import Dataset

CHECKPOINT = "imported"


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
    parser.add_argument("--drop-invalid", action="store_true", help="leave out rows with NaN or infinite features")
    parser.add_argument("--split", action="append", default=[], metavar="NAME", help="the split of each PATH, in order; repeatable")
    parser.add_argument("--overwrite", action="store_true", help="replace a bundle that is there")
    add_progress(parser)
    add_restricted(parser)


def run(args: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    if args.split and len(args.split) != len(args.paths):
        args.parser.error(f"give one --split for each PATH: got {len(args.split)} for {len(args.paths)}")
    if (allowed := restriction(args)) is not None:
        args.paths = [allowed.allowed_path(path) for path in args.paths]
        if not args.out.resolve().is_relative_to(allowed.workspace):
            raise ConfigError(f"{args.out} lies outside the workspace {allowed.workspace}; bundles are made in there.")
    dataset = _read(args, progress)
    for warning in dataset.warnings:
        progress.log(warning)
    _write(dataset, args.out, args.overwrite, progress)
    return {"bundle": str(args.out), "message": f"{dataset.n:,} samples are in {args.out}. See them with: repgeom serve {args.out}"}


def _role(text: str) -> tuple[str, str]:
    column, separator, role = text.rpartition("=")
    if not (separator and column and role):
        raise argparse.ArgumentTypeError(f"expected COLUMN=ROLE, got {text!r}")
    return column, role


def _read(args: argparse.Namespace, progress: Progress) -> Dataset:
    from repgeom_core.sources import concatenate, read_source

    datasets = []
    for number, path in enumerate(args.paths):
        progress.update("read", number, len(args.paths))
        dataset = read_source(path, roles=dict(args.role) or None, drop_invalid=args.drop_invalid)
        if args.split:
            dataset.samples["split"] = args.split[number]
        datasets.append(dataset)
    progress.update("read", len(args.paths), len(args.paths))
    dataset = datasets[0] if len(datasets) == 1 else concatenate(datasets)
    if not dataset.features:
        raise SourceError(
            f"{dataset.name} holds no features to explore. Name the columns or arrays that do with --role COLUMN=features, "
            "or write a recipe with a model for these inputs and run: repgeom extract."
        )
    if args.name:
        dataset.name = args.name
    return dataset


def _write(dataset: Dataset, out: Path, overwrite: bool, progress: Progress) -> None:
    from repgeom_core.bundle import create_bundle
    from repgeom_core.bundle.staging import staged_bundle

    with staged_bundle(out, overwrite) as staged:
        writer = create_bundle(staged, dataset, progress=progress)
        writer.add_checkpoint(CHECKPOINT, features=dataset.features, logits=dataset.logits, head=_head(dataset), progress=progress)


def _head(dataset: Dataset) -> Head | None:
    """The classifier reads the last of the features whose width is its own."""
    from repgeom_core.bundle import Head

    if dataset.head is None:
        return None
    W, b = dataset.head
    fitting = [layer for layer, array in dataset.features.items() if array.shape[1] == W.shape[1]]
    if not fitting:
        widths = ", ".join(f"{layer} {array.shape[1]}" for layer, array in dataset.features.items())
        raise SourceError(f"{dataset.name}: the classifier reads {W.shape[1]} features, but the layers have: {widths}.")
    return Head(W, b, fitting[-1])
