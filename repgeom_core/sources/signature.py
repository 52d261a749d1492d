"""Files that are called otherwise than what they hold: told by their first bytes, before a reader of another format is puzzled by them."""

from __future__ import annotations

import zipfile
from pathlib import Path

from repgeom_core.errors import SourceError

ZIP = b"PK\x03\x04"
SIGNATURES = {b"\x93NUMPY": ("a numpy array", ".npy"), b"PAR1": ("a parquet file", ".parquet")}
ZIPPED = (".npz", ".pt", ".pth")


def check_signature(path: Path) -> None:
    """A :class:`SourceError` that says what the file is, where its suffix says something else."""
    suffix = path.suffix.lower()
    with path.open("rb") as file:
        start = file.read(8)
    for signature, (what, its) in SIGNATURES.items():
        if start.startswith(signature) and suffix != its:
            raise _under_another_name(path, what, its)
    if start.startswith(ZIP) and suffix not in ZIPPED:
        raise _zip_under_another_name(path)
    if start.startswith(b"\x1f\x8b"):
        raise SourceError(f"{path} is packed with gzip; unpack it (gunzip) and give the file in it.")


def _zip_under_another_name(path: Path) -> SourceError:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except zipfile.BadZipFile:
        names = []
    if any(name.endswith(".npy") for name in names):
        return _under_another_name(path, "an archive of numpy arrays", ".npz")
    if any(name.endswith("/data.pkl") for name in names):
        return _under_another_name(path, "a file of torch.save", ".pt")
    if "xl/workbook.xml" in names:
        return SourceError(f"{path} is an Excel workbook; save its table as CSV.")
    return SourceError(f"{path} is a zip archive; unpack it and give the files in it.")


def _under_another_name(path: Path, what: str, suffix: str) -> SourceError:
    return SourceError(f"{path} is {what} under another name; rename it to {path.stem}{suffix}.")
