from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_digits

from repgeom_core.analyses.evaluate import measure
from repgeom_core.errors import RepGeomError

X = load_digits().data / 16


def run(features, **parameters):
    return measure("coding_rate", features, interval=False, null=False, **parameters).value


def tight_frames(d: int, K: int, r: int) -> np.ndarray:
    """K orthogonal r-dimensional subspaces; the samples of each are r orthonormal directions and their opposites."""
    return np.concatenate([sign * np.eye(d)[k * r : (k + 1) * r] for k in range(K) for sign in (1, -1)])


@pytest.mark.parametrize(
    ("d", "K", "r", "eps_sq", "expected"),
    [(64, 5, 4, 0.25, 26.2467), (20, 4, 3, 0.25, 12.2213), (60, 10, 6, 0.5, 32.95836866)],
)
def test_orthogonal_tight_frames(d, K, r, eps_sq, expected):
    assert run(tight_frames(d, K, r), eps_sq=eps_sq) == pytest.approx(expected, abs=5e-5)
    assert run(tight_frames(d, K, r), eps_sq=eps_sq) == pytest.approx(K * r / 2 * np.log1p(d / (K * r * eps_sq)), rel=1e-12)


def test_digits():
    assert run(X) == pytest.approx(12.788182, abs=5e-7)


@pytest.mark.parametrize("n", [1, 5, 63, 64, 200])
def test_agrees_with_the_n_by_n_determinant(n):
    Z = X[:n] / np.linalg.norm(X[:n], axis=1, keepdims=True)
    assert run(X[:n], eps_sq=0.3) == pytest.approx(np.linalg.slogdet(np.eye(n) + 64 / (n * 0.3) * Z @ Z.T)[1] / 2, rel=1e-10)


def test_all_directions_alike_take_the_most_room():
    result = measure("coding_rate", np.tile(np.eye(8), (3, 1)), interval=False, null=False)
    assert result.value == pytest.approx(result.notes["largest possible"])


def test_repeating_every_sample_changes_nothing_and_lengths_do_not_matter():
    assert run(np.tile(X, (2, 1))) == pytest.approx(run(X), rel=1e-12)
    lengths = np.random.default_rng(0).uniform(0.1, 9, (len(X), 1))
    assert run(X * lengths) == pytest.approx(run(X), rel=1e-12)


def test_zeros_take_no_room():
    assert run(np.zeros((5, 3))) == 0
    assert run(np.vstack([np.eye(3), np.zeros((3, 3))])) < run(np.eye(3))


def test_float32_and_a_memory_map_give_the_same(tmp_path):
    np.save(tmp_path / "x.npy", X.astype(np.float16))
    assert run(tmp_path / "x.npy") == pytest.approx(run(X), rel=1e-6)


def test_epsilon_out_of_bounds_is_refused():
    with pytest.raises(RepGeomError, match="'eps_sq' parameter of coding_rate must be a float"):
        run(X, eps_sq=0.0)
