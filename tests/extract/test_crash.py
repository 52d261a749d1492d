"""An extraction killed with SIGKILL at 25 random points, then resumed, ends with the bytes of an unbroken one."""

from __future__ import annotations

import importlib
import json
import multiprocessing
import os
import random
import signal
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from repgeom_core.extract import Recipe, extract
from repgeom_core.progress import Progress

KILLS = 25
SHARD_ROWS = 64
SLOW_IMPORTS = ("PIL.WebPImagePlugin", "pyarrow.dataset", "pyarrow.parquet", "safetensors.numpy", "repgeom_core.sources")
FILE_EVENTS = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "shutil.rmtree"}
TABLES: dict[str, Any] = {
    "name": "crash",
    "model": {"builtin": "convnet", "arguments": {"channels": 3, "widths": [8, 12], "classes": 4}},
    "data": [{"path": "data_test.npz", "split": "test"}],
    "checkpoints": [{"name": "first"}, {"name": "second"}],
    "extract": {"layers": ["*"], "batch_size": 16, "device": "cpu"},
}


def content(bundle: Path) -> dict[str, bytes]:
    files = {str(f.relative_to(bundle)): f.read_bytes() for f in sorted(bundle.rglob("*")) if f.is_file()}
    manifest = json.loads(files["manifest.json"])
    del manifest["created"]
    files["manifest.json"] = json.dumps(manifest).encode()
    return files


class Events(Progress):
    """Counts what a run does to files and every report of progress; dies by SIGKILL at event number ``last``."""

    def __init__(self, last: int | None = None) -> None:
        super().__init__()
        self.count, self.last = 0, last
        sys.addaudithook(lambda event, arguments: self.happened() if event in FILE_EVENTS else None)

    def happened(self) -> None:
        self.count += 1
        if self.count == self.last:
            os.kill(os.getpid(), signal.SIGKILL)

    def update(self, stage: str, done: int, total: int) -> None:
        self.happened()
        super().update(stage, done, total)


def run(folder: Path, out: Path, resume: bool, kill_at: int | None = None) -> int:
    """Extract in a forked process that is killed at that event; how many events there were when nobody killed it."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            events = Events(kill_at)
            extract(Recipe.from_dict(TABLES, folder), out, resume=resume, progress=events, shard_rows=SHARD_ROWS)
            os.write(writing, str(events.count).encode())
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    count = os.read(reading, 100)
    os.close(reading)
    _, status = os.waitpid(child, 0)
    if kill_at is None:
        assert os.waitstatus_to_exitcode(status) == 0
        return int(count)
    assert os.WIFSIGNALED(status)
    assert os.WTERMSIG(status) == signal.SIGKILL
    return 0


def kill_and_resume(folder: Path, answers: Any) -> None:
    """In a process of its own, where everything slow is imported once and forking is safe as it has started no threads."""
    import torch

    for module in SLOW_IMPORTS:
        importlib.import_module(module)

    torch.set_num_threads(1)
    try:
        events = run(folder, folder / "unbroken", resume=False)
        expected = content(folder / "unbroken")
        begun, different = 0, []
        for point in sorted(random.Random(0).sample(range(1, int(0.95 * events)), KILLS)):
            out = folder / f"killed{point}"
            run(folder, out, resume=False, kill_at=point)
            begun += bool(list(out.rglob("*.npy")))
            run(folder, out, resume=True)
            if content(out) != expected:
                different.append(point)
        answers.put({"begun": begun, "different": different, "files": len(expected), "events": events})
    except BaseException as error:
        answers.put({"error": repr(error)})
        raise


@pytest.mark.slow
def test_extraction_killed_at_25_random_points_resumes_to_the_same_bytes(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (400, 8, 8, 3), dtype=np.uint8)
    np.savez(tmp_path / "data_test.npz", images=images, labels=rng.integers(0, 4, 400))
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    process = context.Process(target=kill_and_resume, args=(tmp_path, answers))
    process.start()
    answer = answers.get(timeout=500)
    process.join()
    assert "error" not in answer, answer
    assert answer["different"] == []
    assert answer["files"] > 100
    assert 10 <= answer["begun"] < KILLS, f"{answer['begun']} of {KILLS} had written features when they were killed"
