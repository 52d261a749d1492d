"""Hugging Face ``datasets`` saved to disk (``save_to_disk``): one data set, or one for each split. Needs the extra ``hf``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from repgeom_core.errors import SourceError
from repgeom_core.sentences import reason
from repgeom_core.sources.arrays import values_column
from repgeom_core.sources.arrow_columns import arrow_columns
from repgeom_core.sources.opened import Column, OpenedSource

HEAD_ROWS = 32


def is_hf_dataset(folder: Path) -> bool:
    """Whether the folder is what ``Dataset.save_to_disk`` or ``DatasetDict.save_to_disk`` writes."""
    return (folder / "dataset_dict.json").is_file() or ((folder / "dataset_info.json").is_file() and (folder / "state.json").is_file())


def open_hf_dataset(folder: Path, apart: Sequence[str] = ()) -> OpenedSource:
    """Columns lie memory-mapped on disk; splits follow one another, named by the column ``split``."""
    try:
        import datasets
    except ImportError:
        raise SourceError(f"{folder} is a Hugging Face data set; install what reads it with: pip install '.[hf]'") from None
    try:
        loaded = datasets.load_from_disk(str(folder))
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException) as error:
        raise SourceError(f"{folder} is damaged or no data set saved with save_to_disk ({reason(error)}).") from None
    splits: dict[str, Any] = dict(loaded) if isinstance(loaded, dict) else {"": loaded}
    parts = [part.with_format("arrow") for part in splits.values()]
    names = parts[0].column_names
    different = [split for split, part in zip(splits, parts, strict=True) if part.features.type != parts[0].features.type]
    if different:
        raise SourceError(f"{folder}: split {different[0]!r} has other columns than {next(iter(splits))!r}; save the splits apart.")

    def load(wanted: Sequence[str]) -> pa.Table:
        return pa.concat_tables([part.select_columns(list(wanted))[:] for part in parts]).select(list(wanted))

    sizes = [len(part) for part in parts]
    columns = arrow_columns(
        parts[0][:HEAD_ROWS], load, sum(sizes), folder, folder.name, _class_names(parts[0].features, datasets.ClassLabel), apart
    )
    if len(splits) > 1 and "split" not in names:
        columns.append(_split_column(list(splits), sizes))
    return OpenedSource("Hugging Face dataset", folder.resolve().name, columns, sum(sizes), tabular=True, title=folder.resolve().name)


def _class_names(features: Any, class_label: Any) -> dict[str, tuple[str, ...]]:
    return {name: tuple(feature.names) for name, feature in features.items() if isinstance(feature, class_label)}


def _split_column(splits: list[str], sizes: list[int]) -> Column:
    column = values_column("split", np.repeat(np.array(splits), sizes))
    column.hint = "split"
    return column
