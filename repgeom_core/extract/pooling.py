"""From a layer's output (n, ...) to one vector per sample (n, d)."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping
from typing import TYPE_CHECKING

from repgeom_core.errors import ModelError

if TYPE_CHECKING:
    from torch import Tensor

POOLINGS = ("auto", "gap", "cls", "mean", "last", "flatten")


def pool(output: Tensor, pooling: str, layer: str) -> Tensor:
    """``output (n, ...)`` pooled to a float32 ``(n, d)`` of its own memory: what happens to ``output`` later does not reach it.

    * ``gap``: mean over all axes after the channels, (n, C, ...) -> (n, C);
    * ``mean``: mean over all axes but the last, (n, tokens, d) or (n, H, W, C) -> (n, d) or (n, C);
    * ``cls`` and ``last``: the first and the last token of (n, tokens, d);
    * ``flatten``: everything, (n, ...) -> (n, product);
    * ``auto``: vectors as they are, (n, tokens, d) by ``mean``, four axes or more by ``gap``. Where three axes are
      (n, channels, positions), ask for ``gap``; where four are (n, H, W, C), for ``mean``.

    Raises :class:`ModelError` when the pooling does not apply to that many axes.
    """
    import torch

    pooling = resolved(pooling, output.ndim)
    if pooling in ("cls", "last"):
        if output.ndim != 3:
            raise ModelError(
                f"Pooling {pooling!r} of layer {layer!r} needs an output (n, tokens, d), got shape (n, {_axes(output)}); choose another."
            )
        return _own(output[:, 0 if pooling == "cls" else -1])
    if pooling in ("flatten", "") or output.ndim <= 2:
        return _own(output.reshape(output.shape[0], -1))
    # Half-precision sums of thousands of pixels lose digits: mean() is told to add in float32.
    axes = tuple(range(2, output.ndim)) if pooling == "gap" else tuple(range(1, output.ndim - 1))
    return output.mean(dim=axes, dtype=torch.float32)


def resolved(pooling: str, axes: int) -> str:
    """What ``auto`` means for an output of so many axes; ``""`` where it is a vector per sample already."""
    if axes == 2 and pooling not in ("cls", "last"):
        return ""
    return {1: "flatten", 3: "mean"}.get(axes, "gap") if pooling == "auto" else pooling


def pooling_for(layer: str, poolings: Mapping[str, str]) -> str:
    """The pooling asked for: that of the layer's own name, else of the first glob that matches, else ``auto``."""
    if layer in poolings:
        return poolings[layer]
    return next((pooling for pattern, pooling in poolings.items() if fnmatch.fnmatchcase(layer, pattern)), "auto")


def _own(values: Tensor) -> Tensor:
    import torch

    return values.to(torch.float32, copy=True, memory_format=torch.contiguous_format)


def _axes(output: Tensor) -> str:
    return ", ".join(str(size) for size in output.shape[1:])
