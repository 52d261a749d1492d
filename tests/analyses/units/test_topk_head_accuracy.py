from __future__ import annotations

import numpy as np
import pytest

from repgeom_core.analyses.evaluate import measure
from repgeom_core.errors import RepGeomError

RNG = np.random.default_rng(0)
W, B = RNG.standard_normal((4, 20)), RNG.standard_normal(4)
Y = np.arange(200) % 4
X = RNG.standard_normal((200, 20)) + W[Y]


def run(**parameters):
    return measure("topk_head_accuracy", X, Y, W, B, interval=False, null=False, **parameters)


def test_all_units_kept_is_the_accuracy_of_the_head():
    result = run(kept=1.0)
    assert result.value == pytest.approx(((X @ W.T + B).argmax(axis=1) == Y).mean())
    assert result.details["unchanged"][-1] == 1


@pytest.mark.parametrize("k", [1, 2, 5])
def test_agrees_with_a_loop_over_samples(k):
    correct = 0
    for x, label in zip(X, Y, strict=True):
        strongest = np.argsort(-np.abs(x))[:k]
        correct += int(np.argmax(W[:, strongest] @ x[strongest] + B) == label)
    result = run(kept=k / 20)
    assert result.notes["k"] == k
    assert result.value == pytest.approx(correct / 200)


def test_without_a_head_it_is_refused():
    with pytest.raises(RepGeomError, match="needs a linear classifier"):
        measure("topk_head_accuracy", X, Y)
