"""Reading tensors from a checkpoint file without executing anything that is in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from repgeom_core.errors import CheckpointError
from repgeom_core.sentences import reason
from repgeom_core.unpickling import refused_call

if TYPE_CHECKING:
    from torch import Tensor

WRAPPERS = ("state_dict", "model_state_dict", "model", "net", "network", "weights", "params")
STEPS = ("step", "global_step", "iteration", "epoch")


@dataclass(frozen=True)
class Weights:
    """The tensors of a checkpoint file by name, and the step the file itself gives (None where it gives none)."""

    tensors: dict[str, Tensor]
    step: int | None = None


def read_weights(path: Path, allowed: Callable[[Path], Path] | None = None) -> Weights:
    """Tensors of a torch checkpoint, ``.safetensors`` (one file or an index of shards) or ``.npz``; the suffix decides.

    ``allowed`` is asked about each file that an index names and may refuse it. Raises :class:`CheckpointError` for a
    missing, damaged or unsafe file.
    """
    if not path.is_file():
        raise CheckpointError(f"There is no checkpoint {path}.")
    if path.name.endswith(".safetensors.index.json"):
        return _read_sharded_safetensors(path, allowed)
    if path.suffix == ".safetensors":
        return _read_safetensors(path)
    if path.suffix in (".npz", ".npy"):
        return _read_numpy(path)
    return _read_torch(path)


def _read_torch(path: Path) -> Weights:
    import torch

    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # a damaged file makes the unpickler raise nearly anything
        raise CheckpointError(_why_refused(path, error)) from error
    if not isinstance(content, Mapping):
        raise CheckpointError(f"{path.name} holds a {type(content).__name__}; expected a dictionary of tensors, such as a state_dict.")
    return Weights(_state_dict(content, path), _step(content))


def _why_refused(path: Path, error: Exception) -> str:
    if (call := refused_call(error)) is not None:
        return (
            f"{path.name} is refused: reading it would call {call}, which could run any code; only tensors are read. "
            "If you trust where it comes from, load it yourself and save model.state_dict() alone, best as .safetensors."
        )
    if "weights only" in str(error).lower():  # torch would advise to read it all the same
        return (
            f"{path.name} is refused: it is damaged, or a pickle of something else than tensors, and reading that could run any code; "
            "expected a state_dict saved by torch.save, or .safetensors."
        )
    first_line = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return f"{path.name} is not a readable checkpoint ({first_line}); expected a state_dict saved by torch.save, or .safetensors."


def _state_dict(content: Mapping[Any, Any], path: Path) -> dict[str, Tensor]:
    import torch

    for wrapper in WRAPPERS:
        inner = content.get(wrapper)
        if isinstance(inner, Mapping) and inner:
            return _state_dict(inner, path)
    tensors = {name: value for name, value in content.items() if isinstance(name, str) and isinstance(value, torch.Tensor)}
    if not tensors:
        have = ", ".join(str(key) for key in list(content)[:8]) or "nothing"
        raise CheckpointError(f"{path.name} has no tensors where a state_dict is expected; it holds: {have}.")
    return tensors


def _step(content: Mapping[Any, Any]) -> int | None:
    import torch

    for key in STEPS:
        value = content.get(key)
        if isinstance(value, torch.Tensor) and value.numel() == 1:
            value = value.item()
        if isinstance(value, int) and not isinstance(value, bool):
            return value
    return None


def _read_safetensors(path: Path) -> Weights:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            stored = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dict
    except (SafetensorError, OSError) as error:
        raise CheckpointError(f"{path.name} is damaged or no .safetensors file ({reason(error)}); copy it again.") from error
    step = next((int(stored[key]) for key in STEPS if stored.get(key, "").isdecimal()), None)
    return Weights(tensors, step)


def _read_sharded_safetensors(path: Path, allowed: Callable[[Path], Path] | None) -> Weights:
    try:
        files = json.loads(path.read_text(encoding="utf-8"))["weight_map"]
        names = {str(name): str(file) for name, file in files.items()}
    except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError, AttributeError) as error:
        raise CheckpointError(
            f"{path.name} is no index of safetensors ({reason(error)}); expected a 'weight_map' of names to files."
        ) from error
    tensors: dict[str, Tensor] = {}
    for file in sorted(set(names.values())):
        if Path(file).name != file:
            raise CheckpointError(f"{path.name} names {file!r}; its shards must lie beside it.")
        shard = path.parent / file
        tensors |= _read_safetensors_shard(allowed(shard) if allowed else shard, path)
    if absent := sorted(set(names) - set(tensors)):
        raise CheckpointError(f"{path.name} lists {absent[0]!r}, which {names[absent[0]]} does not hold; copy the shards again.")
    return Weights({name: tensors[name] for name in names})


def _read_safetensors_shard(shard: Path, index: Path) -> dict[str, Tensor]:
    if not shard.is_file():
        raise CheckpointError(f"{index.name} names {shard.name}, which is not beside it; copy all shards.")
    return _read_safetensors(shard).tensors


def _read_numpy(path: Path) -> Weights:
    import torch

    try:
        with path.open("rb") as file:
            content = np.load(file, allow_pickle=False)
            if isinstance(content, np.ndarray):
                raise CheckpointError(f"{path.name} holds one array; a checkpoint needs named ones, so save them as .npz.")
            return Weights({name: torch.from_numpy(np.array(content[name])) for name in content.files})
    except CheckpointError:
        raise
    except Exception as error:  # zip, header and dtype errors of a damaged file
        if "pickle" in str(error).lower():
            raise CheckpointError(
                f"{path.name} is refused: it holds Python objects, and reading those could run any code; only numbers are read."
            ) from error
        raise CheckpointError(f"{path.name} is not a readable .npz file ({reason(error)}); copy it again.") from error
