"""The main job on real input: third-party CIFAR-10 ResNets on CIFAR-10 images."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from repgeom_core.bundle import open_bundle
from repgeom_core.extract import Recipe, extract, list_layers, load_recipe
from repgeom_core.models import build_model

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"

pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not (DATA / "cifar10_resnets").is_dir(), reason="../shared/data (CIFAR-10 and its checkpoints) is not here"),
]


@pytest.fixture(scope="module")
def recipe() -> Recipe:
    return load_recipe(ROOT / "examples" / "cifar10_resnets.toml")


def test_example_network_has_the_published_number_of_parameters(recipe: Recipe) -> None:
    # He et al. 2016, table 6: 0.27 and 0.85 million.
    for checkpoint, millions in zip(recipe.checkpoints, (0.27, 0.85), strict=True):
        model = build_model(recipe.model_of(checkpoint), recipe.folder)
        assert sum(p.numel() for p in model.parameters()) / 1e6 == pytest.approx(millions, abs=0.006)


def test_layers_of_the_example_are_stem_and_three_stages(recipe: Recipe) -> None:
    shapes = {layer.name: layer.shape for layer in list_layers(recipe)}
    assert [shapes[name] for name in ("stem", "layer1", "layer2", "layer3")] == [(16, 32, 32), (16, 32, 32), (32, 16, 16), (64, 8, 8)]


def test_first_images_are_predicted_as_by_the_checkpoint_alone(recipe: Recipe, tmp_path: Path) -> None:
    """Accuracy and logits of resnet20 on 300 images, against a plain loop over the file's own arrays."""
    small = replace(
        recipe,
        data=tuple(replace(spec, limit=300) for spec in recipe.data[:1]),
        checkpoints=recipe.checkpoints[:1],
    )
    bundle = open_bundle(extract(small, tmp_path / "bundle", device="cpu"))
    archive = np.load(DATA / "cifar10_test.npz")
    x = (archive["images"][:300] / 255 - np.array([0.485, 0.456, 0.406])) / np.array([0.229, 0.224, 0.225])
    state = torch.load(DATA / "cifar10_resnets" / "resnet20-12fca82f.th", weights_only=True, map_location="cpu")["state_dict"]
    assert recipe.model is not None
    model = build_model(recipe.model, recipe.folder)
    model.load_state_dict({name.removeprefix("module."): tensor for name, tensor in state.items()})
    with torch.no_grad():
        logits = model(torch.from_numpy(x.transpose(0, 3, 1, 2)).float()).numpy()
    np.testing.assert_allclose(np.asarray(bundle.logits("resnet20")), logits, rtol=1e-3, atol=1e-3)
    assert bundle.checkpoint("resnet20").accuracy["test"] == pytest.approx((logits.argmax(1) == archive["labels"][:300]).mean())
    np.testing.assert_allclose(
        np.asarray(bundle.features("features", "resnet20")), np.asarray(bundle.features("layer3", "resnet20")), rtol=1e-5, atol=1e-6
    )


@pytest.mark.slow
def test_accuracies_are_the_published_ones(recipe: Recipe, tmp_path: Path) -> None:
    bundle = open_bundle(extract(recipe, tmp_path / "bundle"))
    published = {"resnet20": {"test": 0.9173, "train": 0.9980}, "resnet56": {"test": 0.9339, "train": 1.0000}}
    for checkpoint in bundle.checkpoints:
        assert checkpoint.accuracy == pytest.approx(published[checkpoint.name], abs=3e-4)
        assert list(checkpoint.layers) == ["stem", "layer1", "layer2", "layer3", "features"]
        assert checkpoint.weight_digest is not None
