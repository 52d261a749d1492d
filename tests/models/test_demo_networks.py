"""The built-in networks: their shapes, their layer names, what they refuse."""

from __future__ import annotations

import pytest
import torch

from repgeom_core.errors import ModelError
from repgeom_core.models.demo_networks import BUILTIN, convnet, mlp


@pytest.mark.parametrize("name", BUILTIN)
def test_every_builtin_network_ends_in_a_linear_head_that_reads_one_vector_per_image(name: str) -> None:
    network = BUILTIN[name]().eval()
    assert [child for child, _ in network.named_children()][-1] == "head"
    assert isinstance(network.head, torch.nn.Linear)
    read = []
    network.head.register_forward_hook(lambda module, inputs, output: read.append(inputs[0]))
    assert network(torch.randn(5, 1, 8, 8)).shape == (5, 10)
    assert read[0].shape == (5, network.head.in_features)


def test_mlp_names_its_layers_from_input_to_head() -> None:
    network = mlp(inputs=6, hidden=(4, 3, 5), classes=2)
    assert [name for name, _ in network.named_children()] == ["input", "hidden1", "hidden2", "hidden3", "head"]
    assert [network.get_submodule(name)[0].out_features for name in ("hidden1", "hidden2", "hidden3")] == [4, 3, 5]


def test_mlp_flattens_images_so_that_its_input_layer_is_the_pixels() -> None:
    images = torch.randn(3, 1, 8, 8)
    assert torch.equal(mlp().input(images), images.reshape(3, 64))


@pytest.mark.parametrize(("channels", "side"), [(1, 8), (3, 32), (3, 20)])
def test_convnet_takes_images_of_any_size_from_8_x_8(channels: int, side: int) -> None:
    network = convnet(channels=channels, widths=(4, 8), classes=7).eval()
    images = torch.randn(2, channels, side, side)
    assert network(images).shape == (2, 7)
    assert network.stage1(images).shape == (2, 4, side, side)
    assert network.stage2(network.stage1(images)).shape == (2, 8, side // 2, side // 2)


def test_the_same_seed_builds_the_same_network() -> None:
    def weights(seed: int) -> torch.Tensor:
        torch.manual_seed(seed)
        return torch.cat([parameter.flatten() for parameter in mlp().parameters()])

    assert torch.equal(weights(3), weights(3))
    assert not torch.equal(weights(3), weights(4))


@pytest.mark.parametrize("wrong", [{"hidden": []}, {"hidden": [8, 0]}, {"hidden": "wide"}, {"inputs": -1}, {"classes": 2.5}])
def test_sizes_that_cannot_be_are_refused_by_name(wrong: dict) -> None:
    with pytest.raises(ModelError, match=next(iter(wrong))):
        mlp(**wrong)


def test_convnet_refuses_what_mlp_refuses() -> None:
    with pytest.raises(ModelError, match="widths"):
        convnet(widths=())
