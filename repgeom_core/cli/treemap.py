"""Compute the tree behind a treemap and keep it in the bundle; write it as DendroMap's JSON, as a page that works offline, or for scipy.

The suffix of --out says what is written: .json is DendroMap's format, .html one self-contained page with thumbnails, .npy a linkage
matrix of scipy (beside it, FILE.rows.npy says which row of the bundle each leaf is, where that is not all in order).

examples:
  repgeom treemap .repgeom/bundles/demo --layer features --checkpoint step-02800
  repgeom treemap .repgeom/bundles/demo --layer features --split test --out digits.html --k 20 --colour accuracy
  repgeom treemap .repgeom/bundles/demo --class 7 --method average --out sevens.json
  repgeom treemap .repgeom/bundles/demo --by-class --out classes.json
  repgeom treemap .repgeom/bundles/demo --linkage Z.npy --name mine
  repgeom treemap .repgeom/bundles/demo --tree mine --out mine.html
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from repgeom_core.cli.parsing import add_progress
from repgeom_core.errors import BundleError, GeometryError
from repgeom_core.file_size import file_size
from repgeom_core.progress import Progress
from repgeom_core.suggest import did_you_mean

if TYPE_CHECKING:
    import numpy as np

    from repgeom_core.bundle import Bundle
    from repgeom_core.hierarchy.files.stored import StoredTree
    from repgeom_core.hierarchy.tree import Tree

WRITTEN = (".json", ".html", ".npy")
FEWEST, MOST = 2, 100  # clusters visible
SIMILAR = 15  # nearest samples of each, in a file
SIMILAR_UP_TO = 20_000  # samples for which they are computed: a few seconds


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("bundle", type=Path, metavar="BUNDLE")
    parser.add_argument("--layer", metavar="L", help="(default: the last one)")
    parser.add_argument("--checkpoint", metavar="C", help="(default: the last one)")
    samples = parser.add_mutually_exclusive_group()
    samples.add_argument("--split", default="all", metavar="S", help="(default: all samples)")
    samples.add_argument("--rows", type=Path, metavar="FILE", help="only these samples: a .npy file of their row numbers in the bundle")
    parser.add_argument(
        "--method", metavar="M", help="ward, average, complete, single, graph_degree or hierarchical_kmeans (default: ward)"
    )
    parser.add_argument("--seed", type=int, default=0, help="(default: 0)")
    classes = parser.add_mutually_exclusive_group()
    classes.add_argument("--class", dest="class_name", metavar="NAME", help="only samples with this label")
    classes.add_argument("--by-class", action="store_true", help="a tree for each class: with --out FILE.json DendroMap's class file")
    kept = parser.add_mutually_exclusive_group()
    kept.add_argument("--tree", metavar="NAME", help="a tree that is kept in the bundle by name, instead of computing one")
    kept.add_argument("--linkage", type=Path, metavar="Z.npy", help="keep this linkage matrix of scipy in the bundle, under --name")
    parser.add_argument("--name", help="what to call the tree of --linkage; of a computed one: keep it by this name, too")
    parser.add_argument("--out", type=Path, metavar="FILE", help="what to write: FILE.json, FILE.html or FILE.npy")
    parser.add_argument("--k", type=int, default=20, metavar="K", help="clusters visible when the page opens, 2 to 100 (default: 20)")
    parser.add_argument(
        "--colour", metavar="C", default="accuracy", help="what boxes are coloured by when the page opens (default: accuracy)"
    )
    parser.add_argument("--no-thumbnails", action="store_true", help="leave the images out of the page: smaller")
    parser.add_argument("--title", help="of the page (default: that of the bundle)")
    parser.add_argument("--force", action="store_true", help="replace a file, or a tree of that name, that is there")
    add_progress(parser)


def run(args: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    from repgeom_core.bundle import open_bundle
    from repgeom_core.hierarchy.files.stored import store_tree

    _check_usage(args)
    bundle = open_bundle(args.bundle)
    if args.out is not None and args.out.exists() and not args.force:
        raise BundleError(f"{args.out} exists; give another place with --out, or replace it with --force.")
    if args.by_class:
        trees = _by_class(args, bundle, progress)
    else:
        trees = {args.name or "": _one(args, bundle, progress)}
    said = []
    for name, stored in trees.items():
        if args.name is not None:
            store_tree(bundle, args.name, stored.tree, stored.rows, stored.similar, replace=args.force)
        said.append(_described(stored, name))
    if args.name is None and args.tree is None:
        said = [f"{line}, in {bundle.results.folder}" for line in said]
    if args.out is not None:
        paths, left_out = _write(args, bundle, trees, progress)
        said += [f"Wrote {path} ({file_size(path.stat().st_size)})" for path in paths]
        if left_out:
            said.append(f"Too large for the page, and not in it: {', '.join(left_out)}")
    return {"bundle": str(args.bundle), "files": [] if args.out is None else [str(args.out)], "message": "\n".join(said)}


def _check_usage(args: argparse.Namespace) -> None:
    if args.out is not None and args.out.suffix.lower() not in WRITTEN:
        args.parser.error(f"--out must end in {', '.join(WRITTEN[:-1])} or {WRITTEN[-1]}: got {args.out}")
    if not FEWEST <= args.k <= MOST:
        args.parser.error(f"--k must be from {FEWEST} to {MOST}: got {args.k}")
    if args.linkage is not None and args.name is None:
        args.parser.error("--linkage needs --name: what to call the tree in the bundle")
    if (args.tree or args.linkage) and (args.class_name or args.by_class):
        args.parser.error("--class and --by-class compute a tree: give them without --tree and --linkage")
    if args.tree and args.name:
        args.parser.error("--name is for a tree that is computed or brought by --linkage: --tree has a name")
    if args.by_class and args.name:
        args.parser.error("--name is the name of one tree: give it without --by-class")
    if args.by_class and args.out is not None and args.out.suffix.lower() != ".json":
        args.parser.error(f"trees of several classes are written as FILE.json: got {args.out}")


def _one(args: argparse.Namespace, bundle: Bundle, progress: Progress) -> StoredTree:
    from repgeom_core.hierarchy.files.stored import StoredTree, stored_trees

    if args.tree is not None:
        kept = stored_trees(bundle)
        if args.tree not in kept:
            damaged = "".join(f" {message}" for message in kept.damaged.values())
            raise BundleError(f"{bundle.path} keeps no tree {args.tree!r}. {did_you_mean(args.tree, kept)}{damaged}")
        return kept[args.tree]
    rows = _rows(args, bundle)
    if args.linkage is not None:
        tree = _linkage_matrix(args.linkage, args.method or "linkage matrix")
        if tree.n != len(rows):
            raise GeometryError(
                f"{args.linkage} is a tree of {tree.n:,} samples, but {len(rows):,} are meant; say which they are with --split or --rows."
            )
        return StoredTree(tree, rows)
    return _computed(args, bundle, rows, progress)


def _rows(args: argparse.Namespace, bundle: Bundle) -> np.ndarray:
    import numpy as np

    from repgeom_core.selection.row_file import read_rows

    rows: np.ndarray = bundle.rows(args.split) if args.rows is None else read_rows(args.rows, bundle.n)
    if args.class_name is not None:
        if args.class_name not in bundle.classes:
            raise BundleError(f"{bundle.path} has no class {args.class_name!r}. {did_you_mean(args.class_name, bundle.classes)}")
        rows = rows[bundle.y[rows] == bundle.classes.index(args.class_name)]
        if not len(rows):
            raise BundleError(f"No sample of these is labelled {args.class_name!r}.")
    return np.asarray(rows)


def _computed(args: argparse.Namespace, bundle: Bundle, rows: np.ndarray, progress: Progress) -> StoredTree:
    from repgeom_core.hierarchy.bundle_trees import bundle_tree
    from repgeom_core.hierarchy.files.stored import StoredTree

    layer, checkpoint = _place(args, bundle)
    found = bundle_tree(bundle, layer, checkpoint, rows=rows, method=args.method or "ward", seed=args.seed, progress=progress)
    return StoredTree(found.tree, found.rows)


def _place(args: argparse.Namespace, bundle: Bundle) -> tuple[str, str]:
    """Layer and checkpoint, the last ones where none are named."""
    if not bundle.checkpoints:
        raise BundleError(f"{bundle.path} has no checkpoints yet; extract or import features first.")
    checkpoint = args.checkpoint or bundle.checkpoints[-1].name
    layers = bundle.layers(checkpoint)
    if not layers:
        raise BundleError(f"{bundle.path} has trees but no features, so none can be computed; name one of its own with --tree.")
    return args.layer or list(layers)[-1], checkpoint


def _by_class(args: argparse.Namespace, bundle: Bundle, progress: Progress) -> dict[str, StoredTree]:
    rows, y = _rows(args, bundle), bundle.y
    trees = {}
    for code, name in enumerate(bundle.classes):
        progress.update("trees of classes", code, len(bundle.classes))
        mine = rows[y[rows] == code]
        if len(mine):
            trees[name] = _computed(args, bundle, mine, Progress())
    progress.update("trees of classes", len(bundle.classes), len(bundle.classes))
    if not trees:
        raise BundleError(f"{bundle.path} has no labels, so there is no class to make a tree of.")
    return trees


def _linkage_matrix(path: Path, method: str) -> Tree:
    import numpy as np

    from repgeom_core.hierarchy.files.scipy_matrix import from_scipy
    from repgeom_core.sentences import reason

    try:
        Z = np.load(path, allow_pickle=False)
    except OSError as error:
        raise GeometryError(f"{path} cannot be read ({reason(error)}); a .npy file with a linkage matrix of scipy was expected.") from None
    except (ValueError, EOFError):  # numpy would advise to load it as a pickle
        raise GeometryError(f"{path} is not a .npy file of numbers; a linkage matrix of scipy was expected.") from None
    try:
        return from_scipy(Z, method)
    except GeometryError as error:
        raise GeometryError(f"{path}: {error}") from None


def _described(stored: StoredTree, name: str) -> str:
    tree = stored.tree
    rough = int(tree.approximate.sum()) if tree.approximate is not None else 0
    top = f"{tree.height[-1]:.6g}" if tree.n > 1 else "0"
    about = f", {rough:,} of {tree.n - 1:,} merges approximate" if rough else ""
    return f"{f'{name}: ' if name else ''}{tree.method} tree of {tree.n:,} sample{'' if tree.n == 1 else 's'}, height {top}{about}"


def _write(
    args: argparse.Namespace, bundle: Bundle, trees: dict[str, StoredTree], progress: Progress
) -> tuple[list[Path], tuple[str, ...]]:
    """What was written, and what a page could not hold."""
    stored = next(iter(trees.values()))
    if args.out.suffix.lower() == ".npy":
        return _write_matrix(args.out, bundle, stored), ()
    if args.tree is None and args.linkage is None:
        trees = {name: _with_similar(args, bundle, computed, progress) for name, computed in trees.items()}
    if args.out.suffix.lower() == ".json":
        return [_write_json(args, bundle, trees)], ()
    return [args.out], _write_page(args, bundle, next(iter(trees.values())))


def _write_json(args: argparse.Namespace, bundle: Bundle, trees: dict[str, StoredTree]) -> Path:
    from repgeom_core.hierarchy.files.dendromap import write_dendromap

    checkpoint = args.checkpoint or (bundle.checkpoints[-1].name if bundle.checkpoints else None)
    told = trees if args.by_class else next(iter(trees.values()))
    return write_dendromap(args.out, told, bundle.samples(checkpoint), bundle.classes)


def _with_similar(args: argparse.Namespace, bundle: Bundle, stored: StoredTree, progress: Progress) -> StoredTree:
    """With the nearest samples of each, where finding them is cheap."""
    from repgeom_core.hierarchy.files.stored import StoredTree
    from repgeom_core.linalg.neighbours import neighbours
    from repgeom_core.linalg.shared import shared_neighbours

    k = min(SIMILAR, stored.tree.n - 1)
    if k < 1 or stored.tree.n > SIMILAR_UP_TO:
        return stored
    layer, checkpoint = _place(args, bundle)
    if args.rows is None and args.class_name is None and not args.by_class:
        graph = shared_neighbours(bundle, layer, checkpoint, args.split, k, progress)  # maps and analyses need them, too
    else:
        quiet = Progress() if args.by_class else progress
        graph = neighbours(bundle.features(layer, checkpoint).take(stored.rows), k, progress=quiet)
    return StoredTree(stored.tree, stored.rows, stored.rows[graph.indices])


def _write_matrix(out: Path, bundle: Bundle, stored: StoredTree) -> list[Path]:
    import numpy as np

    from repgeom_core.atomic import written_whole
    from repgeom_core.hierarchy.files.scipy_matrix import to_scipy

    arrays = {out: to_scipy(stored.tree)}
    if not np.array_equal(stored.rows, np.arange(bundle.n)):
        arrays[out.with_suffix(".rows.npy")] = stored.rows
    for path, array in arrays.items():
        with written_whole(path) as temporary, temporary.open("wb") as file:
            np.save(file, array, allow_pickle=False)
    return list(arrays)


def _known_to_all(stored: StoredTree) -> np.ndarray | None:
    """Similar leaves (n, k), as many as every leaf has."""
    leaves = stored.similar_leaves
    if leaves is None or not (k := int((leaves >= 0).sum(axis=1).min())):
        return None
    return leaves[:, :k]


def _write_page(args: argparse.Namespace, bundle: Bundle, stored: StoredTree) -> tuple[str, ...]:
    """Says what the page could not hold."""
    from repgeom_core.atomic import written_whole
    from repgeom_core.hierarchy.bundle_trees import BundleTree
    from repgeom_core.views.offline import offline_page

    if not bundle.checkpoints:
        raise BundleError(f"{bundle.path} has no checkpoints yet; extract or import features first.")
    checkpoint = args.checkpoint or bundle.checkpoints[-1].name
    kept = args.tree is not None or args.linkage is not None  # the features that such a tree is of are known only if they are named
    page = offline_page(
        bundle,
        BundleTree(stored.tree, stored.rows),
        checkpoint,
        args.title or bundle.name,
        k=args.k,
        colour=args.colour,
        thumbnails=not args.no_thumbnails,
        neighbours=_known_to_all(stored),
        layer=args.layer if kept else _place(args, bundle)[0],
    )
    with written_whole(args.out) as temporary:
        temporary.write_bytes(page.data)
    return page.left_out
