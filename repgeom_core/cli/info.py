"""Say what a bundle holds: samples, classes, splits, checkpoints with their accuracy, layers, size, software.

examples:
  repgeom info .repgeom/bundles/demo
  repgeom info .repgeom/bundles/demo --verify
  repgeom info .repgeom/bundles/demo --json | jq '.checkpoints[-1].accuracy'
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from repgeom_core.cli.parsing import add_progress
from repgeom_core.cli.table import table
from repgeom_core.file_size import file_size
from repgeom_core.progress import JsonProgress, Progress

if TYPE_CHECKING:
    from repgeom_core.bundle import Bundle

SHOWN_CLASSES = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("bundle", type=Path, metavar="BUNDLE")
    parser.add_argument("--json", action="store_true", help="as one JSON document on stdout")
    parser.add_argument("--verify", action="store_true", help="also compare every byte with the digests in the manifest")
    add_progress(parser)


def run(args: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    from repgeom_core.bundle import open_bundle

    if args.json and isinstance(progress, JsonProgress):
        args.parser.error("--json and --progress json both write to stdout: choose one")
    bundle = open_bundle(args.bundle)
    if args.verify:
        bundle.verify(progress)
    report = describe(bundle) | {"verified": args.verify}
    return report | {"message": json.dumps(report, indent=1) if args.json else _for_people(report)}


def describe(bundle: Bundle) -> dict[str, Any]:
    """What ``--json`` prints: plain values only; sizes in bytes, accuracies as shares."""
    from repgeom_core.hierarchy.files.stored import stored_trees

    trees = stored_trees(bundle)
    return {
        "name": bundle.name,
        "path": str(bundle.path),
        "samples": bundle.n,
        "classes": list(bundle.classes),
        "splits": {split: len(bundle.rows(split)) for split in bundle.splits},
        "columns": list(bundle.samples().columns),
        "thumbnails": bundle.thumbnails is not None,
        "checkpoints": [
            {
                "name": checkpoint.name,
                "step": checkpoint.step,
                "accuracy": checkpoint.accuracy,
                "layers": {
                    name: {"dim": layer.dim, "pooling": layer.pooling, "dtype": layer.dtype, "digest": layer.digest}
                    for name, layer in checkpoint.layers.items()
                },
                "head": None if checkpoint.head is None else checkpoint.head.layer,
                "logits": checkpoint.logits is not None,
            }
            for checkpoint in bundle.checkpoints
        ],
        "trees": {name: {"leaves": stored.tree.n, "method": stored.tree.method} for name, stored in trees.items()},
        "damaged trees": list(trees.damaged.values()),
        "bytes": sum(file.stat().st_size for file in bundle.path.rglob("*") if file.is_file()),
        "created": bundle.manifest.created,
        "schema": bundle.manifest.schema,
        "software": bundle.manifest.software,
    }


def _for_people(report: dict[str, Any]) -> str:
    checkpoints = report["checkpoints"]
    splits = list(dict.fromkeys(split for checkpoint in checkpoints for split in checkpoint["accuracy"]))
    layers = {
        (name, layer["dim"], layer["pooling"], layer["dtype"]): None
        for checkpoint in checkpoints
        for name, layer in checkpoint["layers"].items()
    }
    counts = ", ".join(f"{split} {count:,}" for split, count in report["splits"].items())
    parts = [
        f"{report['name']}  ({report['path']})",
        f"{report['samples']:,} samples{f' ({counts})' if counts else ''}, {file_size(report['bytes'])} on disk"
        + (", every byte as written" if report["verified"] else ""),
        _classes(report["classes"]),
        "columns: " + ", ".join(report["columns"]),
        "made "
        + report["created"]
        + (" with " + ", ".join(f"{name} {version}" for name, version in report["software"].items()) if report["software"] else ""),
    ]
    if checkpoints:
        rows = [[c["name"], c["step"], *(c["accuracy"].get(split) for split in splits)] for c in checkpoints]
        parts += ["", table(["checkpoint", "step", *(f"accuracy {split}" for split in splits)], rows)]
        parts += ["", table(["layer", "dim", "pooling", "dtype"], list(layers)) if layers else "no features"]
    else:
        parts += ["", "no checkpoints yet"]
    if report["trees"]:
        rows = [[name, tree["leaves"], tree["method"]] for name, tree in report["trees"].items()]
        parts += ["", table(["tree", "leaves", "linkage"], rows)]
    return "\n".join([*parts, *report["damaged trees"]])


def _classes(names: list[str]) -> str:
    shown = ", ".join(names[:SHOWN_CLASSES]) + (", ..." if len(names) > SHOWN_CLASSES else "")
    return f"{len(names):,} classes: {shown}" if names else "no labels"
