"""The sums of class moments on a graphics processor: the same arithmetic as on the processor, on blocks sent as they are stored."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch

PART = 4096  # rows multiplied at once in float32; their product is added in float64


class DeviceSums:
    """Running sums on ``device``; attributes as :class:`GroupedMoments`, made into arrays by :meth:`arrays`."""

    def __init__(self, classes: int, d: int, groups: int, shift: np.ndarray | None, double: bool, device: str) -> None:
        self.double = double
        self.device = torch.device(device)
        self.classes = classes

        def zeros(*shape: int) -> torch.Tensor:
            return torch.zeros(shape, dtype=torch.float64, device=self.device)

        self.shift = zeros(classes, d) if shift is None else torch.as_tensor(np.array(shift, np.float64), device=self.device)
        self.seen = np.full(classes, shift is not None)
        self.counts = np.zeros((groups, classes))
        self.sums, self.squares, self.products = zeros(groups * classes, d), zeros(groups * classes), zeros(groups, d, d)
        self._staging = _Staging(self.device)

    def add(self, chunk: np.ndarray, y: np.ndarray, rows: np.ndarray, group: np.ndarray) -> None:
        """``rows`` of ``chunk`` with their ``group``; ``y`` are the codes of the whole chunk."""
        if not len(rows):
            return
        order = np.argsort(group, kind="stable")
        rows, group, y = rows[order], group[order], y[rows[order]]
        whole = self._staging.sent(chunk)
        part = whole[torch.from_numpy(rows).to(self.device)]
        part = part.to(torch.float64 if self.double or part.dtype == torch.float64 else torch.float32)
        codes = torch.from_numpy(y).to(self.device)
        if not (known := self.seen[np.unique(y)]).all():
            self._first_means(part, y, codes, np.unique(y)[~known])
        part = part - self.shift.to(part.dtype)[codes]
        np.add.at(self.counts, (group, y), 1)
        cell = torch.from_numpy(group * self.classes + y).to(self.device)
        self.sums.index_add_(0, cell, part.double())
        self.squares.index_add_(0, cell, (part * part).sum(dim=1, dtype=torch.float64))
        edges = np.searchsorted(group, np.arange(len(self.products) + 1))
        with _full_products():
            for g in np.flatnonzero(np.diff(edges)):
                for first in range(int(edges[g]), int(edges[g + 1]), PART):
                    block = part[first : min(first + PART, int(edges[g + 1]))]
                    self.products[g] += block.T @ block

    def _first_means(self, part: torch.Tensor, y: np.ndarray, codes: torch.Tensor, new: np.ndarray) -> None:
        """Shifts classes seen for the first time by their mean here, rounded to float32 as the samples are."""
        sums = torch.zeros_like(self.shift).index_add_(0, codes, part.double())
        where = torch.from_numpy(new).to(self.device)
        counts = torch.from_numpy(np.bincount(y, minlength=self.classes)[new]).to(self.device)
        self.shift[where] = (sums[where] / counts[:, None]).float().double()
        self.seen[new] = True

    def arrays(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """``shift``, ``counts``, ``sums``, ``squares``, ``products`` in the shapes of :class:`GroupedMoments`."""
        groups, d = self.products.shape[:2]
        sums = self.sums.cpu().numpy().reshape(groups, self.classes, d)
        return self.shift.cpu().numpy(), self.counts, sums, self.squares.cpu().numpy().reshape(groups, -1), self.products.cpu().numpy()


class _Staging:
    """Two page-locked buffers in turn, so that the next block is read from the file while the last one travels."""

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self.buffers: list[torch.Tensor | None] = [None, None]
        self.free: list[torch.cuda.Event | None] = [None, None]
        self.turn = 0

    def sent(self, chunk: np.ndarray) -> torch.Tensor:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "The given NumPy array is not writable")  # a memory map, say: it is only read
            source = torch.from_numpy(chunk)
        if self.device.type != "cuda":
            return source.to(self.device)
        self.turn = 1 - self.turn
        buffer, free = self.buffers[self.turn], self.free[self.turn]
        if free is not None:
            free.synchronize()
        if buffer is None or buffer.dtype != source.dtype or len(buffer) < len(source):
            buffer = self.buffers[self.turn] = torch.empty(source.shape, dtype=source.dtype, pin_memory=True)
        held = buffer[: len(source)]
        held.copy_(source)
        sent = held.to(self.device, non_blocking=True)
        event = self.free[self.turn] = torch.cuda.Event()
        event.record()
        return sent


@contextmanager
def _full_products() -> Iterator[None]:
    """Products of float32 in float32, whatever the caller chose for the rest of the process."""
    before = torch.get_float32_matmul_precision()
    try:
        torch.set_float32_matmul_precision("highest")
        yield
    finally:
        torch.set_float32_matmul_precision(before)
