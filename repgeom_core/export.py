"""The samples and one layer's features in formats that other tools read; written whole or not at all.

Rows are streamed, so memory does not grow with their number; names and texts are data and are written as they are.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from repgeom_core.errors import RepGeomError
from repgeom_core.progress import Progress

if TYPE_CHECKING:
    import pandas as pd

    from repgeom_core.bundle import Bundle, ShardedArray

ROWS_AT_A_TIME = 4096
LARGEST_SPRITE = 8192  # pixels a side: what the projector takes
PROJECTOR_FILES = {"tensors.bytes", "metadata.tsv", "sprite.png", "projector_config.json"}


class Export:
    """What is written: rows of a layer at a checkpoint, and their sample table (row i of both is the same sample)."""

    def __init__(self, bundle: Bundle, checkpoint: str, layer: str, split: str, progress: Progress) -> None:
        self.bundle, self.progress = bundle, progress
        self.features: ShardedArray = bundle.features(layer, checkpoint)
        self.rows = bundle.rows(split)
        self.samples: pd.DataFrame = bundle.samples(checkpoint).iloc[self.rows]
        self.shape = (len(self.rows), self.features.shape[1])

    def pieces(self) -> Iterator[tuple[slice, np.ndarray]]:
        """The features in order, some rows at a time, as ``(slice of the exported rows, (m, d))``."""
        for start in range(0, len(self.rows), ROWS_AT_A_TIME):
            piece = slice(start, min(start + ROWS_AT_A_TIME, len(self.rows)))
            yield piece, self.features.take(self.rows[piece])
            self.progress.update("export", piece.stop, len(self.rows))


def export_features(
    bundle: Bundle,
    format: str,
    out: Path | None = None,
    checkpoint: str | None = None,
    layer: str | None = None,
    split: str = "all",
    overwrite: bool = False,
    progress: Progress | None = None,
) -> Path:
    """Writes a layer's features with the sample table as ``"parquet"``, ``"npz"`` or ``"projector"`` (a folder); returns the path.

    Defaults: the last checkpoint, the layer its classifier reads (else its last layer), a path named after the three in
    the working directory. Raises :class:`RepGeomError` where something is in the way (unless ``overwrite``) or unknown.
    """
    if not bundle.checkpoints:
        raise RepGeomError(f"{bundle.path} has no checkpoints yet, so there are no features to export.")
    checkpoint = checkpoint or bundle.checkpoints[-1].name
    if layer is None:
        head = bundle.checkpoint(checkpoint).head
        layer = head.layer if head else list(bundle.layers(checkpoint))[-1]
    export = Export(bundle, checkpoint, layer, split, progress or Progress())
    write, ending = WRITERS[format]
    name = "-".join((bundle.path.resolve().name, checkpoint, layer)).replace("/", "_")
    out = Path(f"{name}{ending}") if out is None else out
    if out.exists() and not overwrite:
        raise RepGeomError(f"{out} exists; give another place with --out, or replace it with --overwrite.")
    if out.is_dir() and {entry.name for entry in out.iterdir()} - PROJECTOR_FILES:
        raise RepGeomError(f"{out} is a folder with other things in it, so it is not replaced; give another place with --out.")
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}.", suffix=".part", dir=out.parent) as folder:
        made = Path(folder) / out.name
        write(export, made)
        if out.is_dir():
            shutil.rmtree(out)
        made.replace(out)
    return out


def _write_parquet(export: Export, path: Path) -> None:
    """The sample table with the features as the list column ``features`` (fixed size d)."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pandas(export.samples, preserve_index=False)
    if "features" in table.column_names:
        raise RepGeomError('The samples already have a column "features"; export as npz instead.')
    kind = pa.list_(pa.from_numpy_dtype(export.features.dtype), export.shape[1])
    with pq.ParquetWriter(path, table.schema.append(pa.field("features", kind))) as writer:
        for piece, values in export.pieces():
            column = pa.FixedSizeListArray.from_arrays(pa.array(values.ravel()), export.shape[1])
            writer.write_table(table.slice(piece.start, len(values)).append_column("features", column))


