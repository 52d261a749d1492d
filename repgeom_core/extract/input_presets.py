"""The ways in which pixels are usually normalised before a network sees them: tables for ``[inputs]`` of a recipe.

Pixels are divided by ``scale`` (255 for bytes unless given), then ``mean`` is subtracted and divided by ``std``, per channel.
"""

from __future__ import annotations

from typing import Any

INPUT_PRESETS: dict[str, dict[str, Any]] = {
    "Scaled to 0 … 1": {},
    "ImageNet": {"mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]},
    "CIFAR-10": {"mean": [0.4914, 0.4822, 0.4465], "std": [0.2470, 0.2435, 0.2616]},
    "CIFAR-100": {"mean": [0.5071, 0.4865, 0.4409], "std": [0.2673, 0.2564, 0.2762]},
    "MNIST": {"mean": [0.1307], "std": [0.3081]},
    "CLIP": {"mean": [0.48145466, 0.4578275, 0.40821073], "std": [0.26862954, 0.26130258, 0.27577711]},
    "Scaled to -1 … 1": {"mean": [0.5], "std": [0.5]},
    "As stored": {"scale": 1.0},
}
