"""Arrays and images read by rows, and views of them: chosen rows, several one after another, without copying what lies below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:
    from PIL import Image


class RowArray(Protocol):
    """An array-like read by rows: ``numpy`` arrays, memory maps, and images that are decoded when asked for."""

    @property
    def shape(self) -> tuple[int, ...]: ...

    @property
    def dtype(self) -> np.dtype[Any]: ...

    def __getitem__(self, rows: Any) -> np.ndarray: ...


class ImageRows(Protocol):
    """Images of samples, read when asked for."""

    def __len__(self) -> int: ...

    def load(self, rows: Sequence[int] | np.ndarray) -> list[Image.Image]:
        """RGB images of these rows, in this order."""
        ...


class _ArrayView:
    """Shape, dtype and conversion of a view; a subclass gives the rows."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: Any) -> np.ndarray:
        index = np.arange(len(self))[rows]
        return self._take(np.atleast_1d(index))[0] if np.ndim(index) == 0 else self._take(index)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.asarray(self._take(np.arange(len(self))), dtype=dtype)

    def _take(self, index: np.ndarray) -> np.ndarray:
        raise NotImplementedError


class SelectedRows(_ArrayView):
    """``array[rows]``, read when asked for."""

    def __init__(self, array: RowArray, rows: np.ndarray) -> None:
        self.array, self.rows = array, rows
        self.shape, self.dtype = (len(rows), *array.shape[1:]), array.dtype

    def _take(self, index: np.ndarray) -> np.ndarray:
        return np.asarray(self.array[self.rows[index]])


class ConcatenatedRows(_ArrayView):
    """Arrays of equal row shape, one after another; dtype is the one that holds all of theirs."""

    def __init__(self, arrays: Sequence[RowArray]) -> None:
        self.arrays = tuple(arrays)
        self.starts = np.cumsum([0, *(array.shape[0] for array in arrays)])
        self.shape = (int(self.starts[-1]), *arrays[0].shape[1:])
        self.dtype = np.result_type(*(array.dtype for array in arrays))

    def _take(self, index: np.ndarray) -> np.ndarray:
        out = np.empty((len(index), *self.shape[1:]), dtype=self.dtype)
        owner = np.searchsorted(self.starts, index, side="right") - 1
        for k in np.unique(owner):
            mine = owner == k
            out[mine] = self.arrays[k][index[mine] - self.starts[k]]
        return out


class SelectedImages:
    """Images of chosen rows."""

    def __init__(self, images: ImageRows, rows: np.ndarray) -> None:
        self.images, self.rows = images, rows

    def __len__(self) -> int:
        return len(self.rows)

    def load(self, rows: Sequence[int] | np.ndarray) -> list[Image.Image]:
        return self.images.load(self.rows[np.asarray(rows, dtype=np.int64)])


class ConcatenatedImages:
    """Images of several data sets, one after another."""

    def __init__(self, parts: Sequence[ImageRows]) -> None:
        self.parts = tuple(parts)
        self.starts = np.cumsum([0, *(len(part) for part in parts)])

    def __len__(self) -> int:
        return int(self.starts[-1])

    def load(self, rows: Sequence[int] | np.ndarray) -> list[Image.Image]:
        index = np.asarray(rows, dtype=np.int64)
        owner = np.searchsorted(self.starts, index, side="right") - 1
        images: list[Image.Image | None] = [None] * len(index)
        for k in np.unique(owner):
            positions = np.flatnonzero(owner == k)
            for position, image in zip(positions, self.parts[k].load(index[positions] - self.starts[k]), strict=True):
                images[position] = image
        return [image for image in images if image is not None]
