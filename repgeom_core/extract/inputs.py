"""From stored samples to what a model eats: scale, normalise, resize, layout; on the device, a batch at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from repgeom_core.errors import RecipeError

if TYPE_CHECKING:
    from torch import Tensor, device

    from repgeom_core.extract.recipe import InputSpec
    from repgeom_core.sources.dataset import Dataset


class Preparation:
    """``prepare(batch)``: stored samples (m, ...) on the device to model inputs there, as the recipe's ``[inputs]`` says.

    Numbers become float32; whole numbers other than uint8 (token ids) become int64 and are passed on unchanged.
    Raises :class:`RecipeError` when the settings do not fit the samples.
    """

    def __init__(self, spec: InputSpec, dataset: Dataset, device: device, channels_last: bool = False) -> None:
        import torch

        inputs = dataset.inputs
        if inputs is None:
            raise RecipeError(
                f"{dataset.name} has nothing to give to a model: expected images or an array of inputs. "
                "Give an array the role 'image' or 'input' in [[data]] roles."
            )
        self.tokens = inputs.dtype.kind in "iu" and inputs.dtype != np.uint8
        self.is_image = len(inputs.shape) in (3, 4) and (inputs.dtype == np.uint8 or dataset.images is not None)
        self.layout = spec.layout or ("nchw" if self.is_image else "as_is")
        self.scale = spec.scale if spec.scale is not None else (255.0 if inputs.dtype == np.uint8 else 1.0)
        self.resize = spec.resize
        # (n, H, W) are grey images: one channel, last.
        self.adds_channel = self.is_image and len(inputs.shape) == 3
        self.memory_format = torch.channels_last if channels_last else torch.contiguous_format
        stored = (*inputs.shape, 1) if self.adds_channel else inputs.shape
        self._check(spec, stored, inputs.dtype)
        self.mean = torch.tensor(spec.mean, device=device) if spec.mean else None
        self.std = torch.tensor(spec.std, device=device) if spec.std else None

    def _check(self, spec: InputSpec, stored: tuple[int, ...], dtype: np.dtype) -> None:
        if dtype.kind not in "iufb":
            raise RecipeError(f"Model inputs must be numbers, the data has {dtype}.")
        if self.tokens and (spec.mean or spec.std or spec.scale or spec.resize):
            raise RecipeError(f"Samples of {dtype} are passed to the model as they are; take scale, mean, std and resize out of [inputs].")
        for name, values in (("mean", spec.mean), ("std", spec.std)):
            if len(values) > 1 and len(values) != stored[-1]:
                raise RecipeError(f"[inputs] {name} has {len(values)} values, but the samples have {stored[-1]} channels.")
        if (self.layout in ("nchw", "nhwc") or self.resize) and len(stored) != 4:
            shape = ", ".join(str(size) for size in stored[1:])
            raise RecipeError(
                f"[inputs] layout {self.layout!r} and resize are for images (n, H, W, C), but the samples have shape (n, {shape}); "
                "leave them out."
            )

    def __call__(self, batch: Tensor) -> Tensor:
        import torch
        from torch.nn.functional import interpolate

        if self.tokens:
            return batch.to(torch.int64)
        # A copy at the allocator's own alignment, so that a batch gives the same bits wherever it was read from.
        x = batch.to(torch.float32, copy=True)
        if self.adds_channel:
            x = x[..., None]
        if self.scale != 1.0:
            x.div_(self.scale)
        if self.mean is not None:
            x.sub_(self.mean)
        if self.std is not None:
            x.div_(self.std)
        if self.resize and tuple(x.shape[1:3]) != self.resize:
            x = interpolate(x.permute(0, 3, 1, 2), self.resize, mode="bilinear", antialias=True).permute(0, 2, 3, 1)
        if self.layout == "nchw":
            return x.permute(0, 3, 1, 2).contiguous(memory_format=self.memory_format)
        return x.flatten(1) if self.layout == "flat" else x.contiguous()
