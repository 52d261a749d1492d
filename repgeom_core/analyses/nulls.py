"""Null models: what a value would be if nothing had been learned. Each makes other inputs of the same shape."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from repgeom_core.analyses.contract import Outcome
from repgeom_core.analyses.dimension.twonn import twonn
from repgeom_core.analyses.inputs import Inputs

Null = Callable[[Inputs, np.random.Generator], Inputs]
MOST_OF_A_CLASS = 201


def shuffled_labels(data: Inputs, rng: np.random.Generator) -> Inputs:
    """The same features, labels in random order."""
    return data.replaced(y=rng.permutation(data.y))


def random_means(data: Inputs, rng: np.random.Generator) -> Inputs:
    """One Gaussian sample per class: what K random directions in d dimensions look like (ETF error falls with d by itself)."""
    K = data.K
    return Inputs(rng.standard_normal((K, data.d)), np.arange(K), classes=data.classes, seed=data.seed)


def same_shape_gaussian(data: Inputs, rng: np.random.Generator) -> Inputs:
    """White Gaussian features of the same n and d."""
    return data.replaced(X=rng.standard_normal((data.n, data.d)))


def gaussian_classes(data: Inputs, rng: np.random.Generator) -> Inputs:
    """White Gaussian samples of each class, at most 201: the leading directions of Gaussian samples point anywhere with equal chance,
    however many samples there are, so that more than the largest rank (200) would only cost time."""
    y = np.repeat(np.arange(data.K), np.minimum(np.bincount(data.y, minlength=data.K), MOST_OF_A_CLASS))
    return Inputs(rng.standard_normal((len(y), data.d)), y, classes=data.classes, seed=data.seed)


def same_covariance_gaussian(data: Inputs, rng: np.random.Generator) -> Inputs:
    """Gaussian features with the mean and covariance of these."""
    X = data.X.astype(np.float64)
    mean = X.mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov(X.T, bias=True).reshape(data.d, data.d))
    root = vectors * np.sqrt(np.maximum(values, 0))
    return data.replaced(X=mean + rng.standard_normal((data.n, data.d)) @ root.T)


def intrinsic_dimension_gaussian(data: Inputs, rng: np.random.Generator) -> Inputs:
    """White Gaussian features of as many dimensions as these have degrees of freedom (``twonn``; of all d where it is undefined)."""
    found = twonn(data)
    dimension = found.value if isinstance(found, Outcome) and np.isfinite(found.value) else data.d
    features = rng.standard_normal((data.n, int(np.clip(round(dimension), 1, data.d))))
    return data.replaced(X=features, W=None, b=None, views=None)  # of other dimensions


def shuffled_columns(data: Inputs, rng: np.random.Generator) -> Inputs:
    """Each unit's values in random order of the samples: same marginals, no correlation."""
    return data.replaced(X=rng.permuted(data.X, axis=0))


def random_head(data: Inputs, rng: np.random.Generator) -> Inputs:
    """A head with rows of the same lengths in random directions."""
    W, b = data.head
    random = rng.standard_normal(W.shape)
    random *= np.linalg.norm(W, axis=1, keepdims=True) / np.linalg.norm(random, axis=1, keepdims=True)
    return data.replaced(W=random, b=b)


def shuffled_pairs(data: Inputs, rng: np.random.Generator) -> Inputs:
    """Each sample with the second view of another, at random."""
    return data.replaced(views=rng.permutation(data.views))


NULLS: dict[str, Null] = {
    "shuffled labels": shuffled_labels,
    "random means": random_means,
    "white Gaussian of the same shape": same_shape_gaussian,
    "white Gaussian in each class": gaussian_classes,
    "Gaussian of the same covariance": same_covariance_gaussian,
    "Gaussian of the intrinsic dimension": intrinsic_dimension_gaussian,
    "shuffled columns": shuffled_columns,
    "random head": random_head,
    "shuffled pairs": shuffled_pairs,
}
