import numpy as np
import pytest
from scipy.stats import spearmanr

from repgeom_core.views.central_order import short_vectors


def from_mean(levels: np.ndarray) -> np.ndarray:
    """As the browser does."""
    along, rest = levels[:, :-1].astype(float), levels[:, -1].astype(float)
    return ((along - along.mean(axis=0)) ** 2).sum(axis=1) + rest**2


@pytest.mark.parametrize("d", [3, 32, 400])
def test_samples_come_in_the_order_of_their_distance_to_the_mean_of_any_cluster(d: int) -> None:
    rng = np.random.default_rng(d)
    y = rng.integers(0, 5, 1000)
    scale = np.exp(rng.normal(size=(1000, 1)) / 3)
    X = 4 * rng.normal(size=(5, d))[y] + scale * rng.normal(size=(1000, d)) * np.linspace(2, 0.3, d)
    levels = short_vectors(X)
    assert levels.shape == (1000, min(d, 32) + 1) and levels.dtype == np.uint8
    for cluster in range(5):
        of = X[y == cluster]
        true = ((of - of.mean(axis=0)) ** 2).sum(axis=1)
        assert spearmanr(true, from_mean(levels[y == cluster])).statistic > 0.98


def test_one_far_sample_does_not_make_all_others_alike() -> None:
    X = np.random.default_rng(0).normal(size=(2000, 6))
    X[7] *= 1e4
    true, found = ((X - X.mean(axis=0)) ** 2).sum(axis=1), from_mean(short_vectors(X))
    assert found.argmax() == 7
    assert len(np.unique(found)) > 1000
    others = np.arange(2000) != 7
    centred = ((X[others] - X[others].mean(axis=0)) ** 2).sum(axis=1)
    assert spearmanr(centred, from_mean(short_vectors(X)[others])).statistic > 0.95
    assert true.argmax() == 7


def test_equal_samples_and_a_single_one_have_vectors_too() -> None:
    assert not short_vectors(np.ones((1, 5))).any()
    assert (from_mean(short_vectors(np.full((9, 5), 3.0))) == 0).all()
