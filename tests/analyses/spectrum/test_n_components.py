from __future__ import annotations

import numpy as np
import pytest
from sklearn.decomposition import PCA


def test_digits(of, digits) -> None:
    assert of("n_components", digits[0]).notes == {"0.90": 21, "0.95": 29, "0.99": 41}


@pytest.mark.parametrize(("share", "count"), [(0.90, 21), (0.95, 29), (0.99, 41)])
def test_value_is_for_the_share_asked_for(of, digits, share, count) -> None:
    assert of("n_components", digits[0], share=share).value == count


def test_a_share_that_is_met_exactly_is_reached(of, with_singular_values) -> None:
    assert of("n_components", with_singular_values([1.0] * 10, 40, 15), share=0.9).value == 9


def test_all_of_the_variance_takes_the_rank(of, digits) -> None:
    assert of("n_components", digits[0], share=1.0).value == 61


def test_agrees_with_sklearn(of, digits) -> None:
    ratios = PCA().fit(digits[0]).explained_variance_ratio_
    np.testing.assert_allclose(ratios[:3], [0.14891, 0.13619, 0.11795], atol=5e-6)
    np.testing.assert_allclose(of("n_components", digits[0]).details["cumulative_share"], np.cumsum(ratios), rtol=1e-9)
