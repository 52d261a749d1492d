"""From a path to its format: by suffix for a file, by what it holds for a folder."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from repgeom_core.errors import SourceError
from repgeom_core.sources.assemble import assemble
from repgeom_core.sources.concatenate import concatenate
from repgeom_core.sources.dataset import Dataset
from repgeom_core.sources.delimited import open_delimited
from repgeom_core.sources.dendromap import open_dendromap
from repgeom_core.sources.digits import read_digits
from repgeom_core.sources.hf_dataset import is_hf_dataset, open_hf_dataset
from repgeom_core.sources.image_folder import SPLITS, holds_images, open_image_folder
from repgeom_core.sources.notes import notes
from repgeom_core.sources.numpy_files import open_npy, open_npz
from repgeom_core.sources.opened import OpenedSource
from repgeom_core.sources.parquet import open_parquet
from repgeom_core.sources.preview import SourcePreview, preview
from repgeom_core.sources.projector import CONFIG, open_projector
from repgeom_core.sources.roles import resolve_roles
from repgeom_core.sources.safetensors import open_safetensors
from repgeom_core.sources.signature import check_signature
from repgeom_core.sources.torch_file import open_torch

Opener = Callable[..., OpenedSource]
DIGITS = "digits"


@dataclass(frozen=True)
class Format:
    """``title`` is for people; a file is recognised by its suffix, a folder by ``holds``."""

    title: str
    open: Opener
    suffixes: tuple[str, ...] = ()
    holds: Callable[[Path], bool] | None = None


FORMATS = (
    Format("numpy arrays by name", open_npz, (".npz",)),
    Format("numpy array", open_npy, (".npy",)),
    Format("delimited text", open_delimited, (".csv", ".tsv", ".tab")),
    Format("parquet", open_parquet, (".parquet",)),
    Format("safetensors", open_safetensors, (".safetensors",)),
    Format("torch tensors", open_torch, (".pt", ".pth")),
    Format("DendroMap trees", open_dendromap, (".json",)),
    Format("TensorBoard projector", open_projector, (), lambda folder: (folder / CONFIG).is_file()),
    Format("Hugging Face dataset saved to disk", open_hf_dataset, (), is_hf_dataset),
    Format("image folder", open_image_folder, (), holds_images),
)


def read_source(
    path: str | Path | Sequence[str | Path],
    roles: Mapping[str, str] | None = None,
    drop_invalid: bool = False,
    *,
    splits: Sequence[str] | None = None,
    prefix_ids: bool = False,
    image_size: int | tuple[int, int] | None = None,
    **options: Any,
) -> Dataset:
    """Reads samples from a file, a folder, or several of them one after another; ``"digits"`` are those of scikit-learn.

    Args:
        path: one path, or several that are concatenated.
        roles: column -> role (see ``roles.ROLES``), in place of the guess.
        drop_invalid: leave out samples with NaN, infinite or missing values in features, or broken images.
        splits: name of the split of each of several paths; else their own column, else from the file name.
        prefix_ids: put the split before each id.
        image_size: of ``inputs`` decoded from image files: a side, or (height, width).
        **options: of the format (``delimiter``, ``header``, ``encoding``; ``tensor``; ``images``).

    Raises:
        SourceError: one sentence that names the file, what was expected and what came.
    """
    if isinstance(path, str | Path):
        path = [path]
    return _read_several(list(path), roles, drop_invalid, splits, prefix_ids, image_size, options)


def inspect_source(path: str | Path, **options: Any) -> SourcePreview:
    """What a file holds, with a guessed role for each column; reads structure and first rows only.

    Raises:
        SourceError: as :func:`read_source`, as far as it shows at the beginning of the file.
    """
    if _is_digits(path):
        return _preview_digits()
    if shards := _parquet_shards(Path(path)):
        parts = [open_source(shard, options=options) for shard in shards]
        n = sum(part.n or 0 for part in parts)
        return replace(preview(parts[0]), name=Path(path).resolve().name, n=n, warnings=(f"The first of {len(shards)} files.",))
    return preview(open_source(path, options=options))


def _parquet_shards(folder: Path) -> list[Path]:
    """The files of a folder of parquet files, as the Hugging Face hub lays out a data set; none where it holds something else."""
    if not folder.is_dir() or (folder / "manifest.json").exists():
        return []
    return sorted(folder.glob("*.parquet")) or sorted(folder.glob("data/*.parquet"))


def open_source(path: str | Path, apart: Sequence[str] = (), options: Mapping[str, Any] | None = None) -> OpenedSource:
    """The source at ``path``, opened by its format."""
    path = Path(path)
    if not path.exists():
        raise SourceError(f"There is no file or folder {path.resolve()}; check the path.")
    if path.is_file():
        check_signature(path)
    opener = _opener(path)
    accepted = inspect.signature(opener).parameters
    unknown = [name for name in options or {} if name not in accepted or name in ("path", "folder", "apart")]
    if unknown:
        raise SourceError(f"{path}: this format has no option {unknown[0]!r}.")
    if path.is_file() and path.stat().st_size == 0:
        raise SourceError(f"{path} is empty; expected data.")
    given: dict[str, Any] = {"apart": tuple(apart)} if "apart" in accepted else {}
    return opener(path, **given, **(options or {}))


def _opener(path: Path) -> Opener:
    if path.is_dir():
        if (path / "manifest.json").is_file() and (path / "samples.parquet").is_file():
            raise SourceError(f"{path} is a bundle already; open it instead of importing it.")
        for known in FORMATS:
            if known.holds and known.holds(path):
                return known.open
        raise SourceError(
            f"{path} holds nothing known; expected a folder of images, {CONFIG}, a Hugging Face data set saved to disk, or parquet files. "
            f"For single files, name the file ({_known_suffixes()})."
        )
    if path.name == CONFIG:
        return open_projector
    for known in FORMATS:
        if path.suffix.lower() in known.suffixes:
            return known.open
    hint = f" Tensors of the projector are read by their {CONFIG}." if path.suffix == ".bytes" else ""
    raise SourceError(f"{path}: the format {path.suffix or '(no suffix)'!r} is not known; known are {_known_suffixes()}.{hint}")


def _known_suffixes() -> str:
    return ", ".join(suffix for known in FORMATS for suffix in known.suffixes)


def _is_digits(path: str | Path) -> bool:
    return str(path) == DIGITS and not Path(path).exists()


def _preview_digits() -> SourcePreview:
    import pandas as pd

    from repgeom_core.sources.preview import ColumnPreview

    digits = read_digits()
    columns = (
        ColumnPreview("data", "float32", (64,), "", "features"),
        ColumnPreview("images", "uint8", (8, 8), "8 x 8 values", "image"),
        ColumnPreview("target", "int64", (), "0", "label"),
    )
    return SourcePreview(DIGITS, DIGITS, digits.n, columns, pd.DataFrame(digits.samples.head()))


def _read_one(
    path: str | Path, roles: Mapping[str, str] | None, drop: bool, image_size: int | tuple[int, int] | None, options: Mapping[str, Any]
) -> Dataset:
    if _is_digits(path):
        return read_digits()
    if shards := _parquet_shards(Path(path)):
        dataset = _read_several(shards, roles, drop, None, False, image_size, options)
        dataset.name = Path(path).resolve().name
        return dataset
    source = open_source(path, apart=tuple(roles or ()), options=options)
    resolved = resolve_roles(source, roles)
    dataset = assemble(source, resolved, drop, image_size)
    dataset.warnings += notes(source, resolved, roles or {})
    return dataset


def _read_several(
    paths: Sequence[str | Path],
    roles: Mapping[str, str] | None,
    drop: bool,
    splits: Sequence[str] | None,
    prefix_ids: bool,
    image_size: int | tuple[int, int] | None,
    options: Mapping[str, Any],
) -> Dataset:
    if splits is not None and len(splits) != len(paths):
        raise SourceError(f"Expected one split for each of {len(paths)} paths; got {len(splits)}.")
    datasets = [_read_one(path, roles, drop, image_size, options) for path in paths]
    for k, dataset in enumerate(datasets):
        if splits is not None:
            dataset.samples["split"] = splits[k]
        elif "split" not in dataset.samples and len(datasets) > 1:
            dataset.samples["split"] = split_from_name(dataset.name)
    return concatenate(datasets, prefix_ids=prefix_ids)


def split_from_name(name: str) -> str:
    """``cifar10_test`` is the split ``test``; a name without a known word is its own split."""
    words = name.lower().replace("-", "_").replace(".", "_").split("_")
    for word in words:
        known = word.rstrip("0123456789k")  # "train4k"
        if known in SPLITS:
            return SPLITS[known]
    return name
