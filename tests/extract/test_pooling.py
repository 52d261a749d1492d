from __future__ import annotations

import numpy as np
import pytest
import torch

from repgeom_core.errors import ModelError
from repgeom_core.extract.pooling import pool, pooling_for

IMAGES = torch.arange(2 * 3 * 4 * 5, dtype=torch.float32).reshape(2, 3, 4, 5)
TOKENS = torch.arange(2 * 3 * 4, dtype=torch.float32).reshape(2, 3, 4)
VECTORS = torch.arange(6.0).reshape(2, 3)


@pytest.mark.parametrize(
    ("output", "pooling", "expected"),
    [
        (IMAGES, "auto", IMAGES.numpy().mean((2, 3))),
        (IMAGES, "gap", IMAGES.numpy().mean((2, 3))),
        (IMAGES, "mean", IMAGES.numpy().mean((1, 2))),
        (IMAGES, "flatten", IMAGES.numpy().reshape(2, -1)),
        (IMAGES[..., None], "auto", IMAGES.numpy().mean((2, 3))),
        (TOKENS, "auto", TOKENS.numpy().mean(1)),
        (TOKENS, "mean", TOKENS.numpy().mean(1)),
        (TOKENS, "gap", TOKENS.numpy().mean(2)),
        (TOKENS, "cls", TOKENS.numpy()[:, 0]),
        (TOKENS, "last", TOKENS.numpy()[:, -1]),
        (TOKENS, "flatten", TOKENS.numpy().reshape(2, -1)),
        (VECTORS, "auto", VECTORS.numpy()),
        (VECTORS, "gap", VECTORS.numpy()),
        (VECTORS, "mean", VECTORS.numpy()),
        (VECTORS[:, 0], "auto", VECTORS.numpy()[:, :1]),
    ],
)
def test_pooling_is_that_mean_or_choice(output: torch.Tensor, pooling: str, expected: np.ndarray) -> None:
    pooled = pool(output, pooling, "layer")
    assert pooled.dtype == torch.float32
    np.testing.assert_allclose(pooled.numpy(), expected, rtol=1e-6)


@pytest.mark.parametrize("output", [IMAGES, TOKENS, VECTORS, IMAGES[:, :, :1, :1]])
@pytest.mark.parametrize("pooling", ["auto", "gap", "mean", "flatten", "cls", "last"])
def test_pooled_values_do_not_change_with_the_output(output: torch.Tensor, pooling: str) -> None:
    if pooling in ("cls", "last") and output.ndim != 3:
        pytest.skip("not for this shape")
    output = output.clone()
    pooled = pool(output, pooling, "layer")
    before = pooled.clone()
    output.fill_(-1)
    assert torch.equal(pooled, before)


@pytest.mark.parametrize("pooling", ["cls", "last"])
@pytest.mark.parametrize("output", [IMAGES, VECTORS])
def test_token_pooling_of_anything_else_names_layer_and_shape(output: torch.Tensor, pooling: str) -> None:
    with pytest.raises(ModelError, match=r"'body.fc'.*tokens"):
        pool(output, pooling, "body.fc")


def test_half_precision_outputs_are_averaged_in_float32() -> None:
    ones = torch.full((1, 1, 300, 300), 1.0, dtype=torch.float16)
    ones[0, 0, 0, 0] = 0.0
    assert pool(ones, "gap", "layer").item() == pytest.approx(1 - 1 / 90_000, rel=1e-7)


def test_own_name_goes_before_globs_and_globs_go_in_order() -> None:
    poolings = {"layer*": "gap", "layer1": "flatten", "*": "mean"}
    assert [pooling_for(name, poolings) for name in ("layer1", "layer2", "stem")] == ["flatten", "gap", "mean"]
    assert pooling_for("stem", {}) == "auto"
