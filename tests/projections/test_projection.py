from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from repgeom_core.bundle import Bundle, create_bundle, open_bundle
from repgeom_core.errors import Cancelled, GeometryError
from repgeom_core.linalg import shared
from repgeom_core.linalg.shared import shared_neighbours
from repgeom_core.progress import Progress
from repgeom_core.projections import cached_projection, project, projection
from repgeom_core.sources.dataset import Dataset

N = 240
LABELS = np.arange(N) % 4


def make_bundle(path: Path, n: int = N, steps: int = 3) -> Bundle:
    """Four classes that move apart over the steps, each step seen from another side; a constant and a one-dimensional layer."""
    random = np.random.default_rng(0)
    means, noise = random.normal(size=(4, 16)), random.normal(size=(n, 16))
    samples = pd.DataFrame({"id": [f"s{i}" for i in range(n)], "split": ["train"] * (n - n // 4) + ["test"] * (n // 4)})
    writer = create_bundle(path, Dataset("moving classes", samples))
    for step in range(steps):
        turn = np.linalg.qr(random.normal(size=(16, 16)))[0]
        hidden = ((means[LABELS[:n]] * (1 + 2 * step) + noise) @ turn + 50).astype(np.float32)
        features = {"hidden": hidden, "constant": np.ones((n, 3), np.float32), "line": noise[:, :1].astype(np.float32)}
        writer.add_checkpoint(f"step-{step}", step, features=features, pooling=dict.fromkeys(features, "none"))
    return open_bundle(path)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return make_bundle(tmp_path_factory.mktemp("run") / "bundle")


@pytest.mark.parametrize("method", ["pca", "umap"])
@pytest.mark.parametrize("layer", ["hidden", "constant", "line"])
def test_a_map_is_finite_within_the_unit_square_and_kept(bundle: Bundle, layer: str, method: str) -> None:
    assert cached_projection(bundle, layer, "step-1", split="train", method=method, seed=3) is None or (method, layer) != ("umap", "hidden")
    made = project(bundle, layer, "step-1", split="train", method=method, seed=3)
    assert made.xy.shape == (180, 2) and made.xy.dtype == np.float32
    assert np.isfinite(made.xy).all() and np.abs(made.xy).max() <= 1
    np.testing.assert_array_equal(made.rows, bundle.rows("train"))
    assert {"n", "d", "scale", "seconds", "versions"} <= set(made.meta)
    kept = cached_projection(open_bundle(bundle.path), layer, "step-1", split="train", method=method, seed=3)
    assert kept is not None and kept.meta == made.meta
    np.testing.assert_array_equal(kept.xy, made.xy)


def test_umap_separates_the_classes_and_says_how_far_to_trust_it(bundle: Bundle) -> None:
    made = project(bundle, "hidden", "step-2", method="umap")
    centres = np.stack([made.xy[c == LABELS].mean(axis=0) for c in range(4)])
    nearest = np.linalg.norm(made.xy[:, None] - centres, axis=2).argmin(axis=1)
    assert (nearest == LABELS).mean() > 0.99
    assert made.meta["trustworthiness"] > 0.85 and 0.2 < made.meta["neighbourhood_preservation"] <= 1
    assert (made.meta["n_neighbors"], made.meta["min_dist"], made.meta["seed"]) == (15, 0.1, 0)


def test_umap_is_the_same_for_the_same_seed_only(bundle: Bundle, tmp_path: Path) -> None:
    again = make_bundle(tmp_path / "again")
    first, second = (project(b, "hidden", "step-0", method="umap", seed=7) for b in (bundle, again))
    np.testing.assert_array_equal(first.xy, second.xy)
    assert not np.array_equal(first.xy, project(again, "hidden", "step-0", method="umap", seed=8).xy)


def test_maps_of_a_turned_run_do_not_spin(bundle: Bundle) -> None:
    last = project(bundle, "hidden", "step-2", method="pca")
    for step in ("step-0", "step-1"):
        earlier = project(bundle, "hidden", step, method="pca")
        assert earlier.meta["aligned_to"] == "step-2"
        cross = (earlier.xy - earlier.xy.mean(axis=0)).T @ (last.xy - last.xy.mean(axis=0))
        np.testing.assert_allclose(cross, cross.T, atol=1e-3)  # no turn brings it nearer: the condition of Procrustes
        assert np.trace(cross) > 0
    means = [np.stack([p.xy[c == LABELS].mean(axis=0) for c in range(4)]) for p in (earlier, last)]
    assert np.linalg.norm(means[0] - means[1], axis=1).max() < 0.25


def test_a_new_last_checkpoint_changes_what_maps_are_turned_to(tmp_path: Path) -> None:
    two = make_bundle(tmp_path / "bundle", steps=2)
    assert project(two, "hidden", "step-0", method="pca").meta["aligned_to"] == "step-1"
    from repgeom_core.bundle import append_to

    hidden = np.random.default_rng(5).normal(size=(N, 16)).astype(np.float32)
    append_to(two.path).add_checkpoint("step-2", 2, features={"hidden": hidden}, pooling={"hidden": "none"})
    three = open_bundle(two.path)
    assert cached_projection(three, "hidden", "step-0", method="pca") is None
    assert project(three, "hidden", "step-0", method="pca").meta["aligned_to"] == "step-2"
    assert project(three, "line", "step-0", method="pca").meta["aligned_to"] == "step-1"


def test_neighbours_are_computed_once_and_sliced(bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = shared_neighbours(bundle, "line", "step-0", k=30)
    monkeypatch.setattr(shared, "neighbours", lambda *args, **kwargs: pytest.fail("computed again"))
    np.testing.assert_array_equal(shared_neighbours(bundle, "line", "step-0", k=5).indices, graph.indices[:, :5])


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 12])
def test_few_samples_give_a_map_or_a_clear_error(n: int, tmp_path: Path) -> None:
    few = make_bundle(tmp_path / "few", n=n, steps=1)
    assert np.isfinite(project(few, "hidden", "step-0", method="pca").xy).all()
    if n < 4:
        with pytest.raises(GeometryError, match=f"at least 4 samples; 'all' has {n}"):
            project(few, "hidden", "step-0", method="umap")
    else:
        made = project(few, "hidden", "step-0", method="umap")
        assert made.xy.shape == (n, 2) and np.isfinite(made.xy).all() and made.meta["n_neighbors"] == min(n, 15)


@pytest.mark.parametrize("wrong", [{"method": "tsne"}, {"n_neighbors": 1}, {"min_dist": 2.0}, {"seed": -1}])
def test_bad_parameters_are_refused(bundle: Bundle, wrong: dict) -> None:
    with pytest.raises(GeometryError, match="got"):
        project(bundle, "hidden", "step-0", **{"method": "umap", **wrong})


def test_the_layout_reports_its_epochs_and_can_be_cancelled(bundle: Bundle) -> None:
    seen = []

    class Watched(Progress):
        def update(self, stage: str, done: int, total: int) -> None:
            seen.append(stage)
            if stage == "UMAP layout":
                self.cancel()
            super().update(stage, done, total)

    with pytest.raises(Cancelled):
        project(bundle, "hidden", "step-0", split="test", method="umap", seed=11, progress=Watched())
    assert {"nearest neighbours", "UMAP layout"} <= set(seen)
    assert cached_projection(bundle, "hidden", "step-0", split="test", method="umap", seed=11) is None


def test_the_key_of_a_map_holds_the_versions_of_what_made_it(bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    project(bundle, "hidden", "step-0", method="pca")
    monkeypatch.setattr(projection, "versions", lambda *packages: dict.fromkeys(packages, "another"))
    assert cached_projection(bundle, "hidden", "step-0", method="pca") is None


def test_compiled_loops_of_umap_are_kept_for_later_processes() -> None:
    from numba.core.caching import NullCache
    from umap import layouts, umap_

    from repgeom_core.projections.umap import _keep_compiled

    _keep_compiled()
    for loop in (umap_.smooth_knn_dist, umap_.compute_membership_strengths, layouts._nb_optimize_layout_euclidean_single_epoch):
        assert not isinstance(loop._cache, NullCache)
