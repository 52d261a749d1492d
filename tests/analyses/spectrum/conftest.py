"""Digits, and features whose singular values are known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from sklearn.datasets import load_digits

from repgeom_core import measure
from repgeom_core.analyses.result import Result


@pytest.fixture(scope="session")
def digits() -> tuple[np.ndarray, np.ndarray]:
    X, y = load_digits(return_X_y=True)
    return X / 16, y


@pytest.fixture(scope="session")
def with_singular_values() -> Callable[..., np.ndarray]:
    """``make(σ, n, d)``: features (n, d) about mean 0 whose first singular values are exactly σ, the others 0."""

    def make(singular_values, n: int, d: int) -> np.ndarray:
        rng = np.random.default_rng(0)
        k = len(singular_values)
        columns = rng.standard_normal((n, k))
        left = np.linalg.qr(columns - columns.mean(axis=0))[0]
        right = np.linalg.qr(rng.standard_normal((d, k)))[0]
        return (left * np.asarray(singular_values, float)) @ right.T

    return make


@pytest.fixture(scope="session")
def of() -> Callable[..., Result]:
    """``of(name, X, y=None, **parameters)``: the result without interval and null."""

    def run(name: str, X, y=None, **parameters) -> Result:
        return measure(name, X=X, y=y, interval=False, null=False, **parameters)

    return run
