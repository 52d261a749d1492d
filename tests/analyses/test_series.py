"""Series: the same values as one analysis at a time, gaps where a need is not met, nulls shared between analyses, answered from disk."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from repgeom_core.analyses import analyze, find, run
from repgeom_core.analyses.series import null_series, one_pass, quick, series
from repgeom_core.bundle import Bundle, open_bundle


@pytest.fixture
def bundle(tmp_path: Path, digits_bundle: Path) -> Bundle:
    shutil.copytree(digits_bundle, tmp_path / "digits")
    return open_bundle(tmp_path / "digits")


def test_values_equal_those_of_analyze(bundle: Bundle) -> None:
    table = series(bundle, ["nc1_pinv"], split="test")
    assert list(table.index) == [(layer, c) for layer in ("pixels", "features") for c in ("start", "middle", "end")]
    for layer, checkpoint in table.index:
        alone = analyze(bundle, "nc1_pinv", layer, checkpoint, "test", interval=False, null=False)
        assert table.loc[(layer, checkpoint), "nc1_pinv"] == pytest.approx(alone.value, rel=1e-12)


def test_a_second_time_nothing_is_computed(bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    first = series(bundle, ["nc1_pinv"])
    monkeypatch.setattr(run, "_inputs", lambda *_: pytest.fail("computed again"))
    run._recent.clear()
    np.testing.assert_array_equal(series(bundle, ["nc1_pinv"]), first)


def test_undefined_values_are_gaps(bundle: Bundle) -> None:
    one_class = np.flatnonzero(bundle.y == 1)
    assert series(bundle, ["nc1_pinv"], rows=one_class).isna().all(axis=None)


def test_the_null_of_a_series_is_that_of_the_analysis(bundle: Bundle) -> None:
    few = null_series(bundle, ["nc1_pinv"], "features", ["end"], draws=5)
    alone = analyze(bundle, "nc1_pinv", "features", "end", interval=False).null
    assert alone is not None
    assert few.loc["end", ("nc1_pinv", "mean")] == pytest.approx(np.mean(alone.draws[:5]), rel=1e-9)
    assert few.loc["end", ("nc1_pinv", "sd")] == pytest.approx(np.std(alone.draws[:5], ddof=1), rel=1e-9)


def test_what_one_pass_serves_is_quick_at_any_size() -> None:
    assert quick(find("nc1_pinv"), 10**7, 4096)
    assert "nc1_pinv" in one_pass("collapse")
    assert one_pass("no such family") == []


def test_an_interval_follows_sums_that_were_taken_without_groups(bundle: Bundle) -> None:
    series(bundle, ["nc1_pinv"], ["features"], ["end"])  # class moments in one piece
    place = (bundle, "participation_ratio", "features", "end")
    after = analyze(*place, null=False).interval
    run._recent.clear()
    shutil.rmtree(bundle.path / "results")
    assert after == analyze(*place, null=False).interval
