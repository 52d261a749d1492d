"""Images by row: from an array, from files, or from encoded bytes; as thumbnails (PIL) and as inputs of a model (uint8)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from repgeom_core.errors import SourceError
from repgeom_core.sources.rows import ImageRows, RowArray

if TYPE_CHECKING:
    from PIL import Image

LARGEST_IMAGE = 89_478_485  # pixels; PIL's own limit, beyond which a small file may unpack into gigabytes
DEFAULT_SIZE = 224
SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".ppm", ".pgm")


def decode(file: str | Path | IO[bytes], name: str) -> Image.Image:
    """One image as RGB, turned as its EXIF says.

    Raises:
        SourceError: not an image, truncated, or larger than ``LARGEST_IMAGE`` pixels; the message names it.
    """
    from PIL import Image, ImageOps

    try:
        with Image.open(file) as image:
            if image.width * image.height > LARGEST_IMAGE:
                raise SourceError(f"{name} has {image.width} x {image.height} pixels, too many to open safely; shrink or remove it.")
            upright = ImageOps.exif_transpose(image)
            if upright.mode.startswith("I"):
                upright = upright.point(lambda value: value / 256).convert("L")  # 16 bits: conversion alone would clip to white
            return upright.convert("RGB")
    except Image.DecompressionBombError:
        raise SourceError(f"{name} has too many pixels to open safely; shrink or remove it.") from None
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise SourceError(f"{name} cannot be read as an image ({type(error).__name__}); replace or remove it.") from error


class ArrayImages:
    """Images in an array: (n, H, W), (n, H, W, C) or (n, C, H, W), C in {1, 3, 4}; uint8, or floats in [0, 1]."""

    def __init__(self, array: RowArray) -> None:
        self.array = array
        shape = array.shape
        self.channels_first = len(shape) == 4 and shape[-1] not in (1, 3, 4)
        if len(shape) not in (3, 4) or (self.channels_first and shape[1] not in (1, 3, 4)):
            raise SourceError(f"Images must have shape (n, H, W) or (n, H, W, C) with 1, 3 or 4 channels. Got {tuple(shape)}.")

    def __len__(self) -> int:
        return int(self.array.shape[0])

    def load(self, rows: Sequence[int] | np.ndarray) -> list[Image.Image]:
        from PIL import Image

        pixels = np.asarray(self.array[np.asarray(rows, dtype=np.int64)])
        if self.channels_first:
            pixels = np.moveaxis(pixels, 1, -1)
        if pixels.dtype != np.uint8:
            pixels = np.round(np.clip(np.nan_to_num(pixels.astype(np.float32)), 0, 1) * 255).astype(np.uint8)
        if pixels.ndim == 4 and pixels.shape[-1] == 1:
            pixels = pixels[..., 0]
        return [Image.fromarray(image).convert("RGB") for image in pixels]

    def inputs(self) -> RowArray:
        """(n, H, W, C), of the array's own dtype; no copy."""
        if len(self.array.shape) == 3:
            return np.asarray(self.array)[..., None]
        return np.moveaxis(np.asarray(self.array), 1, -1) if self.channels_first else self.array


class EncodedImages:
    """Images in files or in encoded bytes (PNG, JPEG, ...), decoded when asked for.

    ``items`` gives a path or the bytes of each row, ``names`` what to call it in a message.
    """

    def __init__(self, items: Sequence[Path | bytes], names: Sequence[str]) -> None:
        self.items, self.names = items, names

    def __len__(self) -> int:
        return len(self.items)

    def load(self, rows: Sequence[int] | np.ndarray) -> list[Image.Image]:
        return [decode(self._file(int(row)), self.names[int(row)]) for row in rows]

    def _file(self, row: int) -> Path | IO[bytes]:
        item = self.items[row]
        return item if isinstance(item, Path) else io.BytesIO(item)

    def survey(self) -> tuple[set[tuple[int, int]], dict[int, str]]:
        """Sizes (width, height) that occur, and the rows whose header is no image's, with the reason. Reads headers only."""
        from PIL import Image

        sizes, broken = set(), {}
        for row in range(len(self)):
            try:
                with Image.open(self._file(row)) as image:
                    if image.width * image.height > LARGEST_IMAGE:
                        raise Image.DecompressionBombError
                    # EXIF orientations 5 to 8 lie on their side. (Asking a PNG for its EXIF would decode all of it.)
                    turned = image.format != "PNG" and image.getexif().get(0x0112, 1) >= 5
                    sizes.add((image.height, image.width) if turned else image.size)
            except Image.DecompressionBombError:
                broken[row] = f"{self.names[row]} has too many pixels to open safely"
            except (OSError, SyntaxError, ValueError, EOFError):
                broken[row] = f"{self.names[row]} cannot be read as an image"
        return sizes, broken


class DecodedInputs:
    """Encoded images as an array (n, H, W, 3) of uint8 that is decoded row by row when indexed, so it takes no memory.

    Images of another size are scaled to cover (H, W) and cut at the centre.
    """

    def __init__(self, images: ImageRows, height: int, width: int) -> None:
        self.images, self.size = images, (width, height)
        self.shape: tuple[int, ...] = (len(images), height, width, 3)
        self.dtype: np.dtype[Any] = np.dtype(np.uint8)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: Any) -> np.ndarray:
        from PIL import ImageOps

        index = np.arange(len(self))[rows]
        out = np.empty((np.size(index), *self.shape[1:]), dtype=np.uint8)
        for position, image in enumerate(self.images.load(np.atleast_1d(index))):
            out[position] = np.asarray(image if image.size == self.size else ImageOps.fit(image, self.size))
        return out[0] if np.ndim(index) == 0 else out
