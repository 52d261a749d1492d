"""The folders of a workspace and of the data roots, under names that are safe whatever a person typed."""

from __future__ import annotations

import os
import re
import shutil
import time
import unicodedata
from collections.abc import Container, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from repgeom_core.config import Config
from repgeom_core.errors import ConfigError

FRESH = 3600.0  # seconds in which another session may still be about to use what it uploaded


@dataclass(frozen=True)
class Entry:
    """One file or folder of a listing; ``bytes`` is 0 for a folder."""

    path: Path
    is_folder: bool
    bytes: int


def listing(config: Config, folder: Path) -> list[Entry]:
    """What lies in ``folder``, folders first, by name; hidden files and what leads outside the roots are left out.

    Raises :class:`ConfigError` when ``folder`` itself lies outside, is none, or cannot be read.
    """
    folder = config.allowed_path(folder)
    try:
        children = [child for child in folder.iterdir() if not child.name.startswith(".")]
    except OSError as error:
        raise ConfigError(f"The folder {folder} cannot be read: {error.strerror}.") from None
    entries = [entry for child in children if (entry := _entry(config, child)) is not None]
    return sorted(entries, key=lambda entry: (not entry.is_folder, entry.path.name.lower()))


def _entry(config: Config, path: Path) -> Entry | None:
    try:
        config.allowed_path(path)
        is_folder = path.is_dir()
        return Entry(path, is_folder, 0 if is_folder else path.stat().st_size)
    except (ConfigError, OSError):  # a link that leads outside or nowhere
        return None


def safe_name(name: str, otherwise: str) -> str:
    """``name`` as a single folder or file name: no separators, control characters or leading dots; at most 80 characters."""
    text = unicodedata.normalize("NFC", name)
    text = re.sub(r"[^\w.()+=,@ -]", "_", text).strip(" .")
    return text[:80].strip(" .") or otherwise


def free_folder(parent: Path, name: str, taken: Container[Path] = ()) -> Path:
    """A folder in ``parent`` named after ``name`` that is not there yet, nor ``taken``: ``digits``, else ``digits-2`` and so on."""
    plain = safe_name(name, "bundle")
    number = 1
    while (path := parent / (plain if number == 1 else f"{plain}-{number}")).exists() or path in taken:
        number += 1
    return path


def save_upload(config: Config, name: str, content: BinaryIO, key: str) -> Path:
    """Keep an uploaded file in the workspace under its own name; the same ``key`` is written only once."""
    folder = config.uploads / safe_name(key, "upload")
    path = folder / safe_name(re.split(r"[/\\]", name)[-1], "upload")
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        temporary = folder / ".part"
        with temporary.open("wb") as stream:
            content.seek(0)
            shutil.copyfileobj(content, stream, 16 * 1024 * 1024)
        temporary.replace(path)
    return path


def uploads(config: Config) -> list[Path]:
    """All uploaded files, by name."""
    return sorted((path for path in config.uploads.glob("*/*") if path.is_file()), key=lambda path: path.name)


def old_uploads(config: Config, keep: Iterable[str] = ()) -> list[Path]:
    """Uploaded files that may go: not in ``keep``, and old enough that nobody is still filling in the form for them."""
    kept, now = set(keep), time.time()
    return [path for path in uploads(config) if str(path) not in kept and now - path.stat().st_mtime > FRESH]


def delete_uploads(config: Config, keep: Iterable[str] = ()) -> int:
    """Delete the :func:`old_uploads`; how many."""
    old = old_uploads(config, keep)
    for path in old:
        path.unlink(missing_ok=True)
        if not any(path.parent.iterdir()):
            path.parent.rmdir()
    return len(old)


def last_change(path: Path) -> int:
    """When a file, or anything below a folder, was last written, in nanoseconds since 1970; a file added or removed counts too."""
    below = (Path(root, name) for root, folders, files in os.walk(path) for name in (*folders, *files))
    return max(place.lstat().st_mtime_ns for place in (path, *below))
