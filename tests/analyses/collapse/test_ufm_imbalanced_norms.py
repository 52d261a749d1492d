"""A head of the predicted norms has distance 0 from theory; the threshold and the curve are those of the model."""

from __future__ import annotations

import numpy as np
import pytest

from repgeom_core.analyses.collapse.ufm import squared_classifier_norms, squared_feature_norms
from repgeom_core.analyses.evaluate import measure

COUNTS = np.array([200, 100, 50, 4])
Y = np.repeat(np.arange(4), COUNTS)
DECAYS = {"classifier_decay": 2e-3, "feature_decay": 2e-3}
X = np.sqrt(squared_feature_norms(COUNTS, 2e-3, 2e-3))[Y][:, None] * np.eye(4, 6)[Y]


def head(squared):
    return np.sqrt(squared)[:, None] * np.eye(4, 6)[[2, 0, 3, 1]]


def test_the_predicted_head_has_no_error_at_any_scale():
    result = measure(
        "ufm_imbalanced_norms", X, Y, 5 * head(squared_classifier_norms(COUNTS, 2e-3, 2e-3)), null=False, interval=False, **DECAYS
    )
    assert result.value < 1e-12
    found = result.details
    np.testing.assert_allclose(found["per_class"], found["per_class_predicted"], rtol=1e-10)
    np.testing.assert_allclose(found["per_class_feature_norms"], found["per_class_predicted_feature_norms"], rtol=1e-10)
    np.testing.assert_allclose(np.interp(COUNTS, found["curve_sizes"], found["curve_norms"]), found["per_class"], rtol=0.05)
    assert found["curve_norms"][-1] == pytest.approx(found["per_class"][0])


def test_equal_norms_are_as_far_as_the_profiles_say(value):
    t = squared_classifier_norms(COUNTS, 2e-3, 2e-3)
    expected = np.sqrt(2 - 2 * t.sum() / np.linalg.norm(t) / 2)
    assert value("ufm_imbalanced_norms", X, Y, head(np.ones(4)), **DECAYS) == pytest.approx(expected, rel=1e-9)


def test_the_minority_threshold_is_told():
    decay = 2.1 / 354
    decays = {"classifier_decay": decay, "feature_decay": decay}
    result = measure("ufm_imbalanced_norms", X, Y, head(np.ones(4)), null=False, interval=False, **decays)
    assert result.notes["minority threshold"] == pytest.approx(2.1**2) and result.notes["classes at or below it"] == 1
    assert result.details["per_class_predicted"][3] == 0


def test_undefined_is_said():
    assert measure("ufm_imbalanced_norms", X, Y, head(np.zeros(4))).notes["why"] == "the head is 0"
    assert "vanishes" in measure("ufm_imbalanced_norms", X, Y, head(np.ones(4)), classifier_decay=1.0, feature_decay=1.0).notes["why"]
    assert measure("ufm_imbalanced_norms", X[:1], Y[:1], head(np.ones(4))).notes["why"] == "one class"
