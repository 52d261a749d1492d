"""Readers of data and of foreign formats: one file per format, each gives a ``Dataset``."""

from repgeom_core.sources.dataset import Dataset

__all__ = ["Dataset"]
