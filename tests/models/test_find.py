from __future__ import annotations

from pathlib import Path

import pytest

from repgeom_core.errors import CheckpointError
from repgeom_core.models import find_checkpoints
from repgeom_core.models.find import fixed_folder, step_in_name


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("epoch=3-step=1200", 1200),
        ("ckpt_0010", 10),
        ("epoch7", 7),
        ("resnet20-12fca82f", None),
        ("final", None),
        ("model_best_12fca82f", None),
        ("checkpoint-500/model", 500),
    ],
)
def test_step_is_the_last_number_of_the_name_and_no_part_of_a_hash(name: str, step: int | None) -> None:
    assert step_in_name(name) == step


def test_glob_is_in_natural_order_with_steps(tmp_path: Path) -> None:
    for epoch in (10, 2, 1):
        (tmp_path / f"epoch{epoch}.pt").touch()
    found = find_checkpoints(tmp_path / "epoch*.pt")
    assert [(f.name, f.step) for f in found] == [("epoch1", 1), ("epoch2", 2), ("epoch10", 10)]


def test_glob_over_folders_takes_names_and_steps_from_them(tmp_path: Path) -> None:
    for step in (1000, 200):
        folder = tmp_path / "run7" / f"checkpoint-{step}"
        folder.mkdir(parents=True)
        (folder / "model.safetensors.index.json").touch()
    found = find_checkpoints(tmp_path / "run7" / "checkpoint-*" / "*.index.json")
    assert [(f.name, f.step) for f in found] == [("checkpoint-200/model", 200), ("checkpoint-1000/model", 1000)]


def test_file_whose_name_has_brackets_is_found_as_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "net[1].pt").touch()
    assert [f.name for f in find_checkpoints(tmp_path / "net[1].pt")] == ["net[1]"]


def test_nothing_found_names_the_pattern(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="nothing.pt"):
        find_checkpoints(tmp_path / "nothing.pt")
    with pytest.raises(CheckpointError, match=r"epoch\*.pt"):
        find_checkpoints(tmp_path / "epoch*.pt")


def test_fixed_folder_ends_before_the_first_wildcard() -> None:
    assert fixed_folder("/data/runs/*/last.pt") == Path("/data/runs")
    assert fixed_folder("/data/runs/last.pt") == Path("/data/runs")
