"""The command lines that the dashboard starts: what a person picked, as arguments of ``repgeom``.

Free text follows ``=`` in one argument, so that a name such as ``--out`` stays a name. What reads files or imports code is
given ``--restricted``, and the worker checks again.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from repgeom_core.config import Config
from repgeom_core.errors import RecipeError
from repgeom_core.extract.recipe import load_recipe
from repgeom_core.jobs.folder import ANALYSIS, MAP, ROWS
from repgeom_core.jobs.job import Job, JobError
from repgeom_core.jobs.queue import COMMAND, JobQueue
from repgeom_core.selection.row_file import write_rows


def demo_arguments(out: Path) -> list[str]:
    return ["demo", f"--out={out}"]


def import_arguments(
    config: Config,
    paths: Sequence[Path],
    out: Path,
    name: str,
    roles: Mapping[str, str],
    splits: Sequence[str] = (),
    drop_invalid: bool = False,
    prefix_ids: bool = False,
) -> list[str]:
    """Import ``paths`` (absolute) as one bundle; ``roles`` only where they differ from the guess, ``splits`` one a path or none."""
    return [
        "import",
        *map(str, paths),
        f"--out={out}",
        f"--name={name}",
        *(f"--role={column}={role}" for column, role in roles.items()),
        *(f"--split={split}" for split in splits),
        *(["--drop-invalid"] if drop_invalid else []),
        *(["--prefix-ids"] if prefix_ids else []),
        restriction(config),
    ]


def extract_arguments(config: Config, recipe: Path, out: Path) -> list[str]:
    return ["extract", str(recipe), f"--out={out}", restriction(config)]


def map_arguments(bundle: Path, layer: str, checkpoint: str, split: str, method: str, parameters: Mapping[str, Any]) -> list[str]:
    options = {"layer": layer, "checkpoint": checkpoint, "split": split, "method": method, **parameters}
    return ["map", str(bundle), *(f"--{name.replace('_', '-')}={value}" for name, value in options.items())]


def treemap_arguments(
    queue: JobQueue,
    bundle: Path,
    layer: str,
    checkpoint: str,
    split: str = "all",
    rows: np.ndarray | None = None,
    method: str = "ward",
    seed: int = 0,
) -> list[str]:
    """The tree of one layer at one checkpoint.

    ``rows (m,)``, where only they are asked about, stand for a file that :func:`submit` writes.
    """
    options = {"layer": layer, "checkpoint": checkpoint, "method": method, "seed": seed}
    return ["treemap", str(bundle), *(f"--{name}={value}" for name, value in options.items()), _samples(queue, split, rows)]


def neighbours_arguments(
    queue: JobQueue,
    bundle: Path,
    layer: str,
    checkpoint: str,
    split: str = "all",
    rows: np.ndarray | None = None,
    k: int = 15,
    against: str | None = None,
) -> list[str]:
    """The nearest neighbours in one layer at one checkpoint, and ``against`` another.

    ``rows (m,)``, where only they are asked about, stand for a file that :func:`submit` writes.
    """
    other = [] if against is None else [f"--against={against}"]
    return ["neighbours", str(bundle), f"--layer={layer}", f"--checkpoint={checkpoint}", _samples(queue, split, rows), f"--k={k}", *other]


def compare_arguments(
    queue: JobQueue, bundle: Path, tree: Mapping[str, str], other: Mapping[str, str], split: str = "all", rows: np.ndarray | None = None
) -> list[str]:
    """Two trees over the same samples, each said by its ``layer``, ``checkpoint`` and ``method``, or as the ``tree`` of that name.

    ``rows (m,)``, where only they are asked about, stand for a file that :func:`submit` writes.
    """
    said = [f"--{name}={value}" for name, value in tree.items()] + [f"--{name}-b={value}" for name, value in other.items()]
    return ["compare", str(bundle), *said, _samples(queue, split, rows)]


def analyze_arguments(
    queue: JobQueue,
    bundle: Path,
    name: str,
    layer: str,
    checkpoint: str,
    split: str = "all",
    rows: np.ndarray | None = None,
    parameters: Mapping[str, Any] | None = None,
    interval: bool = True,
    null: bool = True,
) -> list[str]:
    """One analysis at one place. ``rows (m,)``, where only they are asked about, stand for a file that :func:`submit` writes."""
    return [
        "analyze",
        str(bundle),
        f"--analysis={name}",
        f"--layer={layer}",
        f"--checkpoint={checkpoint}",
        _samples(queue, split, rows),
        *(f"--param={parameter}={value}" for parameter, value in (parameters or {}).items()),
        *([] if interval else ["--no-interval"]),
        *([] if null else ["--no-null"]),
    ]


def _samples(queue: JobQueue, split: str, rows: np.ndarray | None) -> str:
    return f"--split={split}" if rows is None else f"{ROWS}{_row_file(queue, rows)}"


def _row_file(queue: JobQueue, rows: np.ndarray) -> Path:
    """Named by what it holds, so that equal requests are equal command lines."""
    digest = hashlib.blake2b(np.ascontiguousarray(rows, dtype="<i8").tobytes(), digest_size=16).hexdigest()
    return queue.folder / "rows" / f"{digest}.npy"


def submit(queue: JobQueue, arguments: Sequence[str], title: str, rows: np.ndarray | None = None) -> Job:
    """Queues a map or an analysis that a page waits for.

    Earlier attempts at the same are forgotten, and so are maps and analyses that are done: what they made is in their bundles.
    """
    for job in queue.jobs():
        if (job.arguments == tuple(arguments) and not job.active) or (job.lane in (MAP, ANALYSIS) and job.state == "done"):
            job.remove()
    if rows is not None:
        write_rows(_row_file(queue, rows), rows)
    return queue.submit(arguments, title)


def restriction(config: Config) -> str:
    """``--restricted=FILE``, a copy of what is allowed at this moment."""
    return f"--restricted={config.write(config.workspace / 'allowed.toml')}"


def folders_in_use(queue: JobQueue) -> set[Path]:
    """Where jobs that run or wait write: the bundles they make (nothing may be there yet) and those that they add a result to."""
    active = queue.active()
    made = {Path(a.removeprefix("--out=")) for job in active for a in job.arguments if a.startswith("--out=")}
    return made | {Path(job.arguments[1]) for job in active if job.lane in (MAP, ANALYSIS)}


def files_in_use(queue: JobQueue) -> set[str]:
    """What jobs that run, wait or can be resumed read: the paths among their arguments and in their recipes."""
    found: set[str] = set()
    for job in queue.jobs():
        if job.active or job.resumable:
            found.update(job.arguments)
            if job.arguments[0] == "extract":
                found.update(_files_of(Path(job.arguments[1])))
    return found


def _files_of(path: Path) -> Iterator[str]:
    try:
        recipe = load_recipe(path)
    except RecipeError:  # it is gone: the job cannot read anything either
        return
    paths = [*(data.path for data in recipe.data), *(checkpoint.path for checkpoint in recipe.checkpoints)]
    yield from (str(recipe.resolve(path)) for path in paths if path is not None)


def list_layers(config: Config, recipe: Path, timeout: float = 120.0, command: Sequence[str] = COMMAND) -> list[dict[str, Any]]:
    """``repgeom layers RECIPE --json`` in a process of its own, so that the server never imports torch or a person's model.

    Each layer has a name, type, shape and parameters. Raises :class:`JobError` with the worker's sentence.
    """
    arguments = [*command, "layers", str(recipe), "--json", restriction(config)]
    try:
        answer = subprocess.run(arguments, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout, check=False)
    except subprocess.TimeoutExpired:
        raise JobError(
            f"Building the model took longer than {timeout:.0f} s and was stopped; leave the layers open to take its top-level modules."
        ) from None
    if answer.returncode != 0:
        said = answer.stderr.strip().splitlines()
        raise JobError(
            said[-1].removeprefix("repgeom: error: ") if said else f"Listing the layers ended with exit code {answer.returncode}."
        )
    try:
        layers: list[dict[str, Any]] = json.loads(answer.stdout[max(0, answer.stdout.find("[\n")) :])
    except ValueError:
        raise JobError("The list of layers cannot be read; does the model print while it is built?") from None
    return layers
