"""Files of embeddings become a bundle: choose them, check what each column is, import."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path

import pandas as pd
import streamlit as st

from pages.parts import trouble
from pages.parts.load import file_choice, job_panel
from pages.parts.plain_text import counted, plain
from repgeom_core import workspace
from repgeom_core.config import Config
from repgeom_core.errors import SourceError
from repgeom_core.file_size import file_size
from repgeom_core.jobs import JobQueue
from repgeom_core.jobs.commands import files_in_use, folders_in_use, import_arguments
from repgeom_core.sources import SourcePreview, inspect_source, read_source
from repgeom_core.sources.roles import ROLES
from repgeom_core.suggest import shortened

TRIED = 16 * 2**20  # bytes up to which files are read before the job is begun, so that a mistake is told in place


def show(config: Config, queue: JobQueue) -> None:
    paths = [Path(path) for path in file_choice.choose(config, "import", "Files with embeddings")]
    if not paths:
        st.caption(
            "Takes .npz, .npy, .csv, .tsv, .parquet, .safetensors and .pt files, the .json of DendroMap, TensorBoard projector folders "
            "and data sets saved by Hugging Face. Several files become the splits of one data set."
        )
        _offer_to_delete_uploads(config, queue)
        return
    if (paths[0] / "manifest.json").is_file():
        st.markdown(f"{plain(paths[0])} is a bundle already.")
        if st.button("Open it", type="primary", key="open_chosen"):
            job_panel.open_bundle(paths[0])
        return
    with trouble.shown():
        with st.spinner("Looking into the file"):
            preview = _inspected(str(paths[0]), _stamp(paths[0]))
        _describe(preview)
        roles = _edited_roles(preview, paths[0])
        _start(config, queue, paths, preview, roles)


@st.cache_data(show_spinner=False, max_entries=16)
def _inspected(path: str, stamp: int) -> SourcePreview:
    try:
        return inspect_source(Path(path))
    except SourceError as error:
        raise SourceError(_by_name(error, Path(path))) from error


def _stamp(path: Path) -> int:
    """Changes when the file is written anew, or anything in the folder."""
    return workspace.last_change(path)


def _describe(preview: SourcePreview) -> None:
    count = counted(preview.n, "sample") if preview.n is not None else "number of samples known after reading"
    st.markdown(f"**{plain(preview.name)}** · {plain(preview.kind)} · {count}{_trees(preview)}")
    for warning in preview.warnings:
        st.warning(plain(warning, 600), icon=":material/warning:")


def _trees(preview: SourcePreview) -> str:
    return f" · {counted(len(preview.trees), 'tree')}: {plain(shortened(preview.trees))}" if preview.trees else ""


def _edited_roles(preview: SourcePreview, path: Path) -> dict[str, str]:
    """Column -> role as the table shows it after editing."""
    table = pd.DataFrame(
        {
            "Column": [column.name for column in preview.columns],
            "Holds": [_held(column.dtype, column.shape, len(column.members)) for column in preview.columns],
            "First value": [column.example for column in preview.columns],
            "Role": [column.role for column in preview.columns],
        }
    )
    edited = st.data_editor(
        table,
        key=f"roles_{path}",
        hide_index=True,
        disabled=["Column", "Holds", "First value"],
        column_config={"Role": st.column_config.SelectboxColumn(options=list(ROLES), required=True, width="medium")},
    )
    with st.expander("What the roles mean, and the first rows"):
        st.markdown("  \n".join(f"**{role}**: {plain(meaning)}" for role, meaning in ROLES.items()))
        st.dataframe(preview.rows, hide_index=True)
    return dict(zip(edited["Column"], edited["Role"], strict=True))


def _held(dtype: str, shape: tuple[int, ...], members: int) -> str:
    what = " × ".join(map(str, shape))
    return f"{dtype} in {members} columns" if members else f"{what} {dtype}".strip()


def _start(config: Config, queue: JobQueue, paths: list[Path], preview: SourcePreview, roles: dict[str, str]) -> None:
    splits = _splits(paths)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input("Name", value=paths[0].stem, key=f"name_{paths[0]}", max_chars=80, width=320)
        drop = st.checkbox("Drop rows with NaN, infinite or unreadable values", key="drop_invalid")
        prefix = len(paths) > 1 and st.checkbox(
            "Put the split before each id", key="prefix_ids", help="For files that number their rows alike."
        )
    problem = _problem(preview, roles, splits, name)
    changed = {column: role for column, role in roles.items() if role != preview.roles[column]}
    if problem:
        st.info(problem, icon=":material/info:")
    elif sum(map(_bytes, paths)) <= TRIED:
        with st.spinner("Reading"):
            trial = _tried(tuple(map(str, paths)), tuple(map(_stamp, paths)), changed, tuple(splits), drop, prefix)
        for warning in (said for said in trial.warnings if said not in preview.warnings):
            st.warning(plain(warning, 600), icon=":material/warning:")
        if problem := trial.refusal:
            st.error(plain(problem, 1000), icon=":material/error:")

    def arguments() -> list[str]:
        out = workspace.free_folder(config.bundles, name, folders_in_use(queue))
        return import_arguments(config, paths, out, name.strip(), changed, splits, drop, prefix)

    imports = [job for job in queue.active() if job.arguments[0] == "import"]
    under_way = bool(imports) and any(_same_bundle(job.arguments, arguments()) for job in imports)
    with st.container(horizontal=True, vertical_alignment="center"):
        clicked = st.button("Import", type="primary", key="import", icon=":material/login:", disabled=bool(problem) or under_way)
        if under_way:
            st.caption("This import is under way: see Jobs.")
    if clicked:
        queue.submit(arguments(), f"Import {name.strip()}")
        st.rerun()


def _same_bundle(one: Sequence[str], other: Sequence[str]) -> bool:
    """Two imports of the same files in the same way, wherever they put what they make."""
    return [a for a in one if not a.startswith("--out=")] == [a for a in other if not a.startswith("--out=")]


@dataclass(frozen=True)
class Trial:
    """What reading files of moderate size says, before a job does it: why they are refused, or what a person should know."""

    refusal: str = ""
    warnings: tuple[str, ...] = ()


@st.cache_data(show_spinner=False, max_entries=16)
def _tried(
    paths: tuple[str, ...], stamps: tuple[int, ...], roles: dict[str, str], splits: tuple[str, ...], drop: bool, prefix: bool
) -> Trial:
    try:
        dataset = read_source(list(paths), roles, drop, splits=splits or None, prefix_ids=prefix)
    except SourceError as error:
        return Trial(refusal=_by_name(error, *map(Path, paths)))
    return Trial(warnings=tuple(dataset.warnings))


def _by_name(error: SourceError, *paths: Path) -> str:
    """The person knows a file by its name, not by where an upload was put."""
    message = error.on_page
    for path in paths:
        message = message.replace(f"{path.parent}/", "")
    return message


def _bytes(path: Path) -> int:
    """Size of a file; of a folder more than any, since reading one takes long."""
    return path.stat().st_size if path.is_file() else TRIED + 1


def _splits(paths: list[Path]) -> list[str]:
    if len(paths) == 1:
        return []
    st.caption("Each file is one split of the data set.")
    columns = st.columns(min(len(paths), 4))
    return [
        columns[i % len(columns)].text_input(f"Split of {plain(path.name, 40)}", value=path.stem, key=f"split_{path}").strip()
        for i, path in enumerate(paths)
    ]


def _problem(preview: SourcePreview, roles: dict[str, str], splits: list[str], name: str) -> str:
    """What keeps these files from being imported, with what to do; empty when nothing does."""
    if not name.strip():
        return "Give the bundle a name."
    if len(set(splits)) < len(splits) or (splits and not all(splits)):
        return "Give each split a name of its own."
    if "features" in roles.values() or preview.trees:
        return ""
    if "image" in roles.values():
        return "These are images for a network, not embeddings: choose **Model and data** above to extract their features."
    if inputs := [column for column in preview.columns if roles[column.name] == "input"]:
        shape, count = " × ".join(map(str, inputs[0].shape)), prod(inputs[0].shape)
        return (
            f"{plain(inputs[0].name)} holds {shape} values per sample: are they vectors of {count:,} values (role *features* in the "
            "table), or inputs of a network (choose **Model and data** above to extract their features)?"
        )
    if any(column.dtype == "text" and prod(column.shape) > 1 for column in preview.columns):
        return "No column of numbers has the role *features*: save the embeddings as numbers, or give the role to those that are."
    return "No column has the role *features*: in the table, give it to the columns or arrays that hold the embeddings."


def _offer_to_delete_uploads(config: Config, queue: JobQueue) -> None:
    uploads = workspace.old_uploads(config, keep=files_in_use(queue))
    if not uploads:
        return
    total = file_size(sum(path.stat().st_size for path in uploads))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"Earlier uploads take {total} ({counted(len(uploads), 'file')}). Bundles do not need them once they are made.")
        st.button("Delete uploads", key="delete_uploads", type="tertiary", on_click=_delete_uploads, args=(config, queue))


def _delete_uploads(config: Config, queue: JobQueue) -> None:
    workspace.delete_uploads(config, keep=files_in_use(queue))