def _write_npz(export: Export, path: Path) -> None:
    """``features (m, d)``, ``ids``, and where known ``labels`` (codes, −1: none), ``class_names``, ``splits``, ``predictions`` (codes)."""
    samples, classes = export.samples, list(export.bundle.classes)
    arrays: dict[str, np.ndarray] = {"ids": samples["id"].to_numpy(dtype=str)}
    if classes:
        arrays["labels"] = export.bundle.y[export.rows]
        arrays["class_names"] = np.array(classes)
    if "prediction" in samples and classes:
        arrays["predictions"] = np.array(samples["prediction"].cat.set_categories(classes).cat.codes, dtype=np.int32)
    if "split" in samples:
        arrays["splits"] = samples["split"].astype(object).fillna("").to_numpy(dtype=str)
    with zipfile.ZipFile(path, "w") as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
                np.lib.format.write_array(file, array, allow_pickle=False)
        header = {"descr": np.lib.format.dtype_to_descr(export.features.dtype), "fortran_order": False, "shape": export.shape}
        with archive.open("features.npy", "w", force_zip64=True) as file:
            np.lib.format.write_array_header_1_0(file, header)
            for _, values in export.pieces():
                file.write(values.tobytes())


def _write_projector(export: Export, folder: Path) -> None:
    """``tensors.bytes`` (float32, row by row), ``metadata.tsv``, ``sprite.png`` where there are thumbnails, and their config."""
    folder.mkdir()
    with (folder / "tensors.bytes").open("wb") as file:
        for _, values in export.pieces():
            file.write(values.astype("<f4").tobytes())
    # Tabs and line breaks would end a cell, and the format has no quoting: they become spaces.
    texts = export.samples.astype(object).where(export.samples.notna(), "").map(str)
    metadata = texts.replace(r"[\t\r\n]+", " ", regex=True)
    lines = ["\t".join(row) for row in metadata.itertuples(index=False)]
    if metadata.shape[1] > 1:  # a single column is read without a header
        lines.insert(0, "\t".join(map(str, metadata.columns)))
    (folder / "metadata.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    embedding: dict[str, Any] = {
        "tensorName": export.bundle.name,
        "tensorShape": list(export.shape),
        "tensorPath": "tensors.bytes",
        "metadataPath": "metadata.tsv",
    }
    if (size := _write_sprite(export, folder / "sprite.png")) is not None:
        embedding["sprite"] = {"imagePath": "sprite.png", "singleImageDim": list(size)}
    (folder / "projector_config.json").write_text(json.dumps({"embeddings": [embedding]}, indent=1), encoding="utf-8")


def _write_sprite(export: Export, path: Path) -> tuple[int, int] | None:
    """All thumbnails in one square grid, row by row; None where there are none, or more than a sprite image holds."""
    from PIL import Image

    thumbnails = export.bundle.thumbnails
    if thumbnails is None or not len(export.rows):
        return None
    width, height = thumbnails.size
    columns = int(np.ceil(np.sqrt(len(export.rows))))
    if columns * max(width, height) > LARGEST_SPRITE:
        export.progress.log(f"No sprite image: {len(export.rows):,} thumbnails do not fit into {LARGEST_SPRITE} x {LARGEST_SPRITE} pixels.")
        return None
    sprite = Image.new("RGB", (columns * width, columns * height))
    for start in range(0, len(export.rows), ROWS_AT_A_TIME):
        for cell, image in enumerate(thumbnails.images(export.rows[start : start + ROWS_AT_A_TIME]), start):
            sprite.paste(image, (cell % columns * width, cell // columns * height))
    sprite.save(path)
    return width, height


WRITERS: dict[str, tuple[Callable[[Export, Path], None], str]] = {
    "parquet": (_write_parquet, ".parquet"),
    "npz": (_write_npz, ".npz"),
    "projector": (_write_projector, "-projector"),
}
