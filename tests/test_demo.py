"""The demo collapses for real, is the same every time, and is there whole or not at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from repgeom_core.bundle import Bundle, open_bundle
from repgeom_core.cli import main
from repgeom_core.demo import CHECKPOINT_STEPS, make_demo, one_thread, train
from repgeom_core.errors import BundleError, Cancelled
from repgeom_core.progress import Progress


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return open_bundle(make_demo(tmp_path_factory.mktemp("bundles") / "demo"))


def features(bundle: Bundle, checkpoint: str, split: str = "train", layer: str = "features") -> tuple[np.ndarray, np.ndarray]:
    rows = bundle.rows(split)
    return bundle.features(layer, checkpoint).take(rows).astype(np.float64), bundle.y[rows]


def nc1(X: np.ndarray, y: np.ndarray) -> float:
    """tr(Σ_W Σ_B⁺) / K with the class-balanced global mean, by the definition: d x d matrices and a pseudo-inverse."""
    K = y.max() + 1
    means = np.stack([X[y == k].mean(axis=0) for k in range(K)])
    within = (X - means[y]).T @ (X - means[y]) / len(X)
    centred = means - means.mean(axis=0)
    between = centred.T @ centred / K
    return float(np.trace(within @ np.linalg.pinv(between, rcond=1e-10, hermitian=True)) / K)


def distance_from_simplex(X: np.ndarray, y: np.ndarray) -> float:
    """Mean |cos + 1/(K-1)| over pairs of centred class means."""
    K = y.max() + 1
    means = np.stack([X[y == k].mean(axis=0) for k in range(K)])
    centred = means - means.mean(axis=0)
    unit = centred / np.linalg.norm(centred, axis=1, keepdims=True)
    return float(np.mean([abs(unit[i] @ unit[j] + 1 / (K - 1)) for i in range(K) for j in range(i)]))


def test_nc1_of_the_test_itself_agrees_with_its_closed_form() -> None:
    """Simplex means of norm r with isotropic within-covariance σ²I: NC1 = σ²(K-1)²/(K r²)."""
    K, r, sigma = 10, 3.0, 0.7
    means = (np.eye(K) - 1 / K) * r / np.sqrt(1 - 1 / K)
    spread = sigma * np.sqrt(K) * np.concatenate([np.eye(K), -np.eye(K)])
    X = (means[:, None, :] + spread[None]).reshape(-1, K)
    y = np.repeat(np.arange(K), len(spread))
    assert nc1(X, y) == pytest.approx(sigma**2 * (K - 1) ** 2 / (K * r**2))
    assert distance_from_simplex(X, y) == pytest.approx(0, abs=1e-12)


def test_class_variability_falls_a_hundredfold_to_below_a_fiftieth(bundle: Bundle) -> None:
    first, last = (nc1(*features(bundle, bundle.checkpoints[i].name)) for i in (0, -1))
    assert last < 0.02
    assert first / last > 100


def test_class_means_end_as_a_simplex(bundle: Bundle) -> None:
    first, last = (distance_from_simplex(*features(bundle, bundle.checkpoints[i].name)) for i in (0, -1))
    assert last < 0.05 < first


def test_collapse_deepens_with_the_layers(bundle: Bundle) -> None:
    by_layer = [
        nc1(*features(bundle, bundle.checkpoints[-1].name, layer=layer)) for layer in ("input", "hidden1", "hidden2", "hidden3", "features")
    ]
    assert by_layer == sorted(by_layer, reverse=True)


def test_the_network_learns_digits_it_has_not_seen(bundle: Bundle) -> None:
    assert bundle.checkpoints[0].accuracy["test"] < 0.3
    assert bundle.checkpoints[-1].accuracy["test"] > 0.95
    assert bundle.checkpoints[-1].accuracy["train"] > 0.99


def test_every_checkpoint_has_all_layers_logits_and_head_for_train_and_test(bundle: Bundle) -> None:
    bundle.verify()
    assert (len(bundle.rows("train")), len(bundle.rows("test"))) == (1400, 397)
    assert [checkpoint.step for checkpoint in bundle.checkpoints] == list(CHECKPOINT_STEPS)
    for checkpoint in bundle.checkpoints:
        widths = {layer: entry.dim for layer, entry in checkpoint.layers.items()}
        assert widths == {"input": 64, "hidden1": 128, "hidden2": 128, "hidden3": 128, "features": 128}
        head, logits = bundle.head(checkpoint.name), bundle.logits(checkpoint.name)
        assert head is not None
        assert logits is not None
        X = np.asarray(bundle.features("features", checkpoint.name))
        np.testing.assert_allclose(X @ head.W.T + head.b, np.asarray(logits), atol=1e-4)
    assert bundle.thumbnails is not None


def test_the_input_layer_is_the_same_at_every_checkpoint(bundle: Bundle) -> None:
    assert len({checkpoint.layers["input"].digest for checkpoint in bundle.checkpoints}) == 1


def test_training_again_with_the_same_seed_gives_the_same_weights_and_another_seed_others(bundle: Bundle, tmp_path: Path) -> None:
    class FewSteps(Progress):
        def update(self, stage: str, done: int, total: int) -> None:
            if done == 100:
                self.cancel()
            super().update(stage, done, total)

    with one_thread():
        for seed in (0, 1):
            with pytest.raises(Cancelled):
                train(tmp_path / str(seed), seed, FewSteps())
    for step in (0, 80):
        name = f"step-{step:05d}.safetensors"
        kept = (bundle.path / "checkpoints" / name).read_bytes()
        assert (tmp_path / "0" / name).read_bytes() == kept
        assert (tmp_path / "1" / name).read_bytes() != kept


def test_the_recipe_in_the_bundle_extracts_the_same_arrays_again(bundle: Bundle, tmp_path: Path) -> None:
    with one_thread():
        assert main(["extract", str(bundle.path / "recipe.toml"), "--out", str(tmp_path / "again"), "--progress", "none"]) == 0
    again = open_bundle(tmp_path / "again")
    assert again.ids_digest == bundle.ids_digest
    assert [c.layers for c in again.checkpoints] == [c.layers for c in bundle.checkpoints]
    assert [c.logits for c in again.checkpoints] == [c.logits for c in bundle.checkpoints]


@pytest.mark.parametrize("stage", ["train", "extract"])
def test_a_demo_that_is_stopped_leaves_nothing(tmp_path: Path, stage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("repgeom_core.demo.CHECKPOINT_STEPS", (0, 3))

    class Stopped(Progress):
        def update(self, stage_now: str, done: int, total: int) -> None:
            if stage_now == stage and done > 1:
                self.cancel()
            super().update(stage_now, done, total)

    with pytest.raises(Cancelled):
        make_demo(tmp_path / "demo", progress=Stopped())
    assert list(tmp_path.iterdir()) == []


def test_a_demo_that_is_there_is_replaced_only_when_told(bundle: Bundle, capsys: pytest.CaptureFixture[str]) -> None:
    before = (bundle.path / "manifest.json").read_bytes()

    class Stages(Progress):
        def update(self, stage: str, done: int, total: int) -> None:
            raise AssertionError(f"refused after {stage}, not before")

    with pytest.raises(BundleError, match="--overwrite"):
        make_demo(bundle.path, progress=Stages())
    assert (bundle.path / "manifest.json").read_bytes() == before


def test_the_command_makes_it_where_told_and_says_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("repgeom_core.demo.CHECKPOINT_STEPS", (0, 3))
    monkeypatch.chdir(tmp_path)
    assert main(["demo", "--progress", "none", "--seed", "7"]) == 0
    assert f"repgeom serve {tmp_path / '.repgeom' / 'bundles' / 'demo'}" in capsys.readouterr().out
    assert len(open_bundle(tmp_path / ".repgeom" / "bundles" / "demo").checkpoints) == 2
