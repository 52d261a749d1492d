from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import Ridge


def plainly(X: np.ndarray, y: np.ndarray, chosen: slice, ridge: float) -> float:
    """Ridge of scikit-learn, fitted anew without each sample, on the chosen principal scores."""
    centred = X - X.mean(axis=0)
    _, s, directions = np.linalg.svd(centred, full_matrices=False)
    rank = int((s > 1e-9 * s[0]).sum())
    scores = centred @ directions[:rank].T[:, chosen]
    penalty = ridge * (s**2).sum() / X.shape[1]
    targets = np.eye(y.max() + 1)[y]
    shares = targets.mean(axis=0)
    right = 0
    for i in range(len(X)):
        rest = np.arange(len(X)) != i
        probe = Ridge(alpha=penalty).fit(scores[rest], targets[rest])
        prediction = probe.predict(scores[i : i + 1])[0] - targets[rest].mean(axis=0) + shares
        right += int(prediction.argmax() == y[i])
    return right / len(X)


@pytest.mark.parametrize("k", [1, 4, 16])
@pytest.mark.parametrize("ridge", [1e-3, 1.0])
def test_agrees_with_ridge_fitted_without_each_sample(of, digits, k, ridge) -> None:
    X, y = digits[0][:120], digits[1][:120]
    assert of("ablate_top_k", X, y, k=k, ridge=ridge).value == pytest.approx(plainly(X, y, slice(0, k), ridge), abs=1e-12)
    removed = of("ablate_top_k", X, y, k=k, ridge=ridge, mode="remove").value
    assert removed == pytest.approx(plainly(X, y, slice(k, None), ridge), abs=1e-12)


def test_labels_in_the_fifth_direction_need_five_kept_and_go_with_five_removed(of) -> None:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 400)
    X = rng.standard_normal((400, 8)) * [10, 9, 8, 7, 0.01, 0.5, 0.4, 0.3]
    X[:, 4] += 3 * (2 * y - 1)
    details = of("ablate_top_k", X, y, k=5).details
    keep, remove = (dict(zip(details["k"], details[name], strict=True)) for name in ("keep", "remove"))
    assert keep[4] < 0.6
    assert keep[5] == 1
    assert remove[4] == 1
    assert remove[5] < 0.6


def test_ends_of_the_curve_meet(of, digits) -> None:
    result = of("ablate_top_k", *digits, k=64)
    keep, remove = result.details["keep"], result.details["remove"]
    assert result.details["k"][-1] == result.notes["rank"] == 61
    assert keep[0] == remove[-1] == result.notes["largest_class"]
    assert keep[-1] == remove[0] == result.value == result.notes["all_directions"]
    assert result.value > 0.9


def test_more_directions_than_samples_do_not_fool_the_probe(of) -> None:
    """Left in its own fit, every sample of n < d would be right; left out, labels without meaning stay at chance."""
    rng = np.random.default_rng(0)
    value = of("ablate_top_k", rng.standard_normal((60, 200)), rng.permutation(np.repeat([0, 1], 30)), k=200).value
    assert 0.25 < value < 0.75


def test_missing_and_single_sample_classes(of, digits) -> None:
    X, y = digits[0][:60], digits[1][:60].copy()
    y[y == 4], y[0] = 12, 15
    assert 0.3 < of("ablate_top_k", X, y, k=60).value < 1


def test_one_class_or_no_variance_have_none(of, digits) -> None:
    assert "one class" in of("ablate_top_k", digits[0][:9], np.zeros(9, int)).notes["why"]
    assert "equal" in of("ablate_top_k", np.ones((4, 3)), np.array([0, 1, 0, 1])).notes["why"]
