from __future__ import annotations

import numpy as np
import pytest

from repgeom_core.analyses.evaluate import measure
from repgeom_core.errors import RepGeomError


def run(W, null=False):
    return measure("head_coherence", np.zeros((2, W.shape[1])), W=W, interval=False, null=null)


def test_orthogonal_rows_and_a_simplex():
    assert run(3 * np.eye(4)).value == 0
    assert run(np.eye(5) - 1 / 5).value == pytest.approx(1 / 4)
    assert run(np.array([[1.0, 0], [-2, 0]])).value == pytest.approx(1)


def test_random_rows_stay_above_the_welch_bound():
    result = run(np.random.default_rng(0).standard_normal((1000, 100)))
    assert result.notes["Welch bound"] == pytest.approx(0.094916, abs=5e-7)
    assert result.value == pytest.approx(0.473, abs=0.03)
    assert result.details["cosines"].shape == (1000, 1000)


def test_agrees_with_cosines_written_plainly():
    W = np.random.default_rng(1).standard_normal((6, 4))
    cosines = [abs(W[i] @ W[j]) / np.linalg.norm(W[i]) / np.linalg.norm(W[j]) for i in range(6) for j in range(i)]
    result = run(W)
    assert result.value == pytest.approx(max(cosines), rel=1e-12)
    assert result.notes["mean absolute cosine"] == pytest.approx(np.mean(cosines), rel=1e-12)


def test_one_row_is_undefined_and_no_head_is_refused():
    assert "fewer than two" in run(np.ones((1, 3))).notes["why"]
    with pytest.raises(RepGeomError, match="needs a linear classifier"):
        measure("head_coherence", np.ones((2, 3)))


def test_null_is_rows_in_random_directions():
    W = np.eye(8)
    assert run(W, null=True).null.mean > 0.5
