from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import subspace_angles
from sklearn.datasets import load_digits

from repgeom_core.analyses.evaluate import measure
from repgeom_core.errors import RepGeomError

DIGITS = load_digits()
X, y = DIGITS.data / 16, DIGITS.target


def run(features, labels, **parameters):
    return measure("principal_angles", features, labels, interval=False, null=False, **parameters)


def of_planes(phi: float, n: int = 30) -> tuple[np.ndarray, np.ndarray]:
    """Two planes that share an axis and are phi apart in the other, 30 samples in each."""
    rng = np.random.default_rng(0)
    first = np.array([[1.0, 0, 0, 0], [0, 1, 0, 0]])
    second = np.array([[1.0, 0, 0, 0], [0, np.cos(phi), np.sin(phi), 0]])
    return np.concatenate([rng.standard_normal((n, 2)) @ first, rng.standard_normal((n, 2)) @ second]), np.repeat([0, 1], n)


@pytest.mark.parametrize("phi", [0.7, 1e-3, 1e-9])
def test_planes_that_share_an_axis(phi):
    angles = run(*of_planes(phi), rank=2).details["angles"][0, 1]
    assert angles == pytest.approx(np.degrees([0, phi]), rel=1e-6, abs=1e-13)


@pytest.mark.parametrize(
    ("centred", "angles"),
    [
        (False, [26.3466, 56.8482, 69.6362, 78.9527, 87.1461]),
        (True, [37.9561, 57.0743, 72.9026, 81.4437, 86.5714]),
    ],
)
def test_digits_zero_and_one(centred, angles):
    result = run(X, y, centred=centred)
    assert result.details["angles"][0, 1] == pytest.approx(angles, abs=5e-5)
    assert result.details["mean_angle"][1, 0] == pytest.approx(np.mean(angles), abs=5e-5)
    assert result.details["smallest_angle"][0, 1] == pytest.approx(angles[0], abs=5e-5)
    assert result.details["largest_angle"][0, 1] == pytest.approx(angles[4], abs=5e-5)


@pytest.mark.parametrize("rank", [1, 3, 30])
def test_all_pairs_agree_with_scipy_on_full_decompositions(rank):
    bases = [np.linalg.svd(X[y == k])[2][:rank].T for k in range(10)]
    expected = [[np.degrees(np.mean(subspace_angles(a, b))) for a in bases] for b in bases]
    result = run(X, y, rank=rank)
    np.testing.assert_allclose(result.details["mean_angle"], expected, rtol=1e-6, atol=1e-5)
    assert result.value == pytest.approx(np.mean(np.array(expected)[np.triu_indices(10, 1)]), rel=1e-7)


def test_more_dimensions_than_samples_agrees_with_scipy():
    wide = np.random.default_rng(1).standard_normal((24, 100))
    labels = np.repeat([0, 1, 2], 8)
    bases = [np.linalg.svd(wide[labels == k])[2][:5].T for k in range(3)]
    expected = np.degrees(subspace_angles(bases[0], bases[2]))[::-1]
    np.testing.assert_allclose(run(wide, labels).details["angles"][0, 2], expected, rtol=1e-9)


def test_orthogonal_subspaces_are_at_right_angles_and_duplicates_at_none():
    rng = np.random.default_rng(2)
    blocks = np.zeros((60, 9))
    for k in range(3):
        blocks[20 * k : 20 * (k + 1), 3 * k : 3 * (k + 1)] = rng.standard_normal((20, 3))
    assert run(blocks, np.repeat([0, 1, 2], 20), rank=3).value == pytest.approx(90)
    same = np.concatenate([blocks[:20], blocks[:20]])
    assert run(same, np.repeat([0, 1], 20), rank=3).value == pytest.approx(0, abs=1e-6)


def test_a_class_of_one_sample_is_a_line():
    features, labels = of_planes(0.5)
    result = run(np.vstack([features, [0, 0, 0, 2.0]]), np.append(labels, 2), rank=2)
    assert result.details["ranks"].tolist() == [2, 2, 1]
    assert result.details["angles"][0, 2, 0] == pytest.approx(90)
    assert np.isnan(result.details["angles"][0, 2, 1])
    assert result.notes["classes of lower rank"] == 1
    centred = run(np.vstack([features, [0, 0, 0, 2.0]]), np.append(labels, 2), rank=2, centred=True)
    assert np.isnan(centred.details["mean_angle"][0, 2])
    assert np.isfinite(centred.value)


def test_missing_classes_are_left_out():
    kept = np.isin(y, [2, 7])
    result = run(X[kept], y[kept])
    assert result.details["classes"].tolist() == [2, 7]
    assert result.details["mean_angle"].shape == (2, 2)


def test_one_class_or_one_sample_is_undefined_and_says_why():
    for rows in (y == 3, np.arange(len(y)) == 0):
        result = run(X[rows], y[rows])
        assert np.isnan(result.value)
        assert "fewer than two" in result.notes["why"]


def test_float32_features_give_the_same_angles():
    assert run(X.astype(np.float32), y).value == pytest.approx(run(X, y).value, rel=1e-6)


def test_translation_matters_only_uncentred():
    assert run(X + 3, y, centred=True).value == pytest.approx(run(X, y, centred=True).value, rel=1e-9)
    assert run(X + 3, y).value < run(X, y).value - 4


def test_many_classes_are_sampled_and_it_says_so(monkeypatch):
    from repgeom_core.analyses.subspaces import class_subspaces

    monkeypatch.setattr(class_subspaces, "MOST_CLASSES", 4)
    result = run(X, y)
    assert len(result.details["classes"]) == 4
    assert result.notes["classes compared"] == "4 of 10, chosen at random"


def test_rank_out_of_bounds_is_refused():
    with pytest.raises(RepGeomError, match=r"'rank' parameter of principal_angles must be an int in \[1, 200\]"):
        run(X, y, rank=0)
