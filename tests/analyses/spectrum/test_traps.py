"""What no rank of a spectrum may stumble over."""

from __future__ import annotations

import numpy as np
import pytest

RANKS = ["participation_ratio", "effective_rank", "effective_rank_sv", "rankme", "stable_rank", "n_components", "numerical_rank"]
CENTRED = [name for name in RANKS if name != "rankme"]
SPREAD = ["von_neumann_entropy", "eigenvalue_early_enrichment", "power_law_alpha", "n_above_edge", "vasicek_ratio_mse"]


@pytest.mark.parametrize("name", [*(r for r in CENTRED if r != "numerical_rank"), *SPREAD])
@pytest.mark.parametrize("X", [np.full((30, 4), 0.1), np.zeros((30, 4)), np.ones((1, 4))], ids=["equal", "zero", "one sample"])
def test_no_variance_has_no_value_and_says_why(of, name, X) -> None:
    result = of(name, X)
    assert np.isnan(result.value)
    assert result.notes["why"]


@pytest.mark.parametrize("name", RANKS)
def test_fewer_samples_than_units_bound_the_rank(of, name) -> None:
    X = np.random.default_rng(0).standard_normal((10, 50))
    assert 1 <= of(name, X).value <= (10 if name == "rankme" else 9) + 1e-3


@pytest.mark.parametrize("name", CENTRED)
def test_constant_columns_change_no_rank(of, name) -> None:
    X = np.random.default_rng(0).standard_normal((80, 6)) * np.arange(1, 7)
    padded = np.hstack([X, np.full((80, 3), 17.3)])
    assert of(name, padded).value == pytest.approx(of(name, X).value, rel=1e-9)


@pytest.mark.parametrize("name", [*RANKS, "von_neumann_entropy", "eigenvalue_early_enrichment", "power_law_alpha"])
def test_every_sample_twice_changes_nothing(of, digits, name) -> None:
    X = digits[0][:400]
    assert of(name, np.repeat(X, 2, axis=0)).value == pytest.approx(of(name, X).value, rel=1e-9)


@pytest.mark.parametrize("name", [*RANKS, *SPREAD])
def test_float32_with_an_offset_agrees_with_float64(of, name) -> None:
    X = (np.random.default_rng(0).standard_normal((300, 12)) * 0.8 ** np.arange(12) + 30).astype(np.float32)
    assert of(name, X).value == pytest.approx(of(name, X.astype(np.float64)).value, rel=1e-8)


@pytest.mark.parametrize("name", [*CENTRED, *SPREAD])
def test_the_interval_holds_the_value(digits, name) -> None:
    from repgeom_core import measure
    from repgeom_core.analyses.registry import find

    result = measure(name, X=digits[0], null=False)
    if find(name).interval == "none":
        assert result.interval is None
    else:
        low, high = result.interval
        assert 0.7 * result.value < low <= result.value <= high < 1.3 * result.value
