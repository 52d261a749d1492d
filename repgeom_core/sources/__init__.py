"""Readers of data and of foreign formats: one file per format, each gives a ``Dataset``."""

from repgeom_core.sources.concatenate import concatenate
from repgeom_core.sources.dataset import Dataset
from repgeom_core.sources.preview import SourcePreview
from repgeom_core.sources.read import inspect_source, read_source
from repgeom_core.sources.roles import ROLES

__all__ = ["ROLES", "Dataset", "SourcePreview", "concatenate", "inspect_source", "read_source"]
