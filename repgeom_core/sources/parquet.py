"""``.parquet``: list columns are features, struct{bytes, path} columns images; also as Hugging Face and Embedding Atlas write it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from repgeom_core.errors import SourceError
from repgeom_core.sentences import reason
from repgeom_core.sources.arrow_columns import arrow_columns
from repgeom_core.sources.opened import OpenedSource

HEAD_ROWS = 32


def open_parquet(path: Path, apart: Sequence[str] = ()) -> OpenedSource:
    """Only the schema and the first rows are read here; columns are read one by one when they are used."""
    try:
        file = pq.ParquetFile(path, memory_map=True)
        batches = list(_first(file))
    except (pa.ArrowException, OSError, ValueError) as error:
        raise SourceError(f"{path} is truncated or no parquet file ({reason(error)}); copy or write it again.") from None
    schema = file.schema_arrow
    names = [name for name in schema.names if not name.startswith("__index_level_")]
    head = pa.Table.from_batches(batches, schema).select(names)

    def load(wanted: Sequence[str]) -> pa.Table:
        try:
            return file.read(columns=list(wanted)).select(list(wanted))
        except (pa.ArrowException, OSError) as error:
            raise SourceError(f"{path} is damaged ({reason(error)}); copy or write it again.") from None

    n = file.metadata.num_rows
    columns = arrow_columns(head, load, n, path.parent, path.name, _class_names(schema), apart)
    return OpenedSource("parquet", path.name, columns, n, tabular=True)


def _first(file: pq.ParquetFile) -> list[pa.RecordBatch]:
    for batch in file.iter_batches(batch_size=HEAD_ROWS):
        return [batch]
    return []


def _class_names(schema: pa.Schema) -> dict[str, tuple[str, ...]]:
    """Names of label codes, which Hugging Face keeps in the file's metadata."""
    raw = (schema.metadata or {}).get(b"huggingface")
    if raw is None:
        return {}
    try:
        features: dict[str, Any] = json.loads(raw)["info"]["features"]
        labels = {name: feature["names"] for name, feature in features.items() if feature.get("_type") == "ClassLabel"}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}  # another version's metadata; the codes themselves are still there
    return {name: tuple(map(str, names)) for name, names in labels.items()}
