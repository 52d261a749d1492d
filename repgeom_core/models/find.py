"""Finding checkpoints on disk: one file or a glob, in natural order, with the step read from the name."""

from __future__ import annotations

import glob
import itertools
import re
from dataclasses import dataclass
from pathlib import Path

from repgeom_core.errors import CheckpointError

SUFFIXES = (".safetensors.index.json", ".safetensors", ".pth.tar", ".pth", ".pt", ".th", ".ckpt", ".bin", ".npz", ".tar")


@dataclass(frozen=True)
class CheckpointFile:
    """A checkpoint's file, its name (the part of the path that tells it from the others) and the step in that name."""

    path: Path
    name: str
    step: int | None


def find_checkpoints(pattern: str | Path) -> list[CheckpointFile]:
    """The files that ``pattern`` (a path or a glob, ``**`` for any depth) names, in natural order: epoch2 before epoch10.

    Raises :class:`CheckpointError` when there is none.
    """
    pattern = str(pattern)
    if not glob.has_magic(pattern) or Path(pattern).exists():
        path = Path(pattern)
        if not path.is_file():
            raise CheckpointError(f"There is no checkpoint {path.resolve()}; correct its path in [[checkpoints]].")
        name = checkpoint_name(path.name)
        return [CheckpointFile(path, name, step_in_name(name))]
    fixed = fixed_folder(pattern)
    matches = (Path(p) for p in glob.glob(pattern, recursive=True))  # noqa: PTH207 - Path.glob takes no absolute patterns
    paths = sorted((path for path in matches if path.is_file()), key=lambda path: natural_order(str(path)))
    if not paths:
        raise CheckpointError(f"No file matches {Path(pattern).absolute()}; correct the pattern in [[checkpoints]].")
    names = [checkpoint_name(path.relative_to(fixed).as_posix()) for path in paths]
    return [CheckpointFile(path, name, step_in_name(name)) for path, name in zip(paths, names, strict=True)]


def natural_order(text: str) -> tuple[tuple[int, int, str], ...]:
    """A sort key under which digits compare as numbers."""
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in re.split(r"(\d+)", text) if part)


STEP_WORD = r"(?:global_?step|step|epoch|ep|e|iteration|iter|it|checkpoint|ckpt|s|k)?"


def step_in_name(name: str) -> int | None:
    """The last number of a name, as in ``epoch=3-step=1200`` or ``ckpt_0010``; None where there is none.

    A number that runs on into letters, as in the hash ``12fca82f``, is no step, nor one behind another word, as in ``resnet20``.
    """
    tokens = [re.fullmatch(STEP_WORD + r"(\d+)", token, re.IGNORECASE) for token in re.split(r"[^0-9A-Za-z]+", name)]
    numbers = [int(match[1]) for match in tokens if match]
    return numbers[-1] if numbers else None


def fixed_folder(pattern: str | Path) -> Path:
    """The part of a path or glob before its first wildcard: the folder below which every match lies."""
    parent = Path(pattern).parent
    return Path(*itertools.takewhile(lambda part: not glob.has_magic(part), parent.parts))


def checkpoint_name(name: str) -> str:
    """A file's name without the suffix of its format."""
    return next((name[: -len(suffix)] for suffix in SUFFIXES if name.lower().endswith(suffix)), name)
