"""The feature bundle: a run's samples, features, heads and logits on disk, readable without the model or a GPU."""

from repgeom_core.bundle.manifest import ArrayEntry, CheckpointEntry, Manifest
from repgeom_core.bundle.reader import Bundle, Head, delete_bundle, list_bundles, open_bundle
from repgeom_core.bundle.shards import ShardedArray, ShardWriter
from repgeom_core.bundle.writer import BundleWriter, append_to, create_bundle

__all__ = [
    "ArrayEntry",
    "Bundle",
    "BundleWriter",
    "CheckpointEntry",
    "Head",
    "Manifest",
    "ShardWriter",
    "ShardedArray",
    "append_to",
    "create_bundle",
    "delete_bundle",
    "list_bundles",
    "open_bundle",
]
