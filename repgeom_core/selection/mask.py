"""A set of samples of one bundle as a packed bit mask: 125 kB for 1,000,000 rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from repgeom_core.errors import SelectionError

if TYPE_CHECKING:
    from repgeom_core.bundle import Bundle

Bits = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Selection:
    """An immutable set of samples.

    ``bits`` holds one bit a row, ``ceil(n / 8)`` bytes: row ``i`` is bit ``i % 8``, counted from the least significant,
    of byte ``i // 8`` (numpy's ``bitorder="little"``, what a browser reads with ``bits[i >> 3] >> (i & 7) & 1``); bits
    past row ``n`` are zero. ``ids_digest`` says of which samples. Two selections are equal when they hold the same
    samples, whoever wrote them.
    """

    bits: Bits
    n: int
    ids_digest: str
    writer: str = ""
    count: int = field(init=False)

    def __post_init__(self) -> None:
        bits = np.array(self.bits, dtype=np.uint8)
        if bits.shape != ((self.n + 7) // 8,):
            raise SelectionError(f"A selection of {self.n:,} rows has {(self.n + 7) // 8:,} bytes, got shape {bits.shape}.")
        if self.n % 8:
            bits[-1] &= (1 << self.n % 8) - 1
        bits.flags.writeable = False
        object.__setattr__(self, "bits", bits)
        object.__setattr__(self, "count", int(np.bitwise_count(bits).sum(dtype=np.int64)))

    @classmethod
    def empty(cls, n: int, ids_digest: str, writer: str = "") -> Selection:
        return cls(np.zeros((n + 7) // 8, np.uint8), n, ids_digest, writer)

    @classmethod
    def of_mask(cls, mask: Mask, ids_digest: str, writer: str = "") -> Selection:
        """From one boolean a row, shape ``(n,)``."""
        mask = np.asarray(mask)
        if mask.dtype != np.bool_ or mask.ndim != 1:
            raise SelectionError(f"A mask holds one boolean a row, got {mask.dtype} of shape {mask.shape}.")
        return cls(np.packbits(mask, bitorder="little"), len(mask), ids_digest, writer)

    @classmethod
    def of_rows(cls, rows: npt.ArrayLike, n: int, ids_digest: str, writer: str = "") -> Selection:
        """From row numbers in ``[0, n)``, in any order."""
        rows = np.asarray(rows)
        if rows.size and not np.issubdtype(rows.dtype, np.integer):
            raise SelectionError(f"Rows are whole numbers, got {rows.dtype}.")
        rows = rows.astype(np.int64)
        if rows.size and (rows.min() < 0 or rows.max() >= n):
            raise SelectionError(f"Rows run from 0 to {n - 1}, got {rows.min()} to {rows.max()}.")
        mask = np.zeros(n, bool)
        mask[rows] = True
        return cls.of_mask(mask, ids_digest, writer)

    @property
    def mask(self) -> Mask:
        """One boolean a row, shape ``(n,)``; a new array each time."""
        return np.unpackbits(self.bits, count=self.n, bitorder="little").view(np.bool_)

    @property
    def rows(self) -> npt.NDArray[np.intp]:
        """The selected row numbers, ascending."""
        return np.flatnonzero(self.mask)

    def ids(self, bundle: Bundle) -> np.ndarray:
        """The selected sample ids, in row order; :class:`SelectionError` when ``bundle`` holds other samples."""
        if bundle.ids_digest != self.ids_digest or bundle.n != self.n:
            raise SelectionError(f"This selection is of other samples than those of {bundle.name}; select there anew.")
        return np.asarray(bundle.ids)[self.rows]

    def by(self, writer: str) -> Selection:
        """The same samples, written by ``writer``."""
        return Selection(self.bits, self.n, self.ids_digest, writer)

    def __or__(self, other: Selection) -> Selection:
        return self._combine(other, np.bitwise_or)

    def __and__(self, other: Selection) -> Selection:
        return self._combine(other, np.bitwise_and)

    def __sub__(self, other: Selection) -> Selection:
        return self._combine(other, lambda a, b: a & ~b)

    def __invert__(self) -> Selection:
        return Selection(~self.bits, self.n, self.ids_digest, self.writer)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Selection):
            return NotImplemented
        return (self.n, self.ids_digest) == (other.n, other.ids_digest) and np.array_equal(self.bits, other.bits)

    def __hash__(self) -> int:
        return hash((self.n, self.ids_digest, self.bits.tobytes()))

    def _combine(self, other: Selection, operation: Callable[[Bits, Bits], Bits]) -> Selection:
        if (self.n, self.ids_digest) != (other.n, other.ids_digest):
            raise SelectionError(
                f"Two selections combine only over the same samples; one is of {self.n:,} rows, the other of {other.n:,}"
                + (" with other ids." if self.n == other.n else ".")
            )
        return Selection(operation(self.bits, other.bits), self.n, self.ids_digest, self.writer)
