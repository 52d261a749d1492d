"""From a recipe to a bundle: the features of many layers and checkpoints, one forward pass per batch and checkpoint."""

from repgeom_core.extract.layers import LayerInfo
from repgeom_core.extract.recipe import CheckpointSpec, DataSpec, ExtractSpec, InputSpec, Recipe, load_recipe
from repgeom_core.extract.run import extract, list_layers

__all__ = [
    "CheckpointSpec",
    "DataSpec",
    "ExtractSpec",
    "InputSpec",
    "LayerInfo",
    "Recipe",
    "extract",
    "list_layers",
    "load_recipe",
]
