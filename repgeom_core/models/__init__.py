"""Building models and loading their weights, never executing a pickle."""

from repgeom_core.models.build import KINDS, ModelSpec, build_model
from repgeom_core.models.checkpoints import CheckpointInfo, load_weights, weights_digest
from repgeom_core.models.find import CheckpointFile, find_checkpoints

__all__ = [
    "KINDS",
    "CheckpointFile",
    "CheckpointInfo",
    "ModelSpec",
    "build_model",
    "find_checkpoints",
    "load_weights",
    "weights_digest",
]
