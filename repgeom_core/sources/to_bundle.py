"""A data set that needs no model, as a bundle: its vectors are the layers; where it has only images, their pixels are.

One with trees needs no layers: without vectors its checkpoint has none.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from repgeom_core.bundle import Bundle, Head, create_bundle
from repgeom_core.errors import SourceError
from repgeom_core.hierarchy.files.stored import store_tree
from repgeom_core.progress import Progress
from repgeom_core.sources.dataset import Dataset
from repgeom_core.sources.images import DecodedInputs
from repgeom_core.sources.rows import RowArray

CHECKPOINT = "data"
PIXELS = "pixels"
LARGEST_PIXELS = 4096  # values per sample up to which images are taken as they are
ROWS_AT_A_TIME = 16_384
SIDE = 32  # pixels of larger images, scaled down and cut to a square


def dataset_to_bundle(
    dataset: Dataset,
    out: str | Path,
    dtype: str = "float32",
    overwrite: bool = False,
    progress: Progress | None = None,
) -> Bundle:
    """Writes a bundle with one checkpoint named ``data``.

    Raises:
        SourceError: a value that ``dtype`` cannot hold, a classifier that fits no layer, nothing to make vectors from.
        BundleError: ``out`` is taken.
    """
    layers = dataset.features or ({} if dataset.trees else {PIXELS: pixels(dataset)})
    head = _head(dataset, layers)
    for layer, array in layers.items():
        _check_range(array, layer, np.dtype(dtype), dataset.name)
    recipe = {"source": dataset.name, "roles": dataset.roles, "warnings": dataset.warnings}
    writer = create_bundle(out, dataset, recipe=recipe, dtype=dtype, overwrite=overwrite, progress=progress)
    pooling = dict.fromkeys(layers, "none")
    writer.add_checkpoint(CHECKPOINT, features=layers, pooling=pooling, head=head, logits=dataset.logits, progress=progress)
    for name, stored in dataset.trees.items():
        store_tree(writer.bundle, name, stored.tree, stored.rows, stored.similar)
    return writer.bundle


def pixels(dataset: Dataset) -> RowArray:
    """(n, d) in [0, 1]: the images' values, of large ones those of a copy of 32 x 32 pixels."""
    inputs = dataset.inputs
    if inputs is not None and dataset.images is None:
        raise _no_vectors(dataset, inputs)
    if inputs is None or int(np.prod(inputs.shape[1:])) > LARGEST_PIXELS or isinstance(inputs, DecodedInputs):
        if dataset.images is None:
            raise SourceError(f"{dataset.name} has neither vectors nor images; extract features with a model instead.")
        inputs = DecodedInputs(dataset.images, SIDE, SIDE)
    return _Flat(inputs)


def _no_vectors(dataset: Dataset, inputs: RowArray) -> SourceError:
    shape, count = " x ".join(map(str, inputs.shape[1:])), int(np.prod(inputs.shape[1:]))
    name = next((column for column, role in dataset.roles.items() if role == "input"), "COLUMN")
    return SourceError(
        f"{dataset.name}: {name!r} has shape {tuple(inputs.shape)}; its {shape} {inputs.dtype} values per sample are neither a vector nor, "
        "as far as can be seen (bytes, or floats in [0, 1] under a name such as images), an image.",
        options=f"Say what they are: --role {name}=features takes them as vectors of {count:,} values, --role {name}=image as images; "
        "or extract features from them with a model (repgeom extract).",
        widgets=f"In the table give it the role features (vectors of {count:,} values) or image, or extract features under Model and data.",
    )


def _head(dataset: Dataset, layers: dict[str, RowArray]) -> Head | None:
    """The head, on the last layer that has its width."""
    if dataset.head is None:
        return None
    W, b = dataset.head
    fitting = [layer for layer, array in layers.items() if array.shape[1] == W.shape[1]]
    if not fitting:
        widths = ", ".join(f"{layer} {array.shape[1]}" for layer, array in layers.items())
        raise SourceError(f"{dataset.name}: the classifier reads {W.shape[1]} features, but the layers have other widths ({widths}).")
    return Head(W, b, fitting[-1])


class _Flat:
    """Inputs as vectors; bytes scaled to [0, 1]."""

    def __init__(self, array: RowArray) -> None:
        self.array = array
        self.shape = (array.shape[0], int(np.prod(array.shape[1:])))
        self.dtype = np.dtype(np.float32)

    def __getitem__(self, rows: slice) -> np.ndarray:
        values = np.asarray(self.array[rows])
        scale = np.float32(255 if values.dtype == np.uint8 else 1)
        return values.reshape(len(values), -1).astype(np.float32) / scale


def _check_range(array: RowArray, layer: str, dtype: np.dtype, where: str) -> None:
    """Before anything is written: finite values that would not be so in a narrower type."""
    if array.dtype.itemsize <= dtype.itemsize:
        return
    limit = float(np.finfo(dtype).max)
    for start in range(0, array.shape[0], ROWS_AT_A_TIME):
        largest = np.abs(np.asarray(array[start : start + ROWS_AT_A_TIME], dtype=np.float64)).max(axis=1)
        beyond = np.flatnonzero(largest > limit)
        if len(beyond):
            raise SourceError(
                f"{where}: row {start + beyond[0]} of layer {layer!r} has a value of size {largest[beyond[0]]:.3g}, beyond the range of "
                f"{dtype} ({limit:.3g}); scale the features{', or store them as float32' if dtype == np.float16 else ''}."
            )
