"""Clouds of known dimension, digits, and exact neighbours by another library."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.neighbors import NearestNeighbors

from repgeom_core.analyses.evaluate import evaluate
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.registry import find
from repgeom_core.analyses.result import Result


@pytest.fixture(scope="session")
def digits() -> tuple[np.ndarray, np.ndarray]:
    X, y = load_digits(return_X_y=True)
    return X / 16, y


@pytest.fixture(scope="session")
def clouds() -> dict[str, Inputs]:
    """2000 samples each in a random subspace, from one generator in this order; their neighbours are found once."""
    rng = np.random.default_rng(0)
    made = {}
    for kind, d, D in (("cube", 5, 50), ("gauss", 10, 100), ("sphere", 10, 100), ("cube", 20, 100), ("gauss", 50, 768)):
        Z = rng.random((2000, d)) if kind == "cube" else rng.standard_normal((2000, d))
        if kind == "sphere":
            Z = rng.standard_normal((2000, d + 1))
            Z /= np.linalg.norm(Z, axis=1, keepdims=True)
        Q = np.linalg.qr(rng.standard_normal((D, Z.shape[1])))[0]
        made[f"{kind} {d} in {D}"] = Inputs(Z @ Q.T)
    for inputs in made.values():
        inputs.neighbours(64)
    return made


@pytest.fixture(scope="session")
def circle() -> np.ndarray:
    angles = np.random.default_rng(0).uniform(0, 2 * np.pi, 2000)
    return np.stack([np.cos(angles), np.sin(angles), np.zeros(2000)], axis=1)


@pytest.fixture(scope="session")
def exact() -> Callable[[np.ndarray, int], np.ndarray]:
    """Distances (n, k) to the nearest others in float64, by scikit-learn."""

    def distances(X: np.ndarray, k: int) -> np.ndarray:
        return NearestNeighbors(n_neighbors=k, algorithm="kd_tree").fit(X).kneighbors()[0]

    return distances


@pytest.fixture(scope="session")
def of() -> Callable[..., Result]:
    """``of(name, X or inputs, y=None, **parameters)``: the result without interval and null."""

    def run(name: str, X, y=None, **parameters) -> Result:
        declared = find(name)
        data = X if isinstance(X, Inputs) else Inputs(X, y)
        return evaluate(declared, data, declared.validated(parameters), interval=False, null=False)

    return run
