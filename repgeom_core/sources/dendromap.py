"""DendroMap's JSON: samples with their trees, and where the file has them features (its older kind) or images beside it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from repgeom_core.errors import SourceError
from repgeom_core.hierarchy.files.dendromap import DendroMapFile, read_dendromap
from repgeom_core.hierarchy.files.joined import joined
from repgeom_core.hierarchy.files.stored import StoredTree
from repgeom_core.sources.arrays import values_column
from repgeom_core.sources.images import EncodedImages
from repgeom_core.sources.opened import IMAGE, Column, OpenedSource

ALL_CLASSES = "all classes"  # the trees of a class file under one root


def open_dendromap(path: Path, images: str | Path | None = None) -> OpenedSource:
    """Samples by file name, with labels, predictions and trees; of a class file also its trees joined, called ``all classes``.

    Args:
        images: the folder of the images; when None, ``images`` beside the file or the file's own folder, if they are all there.
    """
    found = read_dendromap(path)
    ids, filenames = np.array(found.samples["id"], dtype=str), np.array(found.samples["filename"], dtype=str)
    columns = [_hinted(values_column("id", ids), "id")]
    if (filenames != "").any() and not np.array_equal(ids, filenames):
        columns.append(values_column("filename", filenames))
    for name in ("label", "prediction"):
        if name in found.samples:
            column = _hinted(values_column(name, np.asarray(found.samples[name].cat.codes, np.int64)), name)
            column.names, column.dtype = found.classes, "text"
            columns.append(column)
    if found.features is not None:
        columns.append(_hinted(values_column("features", found.features), "features"))
    warnings = list(found.warnings)
    if (pictures := _images(path, filenames, images, warnings)) is not None:
        columns.append(pictures)
    kind = "DendroMap trees (older format)" if found.older else "DendroMap trees"
    return OpenedSource(kind, path.name, columns, len(ids), warnings=warnings, trees=_trees(found))


def _trees(found: DendroMapFile) -> dict[str, StoredTree]:
    if len(found.trees) == 1:
        return found.trees
    parts = list(found.trees.values())
    name = ALL_CLASSES
    while name in found.trees:
        name += " (joined)"
    whole = StoredTree(joined([part.tree for part in parts]), np.concatenate([part.rows for part in parts]), _similar(parts))
    return {name: whole, **found.trees}


def _similar(parts: list[StoredTree]) -> np.ndarray | None:
    """The lists of all parts, made equally long."""
    lists = [np.full((part.tree.n, 0), -1) if part.similar is None else part.similar for part in parts]
    longest = max(array.shape[1] for array in lists)
    padded = [np.pad(array, ((0, 0), (0, longest - array.shape[1])), constant_values=-1) for array in lists]
    return np.concatenate(padded) if longest else None


def _images(path: Path, filenames: np.ndarray, given: str | Path | None, warnings: list[str]) -> Column | None:
    """The images by name. Where no folder was given, one beside the file is taken if it has them all."""
    names = filenames.tolist()
    folders = [Path(given)] if given is not None else [path.parent / "images", path.parent]
    for folder in folders:
        here = [_inside(folder, name) for name in names]
        missing = [name for name, there in zip(names, here, strict=True) if there is None]
        if not missing:
            return _image_column(EncodedImages([item for item in here if item is not None], names))
        if given is not None:
            raise SourceError(f"{folder} does not hold {missing[0] or 'images without a file name'!r}, an image that {path.name} names.")
        if len(missing) < len(names):
            warnings.append(f"{folder} holds only {len(names) - len(missing):,} of {len(names):,} images, so none is shown.")
    return None


def _image_column(images: EncodedImages) -> Column:
    return Column("image", IMAGE, len(images), (), "image file", lambda k: list(images.names[:k]), lambda: images, hint="image")


def _inside(folder: Path, name: str) -> Path | None:
    """The file of that name in the folder, never elsewhere."""
    file = folder / name
    return file if name and file.is_file() and file.resolve().is_relative_to(folder.resolve()) else None


def _hinted(column: Column, role: str) -> Column:
    column.hint = role
    return column
