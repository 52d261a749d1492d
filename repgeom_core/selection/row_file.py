"""Row numbers of a bundle in a ``.npy`` file: how a selection reaches a command line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from repgeom_core.atomic import written_whole
from repgeom_core.errors import SelectionError

Rows = npt.NDArray[np.int64]


def write_rows(path: Path, rows: npt.ArrayLike) -> None:
    """``rows (m,)`` as int64; the file appears whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with written_whole(path) as temporary, temporary.open("wb") as file:
        np.save(file, np.asarray(rows, dtype="<i8"), allow_pickle=False)


def read_rows(path: Path, n: int) -> Rows:
    """The row numbers in ``path``, in their order; :class:`SelectionError` unless they are rows 0..n−1, each at most once."""
    try:
        found = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise SelectionError(f"{path} cannot be read ({reason}); a .npy file of row numbers was expected.") from None
    if not isinstance(found, np.ndarray) or found.ndim != 1 or not np.issubdtype(found.dtype, np.integer):
        what = f"{found.dtype} of shape {found.shape}" if isinstance(found, np.ndarray) else "several arrays"
        hint = " Of a mask, save np.flatnonzero(mask)." if isinstance(found, np.ndarray) and found.dtype == bool else ""
        raise SelectionError(f"{path} holds {what}; one list of whole row numbers was expected.{hint}")
    if not len(found):
        raise SelectionError(f"{path} holds no rows; at least one was expected.")
    outside = np.flatnonzero((found < 0) | (found >= n))
    if len(outside):
        first = int(outside[0])
        raise SelectionError(f"{path} names row {found[first]} at place {first}; the bundle has rows 0 to {n - 1:,}.")
    numbers, counts = np.unique(found, return_counts=True)
    if len(numbers) < len(found):
        raise SelectionError(f"{path} names row {numbers[counts > 1][0]} more than once; each row may be there once.")
    return found.astype(np.int64)
