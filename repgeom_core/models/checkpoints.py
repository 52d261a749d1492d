"""Fitting the weights of a file to a model: prefixes, missing and unexpected names, shapes, and a digest."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from repgeom_core.errors import CheckpointError
from repgeom_core.models.find import checkpoint_name, step_in_name
from repgeom_core.models.weight_files import read_weights
from repgeom_core.suggest import nearest, shortened

if TYPE_CHECKING:
    from torch import Tensor, nn

    from repgeom_core.config import Config

# What training frameworks put before or between the names of a model's own modules.
PREFIXES = {"module", "model", "net", "network", "backbone"}
WRAPPER_PARTS = ("_orig_mod.", "_fsdp_wrapped_module.", "_checkpoint_wrapped_module.")


@dataclass(frozen=True)
class CheckpointInfo:
    """What was loaded: step (from the file, else from its name), digest of the model's weights, what did not fit (only with leave)."""

    step: int | None
    digest: str
    mismatches: tuple[str, ...] = ()


def load_weights(model: nn.Module, path: str | Path, allow_mismatch: bool = False, restricted_to: Config | None = None) -> CheckpointInfo:
    """Load the checkpoint ``path`` into ``model``, in place.

    Every name and shape must fit, after prefixes such as ``module.`` are stripped; with ``allow_mismatch`` what fits is
    loaded, the rest keeps its values and is listed in ``mismatches``. Raises :class:`CheckpointError`, or
    :class:`ConfigError` for a path outside ``restricted_to``.
    """
    path = Path(path)
    allowed = restricted_to.allowed_path if restricted_to is not None else None
    weights = read_weights(allowed(path) if allowed else path, allowed)
    expected = model.state_dict()
    tensors = renamed(weights.tensors, expected)
    mismatches = _mismatches(tensors, expected)
    fitting = {name: t for name, t in tensors.items() if name in expected and t.shape == expected[name].shape}
    if mismatches and not allow_mismatch:
        raise CheckpointError(
            f"{path.name} does not fit the model: {'; '.join(mismatches)}. Use the model these weights were trained with, or",
            options="set allow_mismatch = true under [extract] in the recipe to load what fits.",
            widgets="tick the box that goes on where names or shapes do not fit.",
        )
    if not fitting:
        raise CheckpointError(f"No weight of {path.name} fits the model: {'; '.join(mismatches)}.")
    model.load_state_dict(fitting, strict=False)
    step = weights.step if weights.step is not None else step_in_name(checkpoint_name(path.name))
    return CheckpointInfo(step, weights_digest(model), tuple(mismatches))


def renamed(tensors: Mapping[str, Tensor], expected: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """``tensors`` without the prefix whose removal makes most names known; names that do not carry it stay as they are."""
    plain = {_without_wrapper_parts(name) if name not in expected else name: tensor for name, tensor in tensors.items()}
    matches: Counter[str] = Counter()
    for name in plain:
        parts = name.split(".")
        for i in range(len(parts)):
            if i and parts[i - 1] not in PREFIXES:
                break
            matches[".".join([*parts[:i], ""])] += ".".join(parts[i:]) in expected
    prefix = max(matches, key=lambda p: (matches[p], -len(p)), default="")
    return {name.removeprefix(prefix): tensor for name, tensor in plain.items()}


def _without_wrapper_parts(name: str) -> str:
    for part in WRAPPER_PARTS:
        name = name.replace(part, "")
    return name


def _mismatches(tensors: Mapping[str, Tensor], expected: Mapping[str, Tensor]) -> list[str]:
    """One sentence part for each kind of misfit: missing, unexpected, of another shape."""
    # A tied weight is stored once, under either of its names; batch counts are bookkeeping that old files lack.
    present = {t.data_ptr() for name, t in expected.items() if name in tensors and t.numel()}
    missing = [
        name
        for name, t in expected.items()
        if name not in tensors and t.data_ptr() not in present and not name.endswith("num_batches_tracked")
    ]
    unexpected = [name for name in tensors if name not in expected]
    shapes = [
        f"{name} {tuple(t.shape)} (the model has {tuple(expected[name].shape)})"
        for name, t in tensors.items()
        if name in expected and t.shape != expected[name].shape
    ]
    found = []
    if missing:
        hints = ((name, nearest(name, unexpected)) for name in missing[:5])
        close = [f"{theirs} in the file may be {name}" for name, theirs in hints if theirs is not None][:2]
        found.append(f"{len(missing):,} missing ({shortened(missing)})" + (f" - {', '.join(close)}" if close else ""))
    if unexpected:
        found.append(f"{len(unexpected):,} unexpected ({shortened(unexpected)})")
    if shapes:
        found.append(f"{len(shapes):,} of another shape ({shortened(shapes)})")
    return found


def weights_digest(model: nn.Module) -> str:
    """SHA-256 over the names (sorted), dtypes, shapes and bytes of all parameters and buffers."""
    import torch

    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        if not isinstance(tensor, torch.Tensor):
            continue
        tensor = tensor.detach().cpu().contiguous()
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        digest.update(tensor.reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()
