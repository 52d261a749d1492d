"""Data whose collapse is known in closed form, and digits."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest


@pytest.fixture(scope="session")
def digits() -> tuple[np.ndarray, np.ndarray]:
    from sklearn.datasets import load_digits

    data = load_digits()
    return data.data / 16, data.target


def simplex(K: int, d: int, r: float = 1.0, seed: int = 0) -> np.ndarray:
    """K vectors (K, d) of length r with every cosine −1/(K−1), in a random basis."""
    Q = np.linalg.qr(np.random.default_rng(seed).standard_normal((d, d)))[0]
    return r * np.sqrt(K / (K - 1)) * (np.eye(K, d) - np.eye(K, d)[:K].mean(axis=0)) @ Q


def around(means: np.ndarray, sigma: float) -> tuple[np.ndarray, np.ndarray]:
    """2d points about each mean, whose covariance is exactly σ²I: μ_k ± σ√d e_j."""
    K, d = means.shape
    cross = sigma * np.sqrt(d) * np.concatenate([np.eye(d), -np.eye(d)])
    return (means[:, None] + cross).reshape(-1, d), np.repeat(np.arange(K), 2 * d)


@pytest.fixture(scope="session", name="simplex")
def _simplex() -> Callable[..., np.ndarray]:
    return simplex


@pytest.fixture(scope="session", name="around")
def _around() -> Callable[..., tuple[np.ndarray, np.ndarray]]:
    return around


@pytest.fixture(scope="session")
def value() -> Callable[..., float]:
    """The bare value of an analysis on arrays."""
    from repgeom_core.analyses.evaluate import measure

    def of(name: str, *arrays: np.ndarray, **parameters: object) -> float:
        return measure(name, *arrays, interval=False, null=False, **parameters).value

    return of


@pytest.fixture(scope="session")
def blobs() -> Callable[..., tuple[np.ndarray, np.ndarray]]:
    """Gaussian classes of unequal sizes about random means off the origin."""

    def of(K: int = 5, d: int = 7, per_class: int = 30, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng(seed)
        y = np.repeat(np.arange(K), per_class + np.arange(K) % 4)
        return 2 * rng.standard_normal((K, d))[y] + rng.standard_normal((len(y), d)) * rng.uniform(0.5, 1.5, d) + 3, y

    return of
