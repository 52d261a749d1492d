"""Samples of known subspaces, and directions without any."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest


@pytest.fixture(scope="session")
def subspaces() -> Callable[..., tuple[np.ndarray, np.ndarray]]:
    """``subspaces(K, r, d, m, seed=0)``: (K m, d), m Gaussian samples of each of K random subspaces of dimension r; their codes (K m,)."""

    def sampled(K: int, r: int, d: int, m: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng(seed)
        parts = [rng.standard_normal((m, r)) @ np.linalg.qr(rng.standard_normal((d, r)))[0].T for _ in range(K)]
        return np.concatenate(parts), np.repeat(np.arange(K), m)

    return sampled


@pytest.fixture(scope="session")
def unit() -> Callable[[int, int], np.ndarray]:
    """``unit(n, d)``: random directions, rows of length 1."""

    def directions(n: int, d: int) -> np.ndarray:
        Z = np.random.default_rng(0).standard_normal((n, d))
        return Z / np.linalg.norm(Z, axis=1, keepdims=True)

    return directions
