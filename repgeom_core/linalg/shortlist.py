"""The rows that can still be among the nearest of each row of a block, as products with bounded errors come in."""

from __future__ import annotations

import warnings
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
import torch

from repgeom_core.linalg.operand import Precision
from repgeom_core.linalg.ranking import Nearest, TensorShortlist

SIGNS = {2: 0x8000_8000_8000_8000, 4: 0x8000_0000_8000_0000, 8: 0x8000_0000_0000_0000}  # bits of 8 bytes, by the bytes of a number


class Shortlist(Protocol):
    """``radius`` (m,): squared distances within which each row has k others for certain; they shrink as others come in.

    A product holds half of (squared distance - what was taken off), at most its true value; ``margin`` (m,) bounds half of the
    difference. Nothing is taken off for :meth:`bound`, and the present radius for :meth:`add`.
    """

    @property
    def radius(self) -> np.ndarray: ...

    def bound(self, product: torch.Tensor, ids: np.ndarray, margin: np.ndarray) -> None:
        """Finds a first radius from products (m, w or wider) with some rows ``ids`` (w,)."""

    def add(self, product: torch.Tensor, ids: np.ndarray, rows: np.ndarray, margin: np.ndarray) -> None:
        """Takes what is negative in the product (r, w or wider) of ``rows`` (r,) of the block with ``ids``; each pair comes once."""

    @property
    def hopeless(self) -> bool:
        """Whether most of the block has more candidates than can be ranked."""

    def nearest(self, points: torch.Tensor) -> Nearest:
        """By exact distances between ``points`` (n, d), the features. Rows with too many candidates are not settled."""


class CompiledShortlist:
    """Candidates in tables that compiled loops fill."""

    def __init__(self, own: np.ndarray, k: int, most: int, precision: Precision) -> None:
        m = len(own)
        self.own, self.out, self.started = own, 1.01 * precision.out, False
        self.uppers, self.holders = np.full((m, k), np.inf), np.empty((m, k), np.int64)
        self.kept, self.lower, self.count = np.empty((m, most), np.int32), np.empty((m, most)), np.zeros(m, np.int64)

    @property
    def radius(self) -> np.ndarray:
        return self.uppers[:, 0].copy()

    def bound(self, product: torch.Tensor, ids: np.ndarray, margin: np.ndarray) -> None:
        halves = (product.float() if product.dtype == torch.bfloat16 else product).numpy()
        compiled().bound(halves, *_dense(ids, self.own, margin), self.out, self.uppers, self.holders)

    def add(self, product: torch.Tensor, ids: np.ndarray, rows: np.ndarray, margin: np.ndarray) -> None:
        if not self.started:  # the rows that gave the first radius come again, and must not count twice
            self.uppers[:], self.started = self.uppers[:, :1], True
        values = (product.view(torch.int16) if product.dtype == torch.bfloat16 else product).numpy()
        bits = values.view(np.uint64), np.uint64(SIGNS[values.itemsize]), values, _every_bfloat16()
        lists = self.uppers, self.holders, self.kept, self.lower, self.count
        compiled().collect(*bits, *_dense(ids, self.own, rows, self.radius, margin), self.out, *lists)

    @property
    def hopeless(self) -> bool:
        return bool((self.count < 0).mean() > 0.5)

    def nearest(self, points: torch.Tensor) -> Nearest:
        indices, squared = np.empty(self.uppers.shape, np.int64), np.empty(self.uppers.shape)
        taken = compiled().rank(points.numpy(), self.own, self.kept, self.lower, self.count, self.uppers, indices, squared)
        return Nearest(indices, squared, (self.count >= 0) & (indices[:, -1] < len(points)), taken)


def shortlist(own: np.ndarray, k: int, most: int, precision: Precision, device: torch.device) -> Shortlist:
    """An empty one for the rows ``own`` (m,) that holds at most ``most`` candidates of each."""
    if device.type == "cpu" and compiled():
        return CompiledShortlist(own, k, most, precision)
    return TensorShortlist(own, k, most, precision)


@lru_cache
def compiled() -> Any:
    """The module of compiled loops, or None where numba does not work: then the search is as exact, and slower."""
    try:
        from repgeom_core.linalg import compiled as loops

        loops.sift(np.zeros(1), np.zeros(1, np.int64), 1, 0.0, 0)
    except Exception as reason:  # whatever a broken compiler may raise
        warnings.warn(f"The neighbour search runs without numba, which fails here: {reason}", RuntimeWarning, stacklevel=2)
        return None
    return loops


def _dense(*arrays: np.ndarray) -> list[np.ndarray]:
    """Without gaps, so that one compiled version does for all."""
    return [np.ascontiguousarray(array) for array in arrays]


@lru_cache
def _every_bfloat16() -> np.ndarray:
    """The bfloat16 numbers by their bits."""
    return torch.arange(2**16, dtype=torch.int32).to(torch.uint16).view(torch.bfloat16).float().numpy()
