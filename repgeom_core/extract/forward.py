"""One forward pass that gives every chosen layer, pooled, and the classifier's weights, input and output."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import numpy as np

from repgeom_core.bundle import Head
from repgeom_core.errors import ExtractionError
from repgeom_core.extract.capture import hooked, named_tensors
from repgeom_core.extract.pooling import pool
from repgeom_core.sentences import reason

if TYPE_CHECKING:
    from torch import Tensor, nn

    from repgeom_core.extract.layers import LayerInfo, LayerPlan

LOGITS = ""  # among the layers' names: no layer is called that

# Relative spacing of numbers: of a forward pass in that precision, and of features stored in that type.
SPACING = {"float32": 2.0**-23, "bf16": 2.0**-8, "fp16": 2.0**-10, "float16": 2.0**-10}


class LayerReader:
    """A forward pass with hooks: within ``with``, ``reader(x)`` gives layer -> (n, d) float32 tensor on the model's device.

    The classifier's input and output come too, under its plan's name and :data:`LOGITS`. No gradients; autocast where
    ``precision`` is ``bf16`` or ``fp16``. The hooks are removed when the block ends, however it ends.
    """

    def __init__(self, model: nn.Module, plan: LayerPlan, precision: str = "float32") -> None:
        self.model, self.plan, self.precision = model.eval(), plan, precision
        self._wanted: dict[tuple[str, int], list[LayerInfo]] = {}
        for layer in plan.layers:
            self._wanted.setdefault((layer.module, layer.call), []).append(layer)
        self._values: dict[str, Tensor] = {}
        self._n = 0

    def __enter__(self) -> LayerReader:
        import torch

        modules = dict(self.model.named_modules())
        needed = {layer.module for layer in self.plan.layers} | ({self.plan.classifier.module} if self.plan.classifier else set())
        with ExitStack() as stack:
            self._forward = stack.enter_context(hooked(self.model, {name: modules[name] for name in needed}, self._seen))
            stack.enter_context(torch.inference_mode())
            if self.precision != "float32":
                dtype = torch.bfloat16 if self.precision == "bf16" else torch.float16
                stack.enter_context(torch.autocast(next(self.model.parameters()).device.type, dtype))
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stack.close()

    def __call__(self, x: Tensor) -> dict[str, Tensor]:
        self._values, self._n = {}, len(x)
        try:
            self._forward(x)
        except ExtractionError:
            raise
        except Exception as error:  # other people's code may raise anything, running out of memory included
            raise ExtractionError(
                f"The model fails on a batch of shape {tuple(x.shape)}: {type(error).__name__}: {reason(error, 600)}. "
                "Where memory is short, lower batch_size in [extract]."
            ) from error
        absent = [layer for layer in self.plan.dims if layer not in self._values]
        if absent:
            raise ExtractionError(f"Layer {absent[0]!r} ran on the first samples but not on this batch; leave it out of [extract] layers.")
        return self._values

    def _seen(self, name: str, call: int, module: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
        import torch

        for layer in self._wanted.get((name, call), ()):
            tensor = dict(named_tensors(output)).get(layer.path)
            if tensor is None or len(tensor) != self._n:
                raise ExtractionError(f"Layer {layer.name!r} does not give one row per sample for every batch; leave it out.")
            self._values[layer.name] = pool(tensor, layer.pooling, layer.name)
        head = self.plan.classifier
        if head and name == head.module and isinstance(output, torch.Tensor):
            self._values[head.features] = pool(inputs[0], "flatten", head.features)
            self._values[LOGITS] = pool(output, "flatten", head.module)


def read_head(model: nn.Module, plan: LayerPlan) -> Head | None:
    """W (K, d) and b (K,) of the plan's classifier as float32; b is zero where it has none."""
    import torch

    if plan.classifier is None:
        return None
    module = model.get_submodule(plan.classifier.module)
    assert isinstance(module, torch.nn.Linear)  # the plan takes no others
    weight = module.weight.detach().float().cpu().numpy()
    bias = np.zeros(len(weight), np.float32) if module.bias is None else module.bias.detach().float().cpu().numpy()
    return Head(weight, bias, plan.classifier.features)


def check_head(X: np.ndarray, head: Head, logits: np.ndarray, precision: str, dtype: str, checkpoint: str) -> None:
    """The logits are X Wᵀ + b, within what ``precision`` of the forward pass and ``dtype`` of the stored features allow.

    X (m, d) and logits (m, K) of a few samples. The bound is a multiple of the spacing of numbers, times
    |X| |W|ᵀ + |b|, which is what rounding acts on. Raises :class:`ExtractionError` with the largest difference.
    """
    stored = X.astype(dtype).astype(np.float64)
    W, b = head.W.astype(np.float64), head.b.astype(np.float64)
    difference = np.abs(stored @ W.T + b - logits)
    spacing = 8 * np.sqrt(X.shape[1]) * SPACING["float32"] + 4 * sum(SPACING[p] for p in (precision, dtype) if p != "float32")
    allowed = spacing * (np.abs(stored) @ np.abs(W).T + np.abs(b))
    if not (difference <= allowed).all():
        raise ExtractionError(
            f"Checkpoint {checkpoint!r}: logits and features times weights plus bias differ by up to {np.nanmax(difference):.3g}. "
            'The layer taken for the classifier computes something else: name another in [extract] classifier, or "none".'
        )
