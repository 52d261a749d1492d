"""Batches to the device and results back, each on its own stream beside the computation; on the CPU, nothing to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import torch
    from torch import Tensor


class Transfer:
    """Copies between host and ``device``; on CUDA through pinned memory, asynchronously, with one stream each way."""

    def __init__(self, device: torch.device) -> None:
        import torch

        self.device = device
        self._up = torch.cuda.Stream(device) if device.type == "cuda" else None
        self._down = torch.cuda.Stream(device) if device.type == "cuda" else None

    def upload(self, rows: np.ndarray) -> Callable[[], Tensor]:
        """Starts copying ``rows`` to the device; call the result in the computing thread to have the tensor there."""
        import torch

        host = torch.from_numpy(np.ascontiguousarray(rows) if rows.flags.writeable else np.array(rows))
        if self._up is None:
            return lambda: host
        pinned = host.pin_memory()
        with torch.cuda.stream(self._up):
            there = pinned.to(self.device, non_blocking=True)
            copied = torch.cuda.Event()
            copied.record(self._up)

        def arrive() -> Tensor:
            stream = torch.cuda.current_stream(self.device)
            stream.wait_event(copied)
            there.record_stream(stream)
            return there

        return arrive

    def download(self, values: Mapping[str, Tensor]) -> Callable[[], dict[str, np.ndarray]]:
        """Starts copying ``values`` to the host; call the result (in any thread) to wait for the arrays."""
        import torch

        if self._down is None:
            return lambda: {name: value.numpy() for name, value in values.items()}
        self._down.wait_stream(torch.cuda.current_stream(self.device))
        hosts: dict[str, Tensor] = {}
        with torch.cuda.stream(self._down):
            for name, value in values.items():
                hosts[name] = torch.empty(value.shape, dtype=value.dtype, pin_memory=True)
                hosts[name].copy_(value, non_blocking=True)
                value.record_stream(self._down)
            copied = torch.cuda.Event()
            copied.record(self._down)

        def arrive() -> dict[str, np.ndarray]:
            copied.synchronize()
            return {name: host.numpy() for name, host in hosts.items()}

        return arrive
