from __future__ import annotations

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.datasets import load_digits
from sklearn.metrics import normalized_mutual_info_score
from sklearn.neighbors import NearestNeighbors

from repgeom_core.analyses.evaluate import measure
from repgeom_core.errors import GeometryError

DIGITS = load_digits()
X, y = DIGITS.data / 16, DIGITS.target


def run(features, labels, **parameters):
    return measure("block_scores", features, labels, interval=False, null=False, **parameters)


@pytest.mark.parametrize(("k", "expected"), [(1, 0.988314), (2, 0.993322), (4, 0.997774), (8, 0.998331)])
def test_digits_in_one_block(k, expected):
    assert run(X, y, blocks=1, k=k).value == pytest.approx(expected, abs=5e-7)


def test_blocks_agree_with_sklearn_on_their_columns():
    rng = np.random.default_rng(0)
    features, labels = rng.standard_normal((300, 7)) + 2 * (np.arange(300)[:, None] % 3), np.arange(300) % 3
    result = run(features, labels, blocks=3, k=2)
    columns = [slice(0, 3), slice(3, 5), slice(5, 7)]
    for block, own in enumerate(columns):
        nearest = NearestNeighbors(n_neighbors=3).fit(features[:, own]).kneighbors(features[:, own])[1][:, 1:]
        assert result.details["recall"][block] == pytest.approx((labels[nearest] == labels[:, None]).any(axis=1).mean())
        clusters = KMeans(3, n_init=5, random_state=1).fit_predict(features[:, own])
        assert result.details["nmi"][block] == pytest.approx(normalized_mutual_info_score(labels, clusters), abs=0.01)
    assert result.details["first_coordinate"].tolist() == [0, 3, 5]
    assert result.value == pytest.approx(result.details["recall"].mean())


def test_a_block_of_noise_is_at_chance_and_an_informative_one_is_not():
    rng = np.random.default_rng(0)
    labels = np.arange(400) % 4
    informative = np.eye(4)[labels] + 0.05 * rng.standard_normal((400, 4))
    result = run(np.hstack([informative, rng.standard_normal((400, 4))]), labels, blocks=2)
    assert result.details["recall"] == pytest.approx([1, 0.25], abs=0.07)
    assert result.details["nmi"] == pytest.approx([1, 0], abs=0.05)
    assert result.notes["Recall@k of all coordinates"] > 0.4
    assert result.notes["Recall@k of shuffled labels"] == pytest.approx(0.25, abs=0.07)


def test_more_blocks_than_coordinates_are_refused():
    with pytest.raises(GeometryError, match="at most 2 blocks.*got 3"):
        run(X[:10, :2], y[:10], blocks=3)


def test_one_class_is_undefined_and_two_samples_are_fine():
    assert np.isnan(run(X[:5], np.zeros(5, int)).value)
    assert run(X[:2], np.array([0, 1])).value == 0


def test_cka_of_the_two_halves_of_digits():
    result = run(X, y, blocks=2)
    assert result.details["cka"][0, 1] == pytest.approx(0.288396, abs=1e-6)
    assert result.notes["mean CKA between blocks"] == pytest.approx(0.288396, abs=1e-6)


def test_cka_agrees_with_its_form_over_pairs_of_samples():
    features = np.random.default_rng(0).standard_normal((40, 9)) @ np.random.default_rng(1).standard_normal((9, 9)) + 4
    n = 40

    def dependence(A, B):
        K, L = A @ A.T, B @ B.T
        np.fill_diagonal(K, 0)
        np.fill_diagonal(L, 0)
        return np.trace(K @ L) + K.sum() * L.sum() / ((n - 1) * (n - 2)) - 2 * K.sum(axis=0) @ L.sum(axis=0) / (n - 2)

    blocks = [features[:, start : start + 3] for start in (0, 3, 6)]
    found = run(features, np.arange(40) % 2, blocks=3).details["cka"]
    for i in range(3):
        for j in range(3):
            alone = np.sqrt(dependence(blocks[i], blocks[i]) * dependence(blocks[j], blocks[j]))
            assert found[i, j] == pytest.approx(dependence(blocks[i], blocks[j]) / alone, rel=1e-9)


def test_blocks_that_say_the_same_have_similarity_one_and_constant_ones_none():
    rng = np.random.default_rng(0)
    A = rng.standard_normal((60, 3))
    features = np.hstack([A, 5 * A @ np.linalg.qr(rng.standard_normal((3, 3)))[0] + 2, np.full((60, 3), 1.5)])
    found = run(features, np.arange(60) % 2, blocks=3).details["cka"]
    assert found[0, 1] == pytest.approx(1, abs=1e-12)
    assert np.isnan(found[2]).all() and np.isnan(found[:, 2]).all()
