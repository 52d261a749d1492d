"""Memory-mapped inputs without their pages piling up in this process's memory."""

from __future__ import annotations

import mmap
from typing import Any

import numpy as np


def release_pages(array: Any) -> None:
    """Give back the pages that reading ``array`` has mapped, so that a process streaming a large file stays small.

    The data stays in the system's cache and comes back when it is read again. Acts on read-only memory maps, also below
    the row views of :mod:`repgeom_core.sources.rows`; on anything else it does nothing.
    """
    if isinstance(array, np.memmap):
        mapped = getattr(array, "_mmap", None)
        # Pages of other modes may hold changes that are nowhere else.
        if array.mode == "r" and mapped is not None and hasattr(mmap, "MADV_DONTNEED"):
            mapped.madvise(mmap.MADV_DONTNEED)
        return
    for below in (*getattr(array, "arrays", ()), getattr(array, "array", None)):
        if below is not None:
            release_pages(below)
