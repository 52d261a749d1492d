"""The built-in networks: small enough to train while one waits, with the parts of large ones and layers named for people.

``BUILTIN`` maps the name a recipe gives to a factory. The last module of every network is its classifier, ``head``; what
it reads is the output of the module before. torch is imported when a network is built.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from repgeom_core.errors import ModelError

if TYPE_CHECKING:
    from torch import nn


def mlp(inputs: int = 64, hidden: Sequence[int] = (128, 128, 128, 128), classes: int = 10) -> nn.Sequential:
    """A multi-layer perceptron with batch normalisation, on images or vectors of ``inputs`` numbers each.

    Its layers are ``input`` (flattened: ``(n, inputs)``), ``hidden1``, ``hidden2``, ... (linear, batch norm, ReLU:
    ``(n, hidden[i])``) and ``head`` (``(n, classes)``). Initial weights come from torch's global random numbers.
    """
    from torch import nn

    _require_sizes("mlp", inputs=inputs, hidden=hidden, classes=classes)
    layers: OrderedDict[str, nn.Module] = OrderedDict(input=nn.Flatten())
    for i, (before, after) in enumerate(zip([inputs, *hidden[:-1]], hidden, strict=True), 1):
        layers[f"hidden{i}"] = nn.Sequential(nn.Linear(before, after), nn.BatchNorm1d(after), nn.ReLU())
    layers["head"] = nn.Linear(hidden[-1], classes)
    return nn.Sequential(layers)


def convnet(channels: int = 1, widths: Sequence[int] = (16, 32, 64), classes: int = 10) -> nn.Sequential:
    """A small convolutional network for images ``(n, channels, h, w)`` of 8 x 8 pixels or more; 32 x 32 is usual.

    Its layers are ``stage1``, ``stage2``, ... (3 x 3 convolution, batch norm, ReLU: each after the first halves height and
    width), ``pool`` (global average: ``(n, widths[-1])``) and ``head`` (``(n, classes)``). Initial weights come from torch's
    global random numbers.
    """
    from torch import nn

    _require_sizes("convnet", channels=channels, widths=widths, classes=classes)
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    for i, (before, after) in enumerate(zip([channels, *widths[:-1]], widths, strict=True), 1):
        convolution = nn.Conv2d(before, after, 3, stride=1 if i == 1 else 2, padding=1, bias=False)
        layers[f"stage{i}"] = nn.Sequential(convolution, nn.BatchNorm2d(after), nn.ReLU())
    layers["pool"] = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
    layers["head"] = nn.Linear(widths[-1], classes)
    return nn.Sequential(layers)


def _require_sizes(network: str, **sizes: Any) -> None:
    """Every value is a positive whole number, or a list with at least one; else a :class:`ModelError` that names it."""
    for name, value in sizes.items():
        numbers = list(value) if isinstance(value, Sequence) and not isinstance(value, str) else [value]
        if not numbers or not all(isinstance(number, int) and number > 0 for number in numbers):
            raise ModelError(f"{name} of the built-in network {network!r} must be positive whole numbers, got {value!r}.")


BUILTIN: dict[str, Callable[..., nn.Module]] = {"mlp": mlp, "convnet": convnet}
