"""One side of the low-precision product of a radius search, and the bound on what its rounding can do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from repgeom_core.linalg.groups import Groups

STEP = 256  # sides of products are rounded up to it: each new shape costs the CPU's matrix library milliseconds of code generation
TINY = 1e-30  # more than flushed denormals can lose; the numbers are scaled to about 1


@dataclass(frozen=True)
class Precision:
    """How products are formed: ``parts`` numbers together hold any term, ``unit`` is the rounding of a sum, ``out`` of the result.

    ``columns_per_pair``: how many columns of a product cost what ranking one candidate costs (measured on a 2-core CPU).
    """

    dtype: torch.dtype
    parts: int
    unit: float
    out: float
    columns_per_pair: int

    @property
    def name(self) -> str:
        return str(self.dtype).removeprefix("torch.")


BFLOAT16 = Precision(torch.bfloat16, 3, 2.0**-24, 2.0**-8, 800)  # products of bfloat16 are exact and add up in float32
FLOAT32 = Precision(torch.float32, 1, 2.0**-24, 2.0**-24, 100)
FLOAT64 = Precision(torch.float64, 1, 2.0**-53, 2.0**-53, 15)


class Operand:
    """The residuals of all rows in one precision, with bounds on what rounding did to them.

    ``matrix`` (n + a few, d + 2·parts) holds per row: the residual, ones that meet the other side's term, and the row's own term, which
    depends on the group that it faces; zeros fill it up to a width that matrix units like.
    """

    def __init__(self, groups: Groups, X: np.ndarray, precision: Precision, device: torch.device) -> None:
        self.groups, self.precision, self.device, self.d = groups, precision, device, X.shape[1]
        self.width = self.d + 2 * precision.parts
        self.matrix = torch.zeros((len(X) + STEP, _rounded(self.width, 32)), dtype=precision.dtype, device=device)
        self.matrix[:, self.d : self.width] = 1
        self.length, self.error = np.empty(len(X)), np.empty(len(X))
        for rows, residual in groups.residuals(X):
            exact = torch.from_numpy(residual)
            rounded = exact.to(precision.dtype)
            self.matrix[rows, : self.d] = rounded.to(device)
            self.length[rows] = torch.linalg.vector_norm(exact, dim=1).numpy()
            self.error[rows] = torch.linalg.vector_norm(exact - rounded, dim=1).numpy() * (1 + 1e-9) + groups.rounding
        self.group_length = np.maximum.reduceat(self.length, groups.starts[:-1])
        self.group_error = np.maximum.reduceat(self.error, groups.starts[:-1])
        self._facing = -1

    def face(self, group: int) -> None:
        """Sets the own term of all rows to |x_j - c_a|² / 2 - |c_a - c_b|² / 2, for products with rows of group a."""
        if group != self._facing:
            sizes = np.diff(self.groups.starts)
            term = (self.groups.to_centre[:, group] - np.repeat(self.groups.between[group] ** 2, sizes)) / 2
            self.matrix[: len(term), self.d + self.precision.parts : self.width] = self.parts(term)
            self._facing = group

    def left(self, rows: np.ndarray) -> torch.Tensor:
        """``rows`` as left factors (m rounded up, d + 2·parts): signs turned, own terms still missing."""
        left = self.matrix.new_zeros((_rounded(len(rows)), self.matrix.shape[1]))
        left[:, self.d : self.width] = 1
        left[: len(rows), : self.d] = -self.matrix[torch.from_numpy(rows).to(self.device), : self.d]
        return left

    def product(self, left: torch.Tensor, terms: torch.Tensor, columns: slice, padded: bool = False) -> torch.Tensor:
        """(m, columns): half of (squared distance - what ``terms`` (m, parts) took off), at most its true value.

        ``padded``: as wide as it was computed, with 1 beyond the columns, so that it lies in memory without gaps.
        """
        left[: len(terms), self.d : self.d + self.precision.parts] = terms
        width = len(range(columns.start, columns.stop, columns.step or 1))
        step = columns.step or 1
        if step == 1:
            right = self.matrix[columns.start : columns.start + _rounded(width)]
        else:
            right = self.matrix.new_zeros((_rounded(width, 64), self.matrix.shape[1]))
            right[:width] = self.matrix[columns]
        product = (left @ right.T)[: len(terms)]
        if not padded:
            return product[:, :width]
        product[:, width:] = 1
        return product

    def parts(self, values: np.ndarray) -> torch.Tensor:
        """``values`` (...) as the last axis of (..., parts), which adds up to them to 24 bits or better."""
        rest = torch.from_numpy(np.ascontiguousarray(values))
        split = []
        for _ in range(self.precision.parts):
            split.append(rest.to(self.precision.dtype))
            rest = rest - split[-1]
        return torch.stack(split, dim=-1).to(self.device)

    def margin(self, rows: np.ndarray, squared_radius: np.ndarray) -> np.ndarray:
        """(m, g): by how much half the squared distance of a row to any row of a group may come out wrong."""
        groups, own_length, own_error = self.groups, self.length[rows, None], self.error[rows, None]
        to_centre, between = groups.to_centre[rows], groups.between[groups.of(rows[0])]
        products = own_error * self.group_length + (own_length + own_error) * self.group_error
        terms = 4 * groups.rounding * (np.sqrt(to_centre) + between + self.group_length)
        magnitude = own_length * self.group_length + to_centre + (between + self.group_length) ** 2 + squared_radius[:, None]
        return products + terms + 2 * (self.d + 16) * self.precision.unit * magnitude + TINY


def _rounded(size: int, step: int = STEP) -> int:
    return -(-size // step) * step
