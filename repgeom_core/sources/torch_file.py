"""Tensors in ``.pt`` and ``.pth``: a tensor, or a dictionary of tensors and lists. Only plain tensors are loaded; no pickle runs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from pickle import UnpicklingError
from typing import TYPE_CHECKING, Any

import numpy as np

from repgeom_core.errors import SourceError
from repgeom_core.sentences import reason
from repgeom_core.sources.arrays import array_column, values_column
from repgeom_core.sources.opened import Column, OpenedSource
from repgeom_core.sources.split_arrays import joined_splits
from repgeom_core.unpickling import refused_call

if TYPE_CHECKING:
    import torch


def open_torch(path: Path) -> OpenedSource:
    """A tensor, or a dictionary of tensors; a :class:`SourceError` for weights of a model, and for whatever is none of these."""
    content = _load(path)
    named = content if isinstance(content, Mapping) else {"features": content}
    if any(str(name).endswith((".weight", ".running_mean")) for name in named) or "state_dict" in named:
        raise SourceError(f"{path} holds the weights of a model, not samples; use it as a checkpoint (repgeom extract).")
    columns = [column for name, value in named.items() if (column := _column(str(name), value)) is not None]
    if not columns:
        raise SourceError(f"{path} holds no tensors; save a tensor (n, d), or a dictionary such as {{'features': X, 'labels': y}}.")
    left_out = [str(name) for name, value in named.items() if _column(str(name), value) is None]
    warnings = [f"Left out, as they are no tensors: {', '.join(left_out)}."] if left_out else []
    return OpenedSource("torch", path.name, joined_splits(columns), warnings=warnings)


def _load(path: Path) -> Any:
    import torch

    try:
        try:
            return torch.load(path, map_location="cpu", weights_only=True, mmap=True)
        except RuntimeError:  # the format of torch < 1.6 cannot be memory-mapped
            return torch.load(path, map_location="cpu", weights_only=True)
    except UnpicklingError as error:
        call = refused_call(error)  # torch's own words advise to read it all the same
        wanted = f"reading it would call {call}, which could run any code" if call else "reading that could run any code"
        raise SourceError(
            f"{path} holds more than tensors, or is no torch file; {wanted}, so it is refused. "
            "Save plain tensors: torch.save({'features': X, 'labels': y}, path)."
        ) from None
    except Exception as error:  # damaged bytes make the restricted unpickler fail in every way its opcodes can
        raise SourceError(f"{path} is truncated or no torch file ({reason(error)}); copy or write it again.") from None


def _column(name: str, value: Any) -> Column | None:
    import torch

    if isinstance(value, torch.Tensor) and value.layout == torch.strided:
        shape = tuple(value.shape)
        return array_column(name, shape, _numpy(value[:0] if shape else value).dtype, lambda: _numpy(value), lambda k: _numpy(value[:k]))
    if isinstance(value, list | tuple) and value and all(isinstance(item, str | int | float | bool) for item in value):
        return values_column(name, np.array(value))
    return None


def _numpy(tensor: torch.Tensor) -> np.ndarray:
    import torch

    tensor = tensor.detach()
    return (tensor.float() if tensor.dtype == torch.bfloat16 else tensor).numpy()
