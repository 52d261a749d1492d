"""A bundle's samples and features for other tools: parquet, npz, or the TensorBoard projector."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from repgeom_core.atomic import folder_name, written_whole
from repgeom_core.bundle.export_chosen import ROWS_AT_A_TIME, Chosen, choose, taken
from repgeom_core.bundle.export_projector import write_projector
from repgeom_core.bundle.reader import Bundle
from repgeom_core.errors import BundleError
from repgeom_core.npz_names import member_name
from repgeom_core.progress import Progress

FORMATS = ("parquet", "npz", "projector")


def export_bundle(
    bundle: Bundle,
    format: str,
    out: str | Path,
    checkpoint: str | None = None,
    layers: Sequence[str] | None = None,
    split: str = "all",
    overwrite: bool = False,
    tensors: str = "bytes",
    progress: Progress | None = None,
) -> list[Path]:
    """Writes one checkpoint of a bundle; files appear whole or not at all.

    Args:
        format: ``parquet`` (all sample columns, predictions, one list column per layer), ``npz`` (arrays that the
            reader of this project knows: a layer each, ids, labels as codes with −1 for none, class_names, ...), or
            ``projector`` (a folder with tensors, metadata.tsv, sprite and config).
        out: the file, or the folder for ``projector``; an existing folder gets a file named after bundle and checkpoint, and a
            file's name the suffix of its format, by which it is read again.
        checkpoint: the last one when None.
        layers: all when None.
        split: which samples; ``all`` for every one.
        overwrite: replace what is there.
        tensors: of the projector: ``bytes`` (float32) or ``tsv`` (text).

    Returns:
        The files written.

    Raises:
        BundleError: an unknown format, checkpoint, layer or split, or a place that is taken.
    """
    if format not in FORMATS:
        raise BundleError(f"There is no export format {format!r}; the formats are {', '.join(FORMATS)}.")
    chosen = choose(bundle, checkpoint, layers, split, progress or Progress())
    out = Path(out)
    if format == "projector":
        return write_projector(chosen, out, overwrite, tensors)
    if out.is_dir():
        out = out / f"{folder_name('-'.join(filter(None, (bundle.name, chosen.checkpoint))))}.{format}"
    elif out.suffix.lower() != f".{format}":
        out = out.with_name(f"{out.name}.{format}")
    if out.exists() and not overwrite:
        raise taken(out)
    with written_whole(out) as temporary:
        (write_parquet if format == "parquet" else write_npz)(chosen, temporary)
    return [out]


def write_parquet(chosen: Chosen, path: Path) -> None:
    """Row groups of 16,384 samples; a layer is a column of fixed-size lists of float32."""
    table = pa.Table.from_pandas(chosen.samples, preserve_index=False)
    names = chosen.layer_names(table.column_names)
    lists = {layer: pa.list_(pa.float32(), array.shape[1]) for layer, array in chosen.layers.items()}
    schema = pa.schema([*table.schema, *(pa.field(names[layer], kind) for layer, kind in lists.items())])
    pieces = [chosen.chunks(array, "parquet") for array in chosen.layers.values()]
    with pq.ParquetWriter(path, schema) as writer:
        for start in range(0, len(chosen.rows), ROWS_AT_A_TIME):
            part = table.slice(start, ROWS_AT_A_TIME)
            for (layer, kind), piece in zip(lists.items(), pieces, strict=True):
                values = pa.array(next(piece).reshape(-1))
                part = part.append_column(pa.field(names[layer], kind), pa.FixedSizeListArray.from_arrays(values, type=kind))
            writer.write_table(part.cast(schema))


def write_npz(chosen: Chosen, path: Path) -> None:
    """Arrays by name, features streamed, so that memory does not grow with the number of samples."""
    columns = _npz_columns(chosen)
    names = chosen.layer_names(list(columns))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for name, values in columns.items():
            _write_member(archive, name, values.shape, values.dtype, iter([values]))
        for layer, array in chosen.layers.items():
            shape = (len(chosen.rows), array.shape[1])
            _write_member(archive, names[layer], shape, np.dtype(np.float32), chosen.chunks(array, layer))


def _npz_columns(chosen: Chosen) -> dict[str, np.ndarray]:
    bundle, samples = chosen.bundle, chosen.samples
    columns = {"ids": samples["id"].to_numpy(dtype=str)}
    classes = list(bundle.classes)
    if "prediction" in samples:  # a head may have more outputs than the labels have classes
        classes += [str(name) for name in samples["prediction"].cat.categories if name not in bundle.classes]
    codes = {name: code for code, name in enumerate(classes)}
    for column, name in (("label", "labels"), ("prediction", "predictions")):
        if column in samples:
            columns[name] = samples[column].astype(object).map(codes).fillna(-1).to_numpy(dtype=np.int64)
    if classes:
        columns["class_names"] = np.array(classes, dtype=str)
    if chosen.checkpoint is not None:
        logits, head = bundle.logits(chosen.checkpoint), bundle.head(chosen.checkpoint)
        if logits is not None:
            columns["logits"] = np.asarray(logits.take(chosen.rows))
        if head is not None:
            columns |= {"W": head.W, "b": head.b}
    for column in samples.columns.drop(["id", "label", "prediction"], errors="ignore"):
        name = str(column)
        while name in columns:  # the data may have a column called "ids" or "b" of its own
            name += " (column)"
        columns[name] = plain_array(samples[column])
    return columns


def plain_array(values: pd.Series) -> np.ndarray:
    """Numbers (missing: NaN) or strings (missing: empty): nothing that would have to be pickled."""
    if pd.api.types.is_bool_dtype(values.dtype) and not values.isna().any():
        return values.to_numpy(dtype=bool)
    if pd.api.types.is_numeric_dtype(values.dtype):
        whole = pd.api.types.is_integer_dtype(values.dtype) and not values.isna().any()
        return values.to_numpy(dtype=np.int64) if whole else values.to_numpy(dtype=np.float64, na_value=np.nan)
    return values.astype(object).where(values.notna(), "").map(str).to_numpy(dtype=str)


def _write_member(archive: zipfile.ZipFile, name: str, shape: tuple[int, ...], dtype: np.dtype, pieces: Iterator[np.ndarray]) -> None:
    with archive.open(f"{member_name(name)}.npy", "w", force_zip64=True) as file:
        header = {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_2_0(file, header)
        for piece in pieces:
            file.write(np.ascontiguousarray(piece, dtype=dtype).tobytes())
