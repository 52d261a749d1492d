"""Compare two trees over the same samples, of two checkpoints, layers or linkages, and keep the comparison in the bundle.

Tree B is like tree A but for what is said of it with --checkpoint-b, --layer-b, --method-b or --tree-b.

examples:
  repgeom compare .repgeom/bundles/demo --layer features --checkpoint step-02800 --checkpoint-b step-00000
  repgeom compare .repgeom/bundles/demo --layer features --split test --method ward --method-b average
  repgeom compare .repgeom/bundles/demo --tree mine --method-b ward
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from repgeom_core.cli.parsing import add_progress
from repgeom_core.errors import BundleError
from repgeom_core.progress import Progress
from repgeom_core.suggest import did_you_mean

if TYPE_CHECKING:
    import numpy as np

    from repgeom_core.bundle import Bundle
    from repgeom_core.hierarchy.tree import Tree

TOLD = (5, 10, 20, 50)  # numbers of clusters whose agreement is said


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("bundle", type=Path, metavar="BUNDLE")
    samples = parser.add_mutually_exclusive_group()
    samples.add_argument("--split", default="all", metavar="S", help="(default: all samples)")
    samples.add_argument("--rows", type=Path, metavar="FILE", help="only these samples: a .npy file of their row numbers in the bundle")
    for of, like in (("", "the last one"), ("-b", "that of A")):
        parser.add_argument(f"--layer{of}", metavar="L", help=f"(default: {like})")
        parser.add_argument(f"--checkpoint{of}", metavar="C", help=f"(default: {like})")
        parser.add_argument(f"--method{of}", metavar="M", help=f"linkage (default: {'that of A' if of else 'ward'})")
        parser.add_argument(f"--tree{of}", metavar="NAME", help="a tree that is kept in the bundle by name, instead")
    add_progress(parser)


def run(args: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    from repgeom_core.bundle import open_bundle
    from repgeom_core.hierarchy.bundle_comparison import bundle_comparison
    from repgeom_core.hierarchy.compare import aligned
    from repgeom_core.selection.row_file import read_rows

    bundle = open_bundle(args.bundle)
    rows = None if args.rows is None else read_rows(args.rows, bundle.n)
    checkpoint = args.checkpoint or (bundle.checkpoints[-1].name if bundle.checkpoints else "")
    layer = args.layer or (list(bundle.layers(checkpoint)) or [""])[-1] if checkpoint else ""
    method = args.method or "ward"
    tree, rows_a = _tree(bundle, args.tree, layer, checkpoint, method, args.split, rows, progress)
    at_b = (args.layer_b or layer, args.checkpoint_b or checkpoint, args.method_b or method)
    other, rows_b = _tree(bundle, args.tree_b, *at_b, args.split, rows, progress)
    found = bundle_comparison(bundle, tree, aligned(rows_a, other, rows_b), progress=progress)
    correlation, agreement = found.correlation, found.agreement
    ends = correlation.interval
    interval = correlation.why if ends is None else f"95 % {ends[0]:.4g} to {ends[1]:.4g}"
    by_k = ", ".join(f"{value:.3f} at {k}" for k, value in zip(agreement.k, agreement.value, strict=True) if k in TOLD)
    said = [
        f"Cophenetic correlation {correlation.value:.4f} ({interval}; in random order {correlation.null_mean:.4f}) of {tree.n:,} samples",
        *([f"Adjusted Rand index {by_k} clusters"] if by_k else []),
        f"The comparison is in {bundle.results.folder}.",
    ]
    return {"bundle": str(args.bundle), "message": "\n".join(said)}


def _tree(
    bundle: Bundle, name: str | None, layer: str, checkpoint: str, method: str, split: str, rows: np.ndarray | None, progress: Progress
) -> tuple[Tree, np.ndarray]:
    from repgeom_core.hierarchy.bundle_trees import bundle_tree
    from repgeom_core.hierarchy.files.stored import stored_trees

    if name is not None:
        kept = stored_trees(bundle)
        if name not in kept:
            raise BundleError(f"{bundle.path} keeps no tree {name!r}. {did_you_mean(name, kept)}")
        return kept[name].tree, kept[name].rows
    if not layer:
        raise BundleError(f"{bundle.path} has no features to make a tree of; name trees of its own with --tree and --tree-b.")
    found = bundle_tree(bundle, layer, checkpoint, split, rows, method, progress=progress)
    return found.tree, found.rows
