"""Low-precision products that give halves of squared distances, and the bound on what rounding can do to them."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
import torch

from repgeom_core.linalg.groups import Groups

STEP = 256  # sides of products are rounded up to it: each new shape costs the CPU's matrix library milliseconds of code generation
COLUMNS = {"cpu": 1_024, "cuda": 8_192}  # of one product; on a CPU it stays in the cache until it has been read
TINY = 1e-30  # more than flushed denormals can lose; the numbers are scaled to about 1


@dataclass(frozen=True)
class Precision:
    """How products are formed: ``parts`` numbers together hold any term, ``unit`` is the rounding of a sum, ``out`` of the result."""

    dtype: torch.dtype
    parts: int
    unit: float
    out: float

    @property
    def name(self) -> str:
        return str(self.dtype).removeprefix("torch.")


BFLOAT16 = Precision(torch.bfloat16, 3, 2.0**-24, 2.0**-8)  # products of bfloat16 are exact and add up in float32
FLOAT32 = Precision(torch.float32, 1, 2.0**-24, 2.0**-24)
FLOAT64 = Precision(torch.float64, 1, 2.0**-53, 2.0**-53)


class Operand:
    """The residuals of all rows in one precision, by position: ``matrix`` (n, d).

    ``length`` and ``error`` (n,) are the length of a residual and of what rounding took from it, ``group_length`` and ``group_error``
    (g,) the greatest of each group.
    """

    def __init__(self, groups: Groups, X: np.ndarray, precision: Precision, device: torch.device, workers: Executor) -> None:
        self.groups, self.precision, self.device, self.d = groups, precision, device, X.shape[1]
        self.matrix = torch.empty((len(X), self.d), dtype=precision.dtype, device=device)
        self.length, self.error = np.empty(len(X)), np.empty(len(X))

        def fill(piece: tuple[int, slice]) -> None:
            group, positions = piece
            exact = torch.from_numpy(groups.residuals(X, group, positions))
            rounded = exact.to(precision.dtype)
            self.matrix[positions] = rounded.to(device)
            self.length[positions] = torch.linalg.vector_norm(exact, dim=1).numpy()
            self.error[positions] = torch.linalg.vector_norm(exact.sub_(rounded.double()), dim=1).numpy() * (1 + 1e-9) + groups.rounding

        list(workers.map(fill, groups.pieces()))
        self.group_length = np.maximum.reduceat(self.length, groups.starts[:-1])
        self.group_error = np.maximum.reduceat(self.error, groups.starts[:-1])


class Block:
    """Some rows of one group, given by their positions, and their products with others.

    Both factors have 2·parts columns more than the features: a term of the left row and ones, ones and a term of the right row; zeros
    fill them up to a width that matrix units like.
    """

    def __init__(self, operand: Operand, positions: np.ndarray) -> None:
        groups, parts, d = operand.groups, operand.precision.parts, operand.d
        self.operand, self.positions, self.group = operand, positions, groups.of(positions[0])
        self.to_centre = groups.to_centre[positions]
        width, columns = _rounded(d + 2 * parts, 32), min(COLUMNS[operand.device.type], _rounded(int(np.diff(groups.starts).max())))
        self._left = operand.matrix.new_zeros((_rounded(len(positions)), width))
        self._left[: len(positions), :d] = operand.matrix[torch.from_numpy(positions).to(operand.device)].neg_()
        self._left[:, d + parts : d + 2 * parts] = 1
        self._right = operand.matrix.new_zeros((columns, width))
        self._right[:, d : d + parts] = 1
        self._room = operand.matrix.new_empty(len(self._left) * columns)

    def product(self, rows: np.ndarray, taken_off: np.ndarray, margin: np.ndarray, group: int, columns: slice) -> torch.Tensor:
        """(r or more, columns or more): half of (squared distance - ``taken_off`` (r,)), too small by at most twice the ``margin`` (r,).

        ``rows`` (r,) count within the block, ascending; ``columns`` are positions in ``group``, at most COLUMNS. The result lies in memory
        that the next call uses again; what it holds beyond the rows and columns asked for means nothing.
        """
        operand, groups = self.operand, self.operand.groups
        parts, d, width = operand.precision.parts, operand.d, len(range(columns.start, columns.stop, columns.step or 1))
        own = (groups.to_centre[columns, self.group] - groups.between[self.group, group] ** 2) / 2
        right = self._right[: min(_rounded(width), len(self._right))]
        right[:width, :d] = operand.matrix[columns]
        right[:width, d + parts : d + 2 * parts] = _parts(own, operand.precision)
        left = self._left
        if len(rows) < len(self.positions):
            left = left.new_zeros((_rounded(len(rows)), left.shape[1]))
            left[: len(rows)] = self._left[torch.from_numpy(rows).to(operand.device)]
        left[: len(rows), d : d + parts] = _parts((self.to_centre[rows, group] - taken_off) / 2 - margin, operand.precision)
        return torch.mm(left, right.T, out=self._room[: len(left) * len(right)].view(len(left), len(right)))

    def margin(self, squared_radius: np.ndarray) -> np.ndarray:
        """(m, g): by how much half of a squared distance to a row of each group, less ``squared_radius`` (m,), may come out wrong."""
        operand, groups = self.operand, self.operand.groups
        own_length, own_error = operand.length[self.positions, None], operand.error[self.positions, None]
        between = groups.between[self.group]
        products = own_error * operand.group_length + (own_length + own_error) * operand.group_error
        terms = 4 * groups.rounding * (np.sqrt(self.to_centre) + between + operand.group_length)
        magnitude = own_length * operand.group_length + self.to_centre + (between + operand.group_length) ** 2 + squared_radius[:, None]
        return products + terms + 2 * (operand.d + 16) * operand.precision.unit * magnitude + TINY

    def reachable(self, squared_radius: np.ndarray, margin: np.ndarray) -> np.ndarray:
        """(m, g): whether a row of the group may lie within ``squared_radius`` (m,)."""
        rounding = 8 * self.operand.groups.rounding
        nearest = np.sqrt(self.to_centre) - self.operand.group_length
        return nearest <= np.sqrt(squared_radius[:, None] + 2 * margin + rounding) + rounding


def _parts(values: np.ndarray, precision: Precision) -> torch.Tensor:
    """``values`` (m,) as (m, parts) that add up to them to 23 bits or better."""
    if precision.dtype == torch.float64:
        return torch.from_numpy(values[:, None])
    split = np.empty((precision.parts, len(values)), np.float32)
    for part in split:
        part[:] = values
        if precision.dtype == torch.bfloat16:  # cut, not rounded: the next part takes the rest
            part.view(np.uint32)[:] &= np.uint32(0xFFFF0000)
        values = values - part
    return torch.from_numpy(split).T


def _rounded(size: int, step: int = STEP) -> int:
    return -(-size // step) * step
