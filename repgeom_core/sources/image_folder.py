"""Image folders: class = folder, optionally below folders that are splits (``train/cat/0.png``)."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from repgeom_core.errors import SourceError
from repgeom_core.sources.arrays import values_column
from repgeom_core.sources.images import SUFFIXES, EncodedImages
from repgeom_core.sources.opened import IMAGE, Column, OpenedSource

SPLITS = {
    "train": "train", "training": "train", "test": "test", "testing": "test", "val": "val", "valid": "val",
    "validation": "val", "dev": "dev",
}  # fmt: skip


def holds_images(folder: Path) -> bool:
    """Whether there is an image in the folder or below; stops at the first."""
    return any(_is_image(name) for _, _, files in os.walk(folder) for name in files)


def open_image_folder(folder: Path) -> OpenedSource:
    """Images are listed here, not opened. The id of an image is its path in the folder."""
    found, others = _list(folder)
    parts = [Path(name).parts for name in found]
    tops = {part[0] for part in parts if len(part) > 1}
    splits = bool(tops) and all(top.lower() in SPLITS for top in tops) and all(len(part) > 1 for part in parts)
    depth = 1 if splits else 0
    labels = [part[depth] if len(part) > depth + 1 else "" for part in parts]
    columns = [_text("id", found, "id")]
    if any(labels):
        columns.append(_text("label", labels, "label"))
    if splits:
        columns.append(_text("split", [SPLITS[part[0].lower()] for part in parts], "split"))
    images = EncodedImages([folder / name for name in found], [str(folder / name) for name in found])
    columns.append(Column("image", IMAGE, len(found), (), "image file", lambda k: found[:k], lambda: images, hint="image"))
    warnings = [f"Left out {len(others):,} files that are no images (the first is {others[0]})."] if others else []
    return OpenedSource("image folder", folder.resolve().name, columns, len(found), warnings=warnings, title=folder.resolve().name)


def _is_image(name: str) -> bool:
    return name.lower().endswith(SUFFIXES) and not name.startswith(".")


def _list(folder: Path) -> tuple[list[str], list[str]]:
    """Images and other files, as sorted paths in the folder; hidden files and folders are passed over, links to folders not followed."""
    images: list[str] = []
    others: list[str] = []
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith("."):
                (images if _is_image(name) else others).append((Path(place) / name).relative_to(folder).as_posix())
    if not images:
        raise SourceError(f"{folder} holds no images ({', '.join(SUFFIXES)}).")
    return sorted(images), sorted(others)


def _text(name: str, values: list[str], role: str) -> Column:
    column = values_column(name, np.array(values))
    column.hint = role
    return column
