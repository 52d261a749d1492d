"""Axiom check: theorems show in its verdicts, and its examples name samples of the data."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, linkage

from repgeom_core import measure
from repgeom_core.analyses import analyze
from repgeom_core.analyses.hierarchy.axiom_check import height_of_cut, own_coordinates
from repgeom_core.bundle import open_bundle
from repgeom_core.hierarchy.axioms import distances

X = np.random.default_rng(0).normal(size=(200, 5))


def verdicts(**parameters: object) -> dict[str, str]:
    return dict(measure("axiom_check", X, samples=60, **parameters).notes)  # type: ignore[arg-type]


def test_single_linkage_at_a_height_breaks_nothing_but_the_scale() -> None:
    found = verdicts(method="single", stop="height")
    assert found.pop("scale invariance").startswith("violated in ")
    assert set(found.values()) == {"holds in all 20 trials"} and len(found) == 4


def test_a_number_of_clusters_keeps_the_scale_and_cannot_be_rich() -> None:
    for method in ("single", "average", "complete", "ward", "kmeans"):
        found = verdicts(method=method, trials=6)
        assert found["scale invariance"] == "holds in all 6 trials"
        assert found["richness"].startswith("violated in ")


def test_the_value_is_the_share_of_all_trials_and_kmeans_has_no_heights() -> None:
    result = measure("axiom_check", X, method="kmeans", trials=5, samples=30)
    assert result.details["axiom"].tolist() == ["scale invariance", "consistency", "richness", "functoriality"]
    assert result.value == pytest.approx(result.details["share_held"].mean())
    assert measure("axiom_check", X, method="kmeans", stop="height", trials=5, samples=30).value == result.value


def test_examples_name_samples_of_the_data() -> None:
    words = [verdicts(method="ward", trials=30, seed=seed)["functoriality"] for seed in range(4)]
    named = [int(number) for text in words for pair in re.findall(r"samples (\d+) and (\d+)", text) for number in pair]
    assert 60 <= max(named) < 200  # of the 200, not of the 60 that were drawn


def test_examples_of_a_split_name_the_bundles_samples(digits_bundle: Path) -> None:
    bundle = open_bundle(digits_bundle)
    layer, rows = list(bundle.layers(bundle.checkpoints[-1].name))[-1], np.arange(bundle.n)[::-7]
    found = analyze(bundle, "axiom_check", layer, bundle.checkpoints[-1].name, rows=rows, trials=20, samples=60)
    told = {name for text in found.notes.values() for pair in re.findall(r"samples '(.*?)' and '(.*?)'", text) for name in pair}
    assert told and told <= set(bundle.ids[rows])


def test_own_coordinates_keep_distances_and_turn_with_the_data() -> None:
    Q = np.linalg.qr(np.random.default_rng(1).normal(size=(5, 5)))[0]
    here, there = own_coordinates(X), own_coordinates(X @ Q + 3)
    np.testing.assert_allclose(distances(here), distances(X))
    np.testing.assert_allclose(here, there, atol=1e-9)
    assert own_coordinates(X[:3]).shape == (3, 3)


def test_the_height_of_the_cut_gives_that_many_clusters() -> None:
    for clusters in (2, 7, 50):
        Z = linkage(distances(X), "average")
        assert len(np.unique(fcluster(Z, height_of_cut(X, "average", clusters), "distance"))) == clusters


def test_what_cannot_be_tried_is_undefined_with_the_reason() -> None:
    assert "too few" in measure("axiom_check", X[:8]).notes["why"]
    assert measure("axiom_check", np.ones((30, 2))).notes["why"] == "all samples are equal"
    copies = np.repeat(np.eye(4), 10, axis=0)
    assert "no height above 0" in measure("axiom_check", copies, stop="height").notes["why"]
