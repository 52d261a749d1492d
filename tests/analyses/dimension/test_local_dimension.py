from __future__ import annotations

import numpy as np
import pytest


def test_mean_over_digits_is_the_arithmetic_maximum_likelihood(of, digits) -> None:
    result = of("local_dimension", digits[0])
    assert result.details["per_sample"].shape == (1797,)
    assert result.details["per_sample"].mean() == pytest.approx(7.722567, abs=6e-7)
    assert result.value == pytest.approx(np.median(result.details["per_sample"]))


def test_agrees_with_a_loop_over_neighbours_of_sklearn(of, digits, exact) -> None:
    X = digits[0][:400]
    expected = [9 / sum(np.log(row[9] / row[j]) for j in range(9)) for row in exact(X, 10)]
    np.testing.assert_allclose(of("local_dimension", X, k=10).details["per_sample"], expected, rtol=1e-5)


def test_a_line_beside_a_cloud_reads_one_on_the_line(of) -> None:
    rng = np.random.default_rng(0)
    line = np.outer(rng.random(500), np.ones(8)) * 5 + 50
    cloud = rng.standard_normal((500, 8))
    per_sample = of("local_dimension", np.vstack([line, cloud])).details["per_sample"]
    assert np.median(per_sample[:500]) == pytest.approx(1, abs=0.2)
    assert np.median(per_sample[500:]) > 4


def test_copies_share_their_neighbourhood(of, digits) -> None:
    X = digits[0][:200]
    alone = of("local_dimension", X).details["per_sample"]
    doubled = of("local_dimension", np.vstack([X, X[:50]]))
    np.testing.assert_allclose(doubled.details["per_sample"], np.concatenate([alone, alone[:50]]), rtol=1e-6)
    assert doubled.notes["duplicates_merged"] == 50


def test_samples_whose_neighbours_are_equally_far_have_none_and_the_others_do(of) -> None:
    """A simplex far from a cloud: its corners see only equal distances."""
    simplex = np.zeros((6, 8))
    simplex[:, :6] = 1000 * np.eye(6)
    X = np.vstack([simplex, np.random.default_rng(0).standard_normal((60, 8)) + 1e6])
    result = of("local_dimension", X, k=5)
    assert np.isnan(result.details["per_sample"][:6]).all()
    assert np.isfinite(result.details["per_sample"][6:]).all()
    assert result.notes["without_value"] == 6
    assert np.isfinite(result.value)


def test_too_few_samples_say_so(of, digits) -> None:
    assert "21 samples that differ" in of("local_dimension", digits[0][:20]).notes["why"]
