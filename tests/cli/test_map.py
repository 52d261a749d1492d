"""``repgeom map`` leaves the map where the dashboard looks for it."""

from __future__ import annotations

import numpy as np
import pytest

from repgeom_core.bundle import Bundle, open_bundle
from repgeom_core.cli import main
from repgeom_core.projections import Projection, cached_projection


def test_the_map_is_cached_in_the_bundle(bundle: Bundle, capsys: pytest.CaptureFixture[str]) -> None:
    chosen = {"layer": "wide", "checkpoint": "step-0", "split": "train", "method": "pca"}
    assert cached_projection(bundle, **chosen) is None
    assert main(["map", str(bundle.path), *(f"--{name}={value}" for name, value in chosen.items()), "--progress", "none"]) == 0
    assert "30 samples" in capsys.readouterr().out
    projection = cached_projection(open_bundle(bundle.path), **chosen)
    assert projection is not None
    assert projection.xy.shape == (30, 2)
    np.testing.assert_array_equal(projection.rows, bundle.rows("train"))


def test_umap_gets_the_parameters_given(bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {}

    def project(bundle: Bundle, layer: str, checkpoint: str, **parameters: object) -> Projection:
        asked.update(parameters)
        return Projection(np.zeros((2, 2), np.float32), np.arange(2), "umap", {})

    monkeypatch.setattr("repgeom_core.projections.project", project)
    arguments = ["--layer", "wide", "--checkpoint", "step-0", "--n-neighbors", "7", "--min-dist", "0.3", "--seed", "5"]
    assert main(["map", str(bundle.path), *arguments, "--progress", "none"]) == 0
    assert {name: asked[name] for name in ("method", "n_neighbors", "min_dist", "seed", "split")} == {
        "method": "umap",
        "n_neighbors": 7,
        "min_dist": 0.3,
        "seed": 5,
        "split": "all",
    }


def test_a_layer_that_is_not_there_is_named(bundle: Bundle, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["map", str(bundle.path), "--layer", "nose", "--checkpoint", "step-0", "--method", "pca"]) == 1
    assert "nose" in capsys.readouterr().err
