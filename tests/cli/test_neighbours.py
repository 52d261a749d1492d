"""``repgeom neighbours`` leaves neighbour graphs where maps, treemaps and analyses look for them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from repgeom_core.bundle import Bundle
from repgeom_core.cli import main
from repgeom_core.linalg.neighbourhood_change import cached_change, neighbourhood_change
from repgeom_core.linalg.neighbours import neighbours
from repgeom_core.linalg.shared import cached_neighbours


def test_neighbours_at_both_checkpoints_are_kept_and_their_change_is_said(bundle: Bundle, capsys: pytest.CaptureFixture[str]) -> None:
    places = ("wide", "step-0"), ("wide", "step-10")
    assert cached_change(bundle, *places, split="train", k=5) is None
    chosen = ["--layer=wide", "--checkpoint=step-0", "--against=step-10", "--split=train", "--k=5", "--progress=none"]
    assert main(["neighbours", str(bundle.path), *chosen]) == 0
    found = cached_change(bundle, *places, split="train", k=5)
    assert found is not None and f"{found.mean:.1%} of them change" in capsys.readouterr().out
    np.testing.assert_array_equal(found.values, neighbourhood_change(bundle, *places, split="train", k=5).values)


def test_neighbours_of_some_rows_are_counted_within_them(bundle: Bundle, tmp_path: Path) -> None:
    rows = np.random.default_rng(0).permutation(40)[:20]
    np.save(tmp_path / "rows.npy", rows)
    asked = ["--layer=wide", "--checkpoint=step-0", f"--rows={tmp_path / 'rows.npy'}", "--k=3", "--progress=none"]
    assert main(["neighbours", str(bundle.path), *asked]) == 0
    found = cached_neighbours(bundle, "wide", "step-0", k=3, rows=rows)
    assert found is not None
    np.testing.assert_array_equal(found.indices, neighbours(bundle.features("wide", "step-0").take(rows), 3).indices)


def test_more_neighbours_than_there_are_is_said(bundle: Bundle, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["neighbours", str(bundle.path), "--layer=wide", "--checkpoint=step-0", "--split=test", "--k=10"]) == 1
    assert "from 1 to 9" in capsys.readouterr().err
