"""Thumbnails as sprite sheets: sample i is cell ``i % cells`` of sheet ``i // cells``; sheets are WebP files."""

from __future__ import annotations

import io
import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from repgeom_core.atomic import written_whole
from repgeom_core.bundle.digest import file_digest
from repgeom_core.bundle.manifest import ThumbnailsEntry
from repgeom_core.errors import BundleError
from repgeom_core.progress import Progress
from repgeom_core.sentences import reason

if TYPE_CHECKING:
    from PIL.Image import Image

    from repgeom_core.sources.rows import ImageRows

COLUMNS = 32
CELLS = COLUMNS * COLUMNS
LARGEST = 64  # pixels on the longer side of a cell
SHEETS_IN_MEMORY = 8


def sheet_path(folder: Path, number: int) -> Path:
    return folder / f"{number:05d}.webp"


def _cell_size(first: Image) -> tuple[int, int]:
    shrink = min(1.0, LARGEST / max(first.size))
    return max(1, round(first.width * shrink)), max(1, round(first.height * shrink))


def write_sheets(images: ImageRows, folder: Path, progress: Progress | None = None) -> ThumbnailsEntry:
    """Cuts ``images`` into sheets of 32 x 32 cells; the first image sets the cell's size, others are fitted and centred.

    Images up to 64 pixels are kept as they are; sheets of tiny ones (up to 16 pixels) are stored without loss.
    """
    from PIL import Image, ImageOps

    width, height = _cell_size(images.load([0])[0])
    sheets = []
    for number, start in enumerate(range(0, len(images), CELLS)):
        rows = np.arange(start, min(start + CELLS, len(images)))
        sheet = Image.new("RGB", (COLUMNS * width, -(-len(rows) // COLUMNS) * height))
        for cell, image in enumerate(images.load(rows)):
            at = (cell % COLUMNS * width, cell // COLUMNS * height)
            fitted = image if image.size == (width, height) else ImageOps.pad(image, (width, height), color=(128, 128, 128))
            sheet.paste(fitted, at)
        path = sheet_path(folder, number)
        with written_whole(path) as temporary:
            sheet.save(temporary, "WEBP", lossless=max(width, height) <= 16, quality=90, method=2)
        sheets.append(file_digest(path))
        if progress:
            progress.update("thumbnails", int(rows[-1]) + 1, len(images))
    return ThumbnailsEntry(width, height, COLUMNS, CELLS, tuple(sheets))


class SpriteSheets:
    """The thumbnails of a bundle; a few decoded sheets are kept in memory. Safe to share between threads."""

    def __init__(self, folder: Path, entry: ThumbnailsEntry) -> None:
        self.folder, self.entry = folder, entry
        self.size = (entry.width, entry.height)
        self.columns, self.cells, self.sheets = entry.columns, entry.cells, len(entry.sheets)
        self._decoded: OrderedDict[int, Image] = OrderedDict()
        self._lock = threading.Lock()

    def check(self) -> None:
        for number in range(self.sheets):
            if not sheet_path(self.folder, number).exists():
                raise BundleError(f"{sheet_path(self.folder, number)} is missing. Restore it from a copy, or make the bundle again.")

    def verify(self) -> None:
        for number, digest in enumerate(self.entry.sheets):
            if file_digest(sheet_path(self.folder, number)) != digest:
                raise BundleError(f"{sheet_path(self.folder, number)} has changed since it was written (its digest differs).")

    def sheet_bytes(self, number: int) -> bytes:
        """Sheet ``number`` as WebP."""
        return sheet_path(self.folder, number).read_bytes()

    def _sheet(self, number: int) -> Image:
        from PIL import Image

        with self._lock:
            if number not in self._decoded:
                try:
                    self._decoded[number] = Image.open(io.BytesIO(self.sheet_bytes(number))).convert("RGB")
                except OSError as error:
                    raise BundleError(f"{sheet_path(self.folder, number)} cannot be read as an image ({reason(error)}).") from None
                if len(self._decoded) > SHEETS_IN_MEMORY:
                    self._decoded.popitem(last=False)
            self._decoded.move_to_end(number)
            return self._decoded[number]

    def images(self, rows: Sequence[int] | np.ndarray) -> list[Image]:
        """The thumbnails of the given rows as RGB images, in that order."""
        width, height = self.size
        found: dict[int, Image] = {}
        for row in sorted({int(r) for r in rows}):
            cell = row % self.cells
            x, y = cell % self.columns * width, cell // self.columns * height
            found[row] = self._sheet(row // self.cells).crop((x, y, x + width, y + height))
        return [found[int(r)] for r in rows]

    def contact_sheet(self, rows: Sequence[int] | np.ndarray, columns: int) -> bytes:
        """The thumbnails of ``rows`` side by side in one WebP image, ``columns`` a line: what a gallery shows."""
        from PIL import Image

        width, height = self.size
        lines = max(1, -(-len(rows) // columns))
        sheet = Image.new("RGB", (columns * width, lines * height), (128, 128, 128))
        for cell, image in enumerate(self.images(rows)):
            sheet.paste(image, (cell % columns * width, cell // columns * height))
        stream = io.BytesIO()
        sheet.save(stream, "WEBP", lossless=max(width, height) <= 16, quality=90, method=1)
        return stream.getvalue()

    def of_rows(self, rows: np.ndarray) -> SheetsOfRows:
        """The same thumbnails numbered by their place in ``rows``, cut anew when asked for."""
        return SheetsOfRows(self, rows)


class SheetsOfRows:
    """Sprite sheets of some rows of a bundle: cell ``i`` is the thumbnail of sample ``rows[i]``."""

    def __init__(self, whole: SpriteSheets, rows: np.ndarray) -> None:
        self._whole, self._rows = whole, rows
        self.size, self.columns, self.cells = whole.size, whole.columns, whole.cells

    def sheet_bytes(self, k: int) -> bytes:
        """Sheet ``k`` as WebP."""
        return self._whole.contact_sheet(self._rows[k * self.cells : (k + 1) * self.cells], self.columns)
