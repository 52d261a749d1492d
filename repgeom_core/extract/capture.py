"""Forward hooks that copy what modules give, by name, during one forward pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor, nn

ROOT = "output"


def output_name(module: str, call: int, path: tuple[str, ...] = ()) -> str:
    """The name of what a module gave: ``relu``, ``relu#2`` for its second call, ``encoder.last_hidden_state`` for one of several.

    The model itself is called ``output``.
    """
    return ".".join([(module or ROOT) + (f"#{call}" if call > 1 else ""), *path])


def named_tensors(output: Any) -> list[tuple[tuple[str, ...], Tensor]]:
    """The floating-point tensors in a module's output with their path: indices of tuples and lists, keys of mappings.

    A single tensor, also a single one in a container, has the empty path.
    """
    import torch

    def walk(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Tensor]]:
        if isinstance(value, torch.Tensor):
            if value.is_floating_point() and value.ndim:
                yield path, value
        elif isinstance(value, Mapping):  # dict and transformers' ModelOutput
            for key, item in value.items():
                yield from walk(item, (*path, str(key)))
        elif isinstance(value, tuple | list):
            for i, item in enumerate(value):
                yield from walk(item, (*path, str(i)))

    found = list(walk(output, ()))
    return [((), found[0][1])] if len(found) == 1 else found


@contextmanager
def hooked(
    model: nn.Module,
    modules: Mapping[str, nn.Module],
    seen: Callable[[str, int, nn.Module, tuple[Any, ...], Any], None],
) -> Iterator[Callable[[Any], Any]]:
    """Yields a forward pass of ``model`` that calls ``seen(name, call, module, inputs, output)`` whenever one of ``modules`` has run.

    ``call`` counts from 1 within each forward pass. The hooks are gone when the block ends, however it ends.
    """
    calls: Counter[str] = Counter()

    def hook_for(name: str) -> Callable[[nn.Module, tuple[Any, ...], Any], None]:
        def hook(module: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
            calls[name] += 1
            seen(name, calls[name], module, inputs, output)

        return hook

    def forward(x: Any) -> Any:
        calls.clear()
        return model(x)

    handles = []
    try:
        for name, module in modules.items():
            handles.append(module.register_forward_hook(hook_for(name)))
        yield forward
    finally:
        for handle in handles:
            handle.remove()
