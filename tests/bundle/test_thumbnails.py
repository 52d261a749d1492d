"""Sprite sheets give back the images in the order asked."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image

from repgeom_core.bundle import open_bundle


def test_thumbnails_come_back_in_the_order_asked(written: Path) -> None:
    images = open_bundle(written).thumbnails.images([40, 3, 40])
    assert [image.getpixel((4, 4)) for image in images] == [(200, 0, 0), (15, 0, 0), (200, 0, 0)]


def test_a_contact_sheet_holds_the_rows_in_reading_order(written: Path) -> None:
    sheet = Image.open(io.BytesIO(open_bundle(written).thumbnails.contact_sheet([40, 3, 7], columns=2)))
    assert sheet.size == (16, 16)
    assert [sheet.getpixel(at) for at in ((4, 4), (12, 4), (4, 12), (12, 12))] == [(200, 0, 0), (15, 0, 0), (35, 0, 0), (128, 128, 128)]


def test_sheets_of_a_split_are_numbered_by_its_rows(written: Path) -> None:
    sheet = Image.open(io.BytesIO(open_bundle(written).thumbnails.of_rows(np.arange(30, 50)).sheet_bytes(0)))
    assert [sheet.getpixel((8 * cell + 4, 4)) for cell in (0, 19)] == [(150, 0, 0), (245, 0, 0)]
