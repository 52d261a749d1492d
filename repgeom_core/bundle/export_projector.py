"""The TensorBoard projector's folder: tensors, metadata.tsv, a sprite of the thumbnails, and projector_config.json."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from repgeom_core.atomic import folder_name
from repgeom_core.bundle.export_chosen import Chosen, taken
from repgeom_core.errors import BundleError

CONFIG, METADATA, SPRITE = "projector_config.json", "metadata.tsv", "sprite.png"
LARGEST_SPRITE = 8192  # pixels on a side: what the projector can show
BREAKS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")  # everything that ends a field or a line for some reader


def write_projector(chosen: Chosen, folder: Path, overwrite: bool, tensors: str) -> list[Path]:
    """Writes the folder beside its place and renames it there; replaces a folder only when it holds nothing but such an export."""
    if tensors not in ("bytes", "tsv"):
        raise BundleError(f"Projector tensors are written as 'bytes' or 'tsv'. Got {tensors!r}.")
    if not chosen.layers:
        raise BundleError(f"{chosen.bundle.name} has no layers to show in the projector.")
    if folder.exists() and not folder.is_dir():
        raise BundleError(f"{folder} is a file; the projector needs a folder.")
    if folder.exists() and any(folder.iterdir()):
        if foreign := _foreign(folder):
            raise BundleError(f"{folder} holds other things ({foreign[0].name}), so it is not replaced; give another place.")
        if not overwrite:
            raise taken(folder)
    temporary = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    temporary.mkdir(parents=True)
    try:
        _fill(chosen, temporary, tensors)
        if folder.exists():
            shutil.rmtree(folder)
        temporary.replace(folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return sorted(folder.iterdir())


def _foreign(folder: Path) -> list[Path]:
    """What an export does not write: replacing the folder would lose it. Without its configuration, a folder is none."""
    own = {CONFIG, METADATA, SPRITE}
    is_export = (folder / CONFIG).is_file()
    return sorted(path for path in folder.iterdir() if not is_export or (path.name not in own and path.suffix not in (".bytes", ".tsv")))


def _fill(chosen: Chosen, folder: Path, tensors: str) -> None:
    _write_metadata(chosen.samples, folder / METADATA)
    sprite = _write_sprite(chosen, folder / SPRITE)
    embeddings: list[dict[str, Any]] = []
    for layer, array in chosen.layers.items():
        path = _free(folder, folder_name(layer), tensors)
        with path.open("wb") as file:
            for piece in chosen.chunks(array, layer):
                if tensors == "bytes":
                    file.write(np.ascontiguousarray(piece, dtype="<f4").tobytes())
                else:
                    np.savetxt(file, piece, fmt="%.9g", delimiter="\t")  # nine digits give a float32 back exactly
        entry: dict[str, Any] = {
            "tensorName": layer,
            "tensorShape": [len(chosen.rows), array.shape[1]],
            "tensorPath": path.name,
            "metadataPath": METADATA,
        }
        embeddings.append(entry | ({"sprite": {"imagePath": SPRITE, "singleImageDim": list(sprite)}} if sprite else {}))
    (folder / CONFIG).write_text(json.dumps({"embeddings": embeddings}, indent=2), encoding="utf-8")


def _free(folder: Path, name: str, suffix: str) -> Path:
    """A layer may be called like the metadata, or like another in other case, which some disks do not tell apart."""
    taken = {METADATA, *(path.name.lower() for path in folder.iterdir())}
    while f"{name}.{suffix}".lower() in taken:
        name += " (features)"
    return folder / f"{name}.{suffix}"


def _write_metadata(samples: pd.DataFrame, path: Path) -> None:
    """Tab-separated with a header and without quotes; tabs, line breaks and other control characters become a space."""
    table = samples if len(samples.columns) > 1 else samples.assign(row=range(len(samples)))  # one column alone must have no header
    clean = {BREAKS.sub(" ", str(name)): _clean(table[name]) for name in table.columns}
    lines = ["\t".join(clean), *("\t".join(row) for row in zip(*clean.values(), strict=True))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def _clean(values: pd.Series) -> list[str]:
    return ["" if missing else BREAKS.sub(" ", str(value)) for value, missing in zip(values, values.isna(), strict=True)]


def _write_sprite(chosen: Chosen, path: Path) -> tuple[int, int] | None:
    """All thumbnails in one square image, shrunk where they would not fit; gives the size (width, height) of one."""
    thumbnails = chosen.bundle.thumbnails
    n = len(chosen.rows)
    if thumbnails is None or not n:
        return None
    across = int(np.ceil(np.sqrt(n)))
    shrink = min(1.0, LARGEST_SPRITE / (across * max(thumbnails.size)))
    width, height = (max(1, int(side * shrink)) for side in thumbnails.size)
    sheet = Image.new("RGB", (across * width, -(-n // across) * height))
    for start in range(0, n, thumbnails.cells):
        for k, image in enumerate(thumbnails.images(chosen.rows[start : start + thumbnails.cells]), start=start):
            sheet.paste(
                image if image.size == (width, height) else image.resize((width, height)), (k % across * width, k // across * height)
            )
    sheet.save(path)
    return width, height
