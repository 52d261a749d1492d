"""The sample table and the per-checkpoint predictions, as parquet."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from repgeom_core.atomic import written_whole
from repgeom_core.bundle.digest import file_digest, ids_digest
from repgeom_core.bundle.manifest import SamplesEntry
from repgeom_core.errors import BundleError
from repgeom_core.sentences import reason

IDS_KEY = b"repgeom.ids_digest"


def write_samples(samples: pd.DataFrame, path: Path, roles: dict[str, str]) -> SamplesEntry:
    """Writes the table (``id`` first) with the ids' digest in the file's own metadata."""
    ids = samples["id"].astype(str)
    if not ids.is_unique:
        twice = ids[ids.duplicated()]
        raise BundleError(f"Sample ids must be unique: {twice.iloc[0]!r} occurs more than once ({len(twice):,} repeats in all).")
    table = pa.Table.from_pandas(samples.assign(id=ids), preserve_index=False)
    digest = ids_digest(ids.tolist())
    with written_whole(path) as temporary:
        pq.write_table(table.replace_schema_metadata({**(table.schema.metadata or {}), IDS_KEY: digest.encode()}), temporary)
    splits = tuple(str(s) for s in samples["split"].dropna().unique()) if "split" in samples else ()
    return SamplesEntry(len(samples), file_digest(path), digest, splits, roles)


def check_samples(path: Path, entry: SamplesEntry) -> None:
    """The table is there, has the manifest's number of rows, and says that it holds the manifest's ids."""
    try:
        metadata = pq.read_metadata(path)
    except FileNotFoundError:
        raise BundleError(f"{path} is missing. Restore it from a copy, or make the bundle again.") from None
    except (pa.ArrowInvalid, OSError) as error:
        raise BundleError(f"{path} is damaged ({reason(error)}). Restore it from a copy, or make the bundle again.") from None
    if metadata.num_rows != entry.n:
        raise BundleError(f"{path} has {metadata.num_rows:,} rows; the manifest says {entry.n:,} samples.")
    if (metadata.metadata or {}).get(IDS_KEY, b"").decode() != entry.ids_digest:
        raise BundleError(
            f"{path} holds other sample ids than the features were extracted for. Restore the table that belongs to this bundle."
        )


def read_samples(path: Path) -> pd.DataFrame:
    """The table as it was written; ``id`` are strings, ``label`` and ``prediction`` categorical."""
    try:
        return pq.read_table(path).to_pandas()
    except FileNotFoundError:
        raise BundleError(f"{path} is missing. Restore it from a copy, or make the bundle again.") from None
    except (pa.ArrowInvalid, OSError) as error:
        raise BundleError(f"{path} is damaged ({reason(error)}). Restore it from a copy, or make the bundle again.") from None


def predictions_from_logits(logits: np.ndarray, y: np.ndarray) -> pd.DataFrame:
    """``prediction`` (code, int32), ``confidence`` (largest softmax probability), ``loss`` (cross-entropy in nats; NaN without a label).

    ``logits (n, K)``, ``y (n,)`` codes with −1 for no label. Computed in float64.
    """
    z = logits.astype(np.float64)
    prediction = z.argmax(axis=1).astype(np.int32)
    z -= z.max(axis=1, keepdims=True)
    log_partition = np.log(np.exp(z).sum(axis=1))
    rows = np.arange(len(z))
    known = (y >= 0) & (y < z.shape[1])
    loss = np.where(known, log_partition - z[rows, np.where(known, y, 0)], np.nan)
    confidence = np.exp(z[rows, prediction] - log_partition)
    return pd.DataFrame({"prediction": prediction, "confidence": confidence.astype(np.float32), "loss": loss.astype(np.float32)})


def write_predictions(predictions: pd.DataFrame, path: Path) -> str:
    """Writes the parquet file whole; its digest."""
    with written_whole(path) as temporary:
        pq.write_table(pa.Table.from_pandas(predictions, preserve_index=False), temporary)
    return file_digest(path)


def accuracy_by_split(correct: np.ndarray, labelled: np.ndarray, splits: pd.Series | None) -> dict[str, float]:
    """Share of labelled samples predicted right, per split ("all" where there are no splits)."""
    if not labelled.any():
        return {}
    if splits is None or splits.isna().all():
        return {"all": float(correct[labelled].mean())}
    names = splits.astype(object).to_numpy()
    return {str(s): float(correct[here].mean()) for s in pd.unique(splits.dropna()) if (here := labelled & (names == s)).any()}
