"""Which layers a model has, found by running it once, and which of them a recipe keeps."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from repgeom_core.errors import ModelError
from repgeom_core.extract.capture import ROOT, hooked, named_tensors, output_name
from repgeom_core.extract.pooling import pool, pooling_for, resolved
from repgeom_core.sentences import reason
from repgeom_core.suggest import did_you_mean

if TYPE_CHECKING:
    from torch import Tensor, nn

FEATURES = ("features", "penultimate")


@dataclass(frozen=True)
class LayerInfo:
    """One tensor that a module gives in a forward pass.

    Attributes:
        name: what a recipe calls it.
        type: the module's class.
        shape: of one sample's output, without the sample axis.
        dim: d of the pooled vector; None where the recipe's pooling does not apply to this shape.
        pooling: how that vector is made, never ``auto``; empty where the output is a vector already.
        parameters: of the module and those in it.
        module: its name in the model; the model itself is ``""``.
        call, path: which call of the module, and which of the tensors it gave.
    """

    name: str
    type: str
    shape: tuple[int, ...]
    dim: int | None
    pooling: str
    parameters: int
    module: str
    call: int = 1
    path: tuple[str, ...] = ()


@dataclass(frozen=True)
class Classifier:
    """The linear layer that gives the logits: its module, the name under which its input is kept, d and K."""

    module: str
    features: str
    dim: int
    classes: int


@dataclass(frozen=True)
class LayerPlan:
    """What extraction keeps of a model: layers in the order in which they run, and the classifier where there is one."""

    layers: tuple[LayerInfo, ...]
    classifier: Classifier | None = None

    @property
    def dims(self) -> dict[str, int]:
        """Layer -> d, the classifier's input included."""
        dims = {layer.name: layer.dim for layer in self.layers if layer.dim is not None}
        return {**dims, self.classifier.features: self.classifier.dim} if self.classifier else dims

    @property
    def poolings(self) -> dict[str, str]:
        poolings = {layer.name: layer.pooling for layer in self.layers}
        return {**poolings, self.classifier.features: ""} if self.classifier else poolings


@dataclass(frozen=True)
class ModelTrace:
    """Every layer of a model in the order in which it ran on a sample, and its linear layers on vectors, last one last."""

    layers: tuple[LayerInfo, ...]
    linear: dict[str, tuple[int, int]]  # module -> (d, K)
    modules: frozenset[str]


def trace(model: nn.Module, sample: Any, poolings: Mapping[str, str] | None = None) -> ModelTrace:
    """Run ``model`` on ``sample`` (n, ...), n of 1 or 2, and note what each module gives; :class:`ModelError` when it fails."""
    import torch

    modules = dict(model.eval().named_modules())
    layers: dict[str, LayerInfo] = {}
    linear: dict[str, tuple[int, int]] = {}
    n = len(sample)

    def seen(module_name: str, call: int, module: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
        for path, tensor in named_tensors(output):
            if len(tensor) != n:  # not one row per sample, such as attention windows
                continue
            name = output_name(module_name, call, path)
            if name in modules and name != module_name:  # the second tensor of `encoder` is not the module `encoder.1`
                name = f"{output_name(module_name, call)}[{'.'.join(path)}]"
            layers[name] = _layer(name, module_name, call, path, module, tensor, poolings or {})
        if isinstance(module, torch.nn.Linear) and isinstance(output, torch.Tensor) and output.ndim == 2:
            linear.pop(module_name, None)
            linear[module_name] = (module.in_features, module.out_features)

    with hooked(model, modules, seen) as forward, torch.inference_mode():
        try:
            forward(sample)
        except Exception as error:  # other people's code may raise anything
            shape = tuple(sample.shape)
            raise ModelError(
                f"The model fails on inputs of shape {shape} and type {sample.dtype}: {type(error).__name__}: {reason(error, 600)}. "
                "Compare with what it expects; [inputs] in the recipe sets scale, layout and size."
            ) from error
    return ModelTrace(tuple(layers.values()), linear, frozenset(modules))


def _layer(
    name: str, module_name: str, call: int, path: tuple[str, ...], module: nn.Module, tensor: Tensor, poolings: Mapping[str, str]
) -> LayerInfo:
    pooling = resolved(pooling_for(name, poolings), tensor.ndim)
    try:
        dim = pool(tensor, pooling, name).shape[1]
    except ModelError:
        dim = None
    parameters = sum(p.numel() for p in module.parameters())
    return LayerInfo(name, type(module).__name__, tuple(tensor.shape[1:]), dim, pooling, parameters, module_name, call, path)


def plan_layers(traced: ModelTrace, patterns: Sequence[str], classifier: str = "auto") -> LayerPlan:
    """The layers that ``patterns`` (names or globs; none: the top-level modules) choose, and the classifier.

    The classifier's input is always kept, as ``features``, or as ``penultimate`` where a module has that name. A name
    that matches nothing, or a layer whose pooling does not apply to its shape, is a :class:`ModelError`.
    """
    head = classifier_of(traced, classifier)
    names = [layer.name for layer in traced.layers]
    chosen: set[str] = set()
    for pattern in patterns:
        matched = [pattern] if pattern in names else [n for n in names if n != ROOT and fnmatch.fnmatchcase(n, pattern)]
        if not matched and not (head and fnmatch.fnmatchcase(head.features, pattern)):
            known = [*names, head.features] if head else names
            raise ModelError(f"The model has no layer {pattern!r} that runs. {did_you_mean(pattern, known)}")
        chosen.update(matched)
    if not patterns:
        top = [layer for layer in traced.layers if layer.module and "." not in layer.module]
        chosen = {layer.name for layer in top if head is None or layer.module != head.module}
    layers = tuple(layer for layer in traced.layers if layer.name in chosen)
    for layer in layers:
        if layer.dim is None:
            raise ModelError(
                f"Pooling {layer.pooling!r} does not apply to layer {layer.name!r}, whose output has shape (n, "
                f"{', '.join(map(str, layer.shape))}); choose another in [extract] pooling."
            )
    if not layers and head is None:
        raise ModelError("The recipe keeps no layer; name some in [extract] layers.")
    return LayerPlan(layers, head)


def classifier_of(traced: ModelTrace, asked: str = "auto") -> Classifier | None:
    """The linear layer that a recipe ``asked`` for as the classifier; :class:`ModelError` where that is none."""
    if asked == "none" or (asked == "auto" and not traced.linear):
        return None
    module = next(reversed(traced.linear)) if asked == "auto" else asked
    if module not in traced.linear:
        raise ModelError(
            f"The classifier {module!r} is no linear layer that runs on one vector per sample. {did_you_mean(module, traced.linear)}"
        )
    features = next(name for name in (*FEATURES, "classifier input") if name not in traced.modules)
    return Classifier(module, features, *traced.linear[module])
