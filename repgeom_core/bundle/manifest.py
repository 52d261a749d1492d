"""The bundle's table of contents: ``manifest.json`` as typed records, read strictly and written atomically."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from repgeom_core.atomic import written_whole
from repgeom_core.bundle.digest import combined_digest
from repgeom_core.errors import BundleError
from repgeom_core.sentences import reason

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Shard:
    """One ``.npy`` file of an array: its rows, its size in bytes and the digest of its bytes."""

    rows: int
    bytes: int
    digest: str


@dataclass(frozen=True)
class ArrayEntry:
    """A row-sharded array ``(n, dim)``; ``pooling`` says how the layer's output became a vector (empty: it was one)."""

    dim: int
    dtype: str
    shards: tuple[Shard, ...]
    pooling: str = ""

    @property
    def digest(self) -> str:
        return combined_digest([self.dtype, str(self.dim), *(f"{s.rows}:{s.digest}" for s in self.shards)])

    @property
    def bytes(self) -> int:
        return sum(s.bytes for s in self.shards)


@dataclass(frozen=True)
class HeadEntry:
    """The classifier of a checkpoint: which layer it reads, and the digest of its file."""

    layer: str
    digest: str


@dataclass(frozen=True)
class CheckpointEntry:
    """One set of weights: its step, the arrays extracted with it, and its accuracy by split (where labels are known)."""

    name: str
    step: int | None
    ids_digest: str
    layers: dict[str, ArrayEntry]
    head: HeadEntry | None = None
    logits: ArrayEntry | None = None
    predictions: str | None = None  # digest of the predictions file
    accuracy: dict[str, float] = field(default_factory=dict)
    weight_digest: str | None = None


@dataclass(frozen=True)
class SamplesEntry:
    """The sample table: number of rows, digest of the file, digest of the ids in order, splits in order."""

    n: int
    digest: str
    ids_digest: str
    splits: tuple[str, ...]
    roles: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ThumbnailsEntry:
    """Sprite sheets: cell size in pixels, columns and cells of a full sheet, digests of the files in order."""

    width: int
    height: int
    columns: int
    cells: int
    sheets: tuple[str, ...]


@dataclass(frozen=True)
class Manifest:
    """All of a bundle but its numbers: names, shapes, digests, and how it was made (``created``: ISO 8601, UTC)."""

    name: str
    classes: tuple[str, ...]
    samples: SamplesEntry
    checkpoints: tuple[CheckpointEntry, ...] = ()
    thumbnails: ThumbnailsEntry | None = None
    shard_rows: int = 16_384
    recipe: dict[str, Any] | None = None
    software: dict[str, str] = field(default_factory=dict)
    created: str = ""
    schema: int = SCHEMA_VERSION

    def write(self, path: Path) -> None:
        with written_whole(path) as temporary:
            temporary.write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")


def read_manifest(path: Path) -> Manifest:
    """Reads ``manifest.json``; a newer schema, broken JSON or a missing field is a :class:`BundleError` that names the file."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BundleError(
            f"{path.parent} is not a bundle: it has no manifest.json. Import data or extract features into it first."
        ) from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise BundleError(f"{path} is damaged (not JSON: {reason(error)}). Restore it from a copy, or extract the bundle again.") from None
    if not isinstance(raw, dict) or not isinstance(raw.get("schema"), int):
        raise BundleError(f"{path} is not a RepGeom manifest: it has no schema version.")
    if raw["schema"] > SCHEMA_VERSION:
        raise BundleError(
            f"{path} has schema version {raw['schema']}; this RepGeom reads up to {SCHEMA_VERSION}. Update RepGeom to open this bundle."
        )
    try:
        return _parse(raw)
    except KeyError as error:
        raise BundleError(
            f"{path} is damaged: the field {error} is missing. Restore it from a copy, or extract the bundle again."
        ) from None
    except (TypeError, ValueError, AttributeError) as error:
        raise BundleError(f"{path} is damaged: {reason(error)}. Restore it from a copy, or extract the bundle again.") from None


def _parse(raw: dict[str, Any]) -> Manifest:
    samples = raw["samples"]
    thumbnails = raw["thumbnails"]
    return Manifest(
        name=raw["name"],
        classes=tuple(raw["classes"]),
        samples=SamplesEntry(**{**samples, "splits": tuple(samples["splits"])}),
        checkpoints=tuple(_parse_checkpoint(c) for c in raw["checkpoints"]),
        thumbnails=None if thumbnails is None else ThumbnailsEntry(**{**thumbnails, "sheets": tuple(thumbnails["sheets"])}),
        shard_rows=int(raw["shard_rows"]),
        recipe=raw["recipe"],
        software=raw["software"],
        created=raw["created"],
        schema=raw["schema"],
    )


def _parse_checkpoint(raw: dict[str, Any]) -> CheckpointEntry:
    return CheckpointEntry(
        **{
            **raw,
            "layers": {name: _parse_array(entry) for name, entry in raw["layers"].items()},
            "head": None if raw["head"] is None else HeadEntry(**raw["head"]),
            "logits": None if raw["logits"] is None else _parse_array(raw["logits"]),
        }
    )


def _parse_array(raw: dict[str, Any]) -> ArrayEntry:
    return ArrayEntry(**{**raw, "shards": tuple(Shard(**shard) for shard in raw["shards"])})
