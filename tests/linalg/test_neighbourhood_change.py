"""Neighbourhood change between two places of one bundle: from the shared graphs, symmetric, none with itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from repgeom_core.bundle import open_bundle
from repgeom_core.errors import GeometryError, RepGeomError
from repgeom_core.linalg import neighbourhood_change as module
from repgeom_core.linalg.neighbourhood_change import neighbourhood_change, shared_neighbour_share
from repgeom_core.linalg.neighbours import neighbours

START, END = ("features", "start"), ("features", "end")


def test_each_sample_has_the_share_of_neighbours_that_it_lost(workspace: Path) -> None:
    bundle = open_bundle(workspace / "bundles" / "digits")
    found = neighbourhood_change(bundle, START, END, split="test", k=8)
    rows = bundle.rows("test")
    before, after = (neighbours(bundle.features(*place).take(rows), 8).indices for place in (START, END))
    expected = [1 - len(set(a) & set(b)) / 8 for a, b in zip(before, after, strict=True)]
    np.testing.assert_allclose(found.values, expected)
    assert found.interval[0] < found.mean < found.interval[1] and found.mean == pytest.approx(np.mean(expected))
    assert found.mean < found.chance and found.chance == pytest.approx(1 - 8 / 79)


def test_it_is_symmetric_and_none_with_itself(workspace: Path) -> None:
    bundle = open_bundle(workspace / "bundles" / "digits")
    forth, back = neighbourhood_change(bundle, START, END), neighbourhood_change(bundle, END, START)
    np.testing.assert_array_equal(forth.values, back.values)
    assert neighbourhood_change(bundle, END, END).mean == 0
    assert 0 < neighbourhood_change(bundle, END, ("pixels", "end")).mean < 1


def test_graphs_are_computed_once(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from repgeom_core.linalg import shared

    searches = []
    monkeypatch.setattr(shared, "neighbours", lambda *given, **options: searches.append(1) or neighbours(*given, **options))
    bundle = open_bundle(workspace / "bundles" / "digits")
    for k in (5, 15):
        module.neighbourhood_change(bundle, START, END, k=k)
    assert len(searches) == 2


def test_what_cannot_be_compared_is_refused(workspace: Path) -> None:
    bundle = open_bundle(workspace / "bundles" / "digits")
    with pytest.raises(GeometryError, match="Expected k from 1 to 79"):
        neighbourhood_change(bundle, START, END, split="test", k=80)
    with pytest.raises(RepGeomError, match="absent"):
        neighbourhood_change(bundle, START, ("features", "absent"))
    with pytest.raises(GeometryError, match=r"shapes \(3, 2\) and \(4, 2\)"):
        shared_neighbour_share(np.zeros((3, 2)), np.zeros((4, 2)))
