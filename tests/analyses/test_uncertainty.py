"""Intervals cover what is known, at about their rate; nulls and intervals come from the seed and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from repgeom_core import measure
from repgeom_core.analyses import uncertainty
from repgeom_core.analyses.contract import Analysis, Outcome, analysis
from repgeom_core.analyses.evaluate import evaluate
from repgeom_core.analyses.inputs import Inputs, UndeclaredNeedError

D, CLASSES = 3, 4


@analysis(title="Variance within classes", needs=("moments",), reference="-", formula="-", interval="groups", null="shuffled labels")
def within_variance(data: Inputs) -> float:
    return float(np.trace(data.moments.within_covariance))


@analysis(title="Variance", needs=("spectrum",), reference="-", formula="-", interval="groups")
def variance(data: Inputs) -> float:
    return data.spectrum.total_variance


@analysis(title="Variance", needs=("spectrum",), reference="-", formula="-", interval="jackknife")
def variance_by_jackknife(data: Inputs) -> float:
    return data.spectrum.total_variance


@analysis(title="Mean of a unit", needs=("features",), reference="-", formula="-", interval="rows")
def mean_of_unit(data: Inputs) -> float:
    return float(data.X[:, 0].mean())


@analysis(title="Mean of a unit", needs=("features",), reference="-", formula="-", interval="halves")
def mean_by_halves(data: Inputs) -> float:
    return float(data.X[:, 0].mean())


@analysis(title="Nothing", needs=("features",), reference="-", formula="-", interval="rows")
def undefined(data: Inputs) -> Outcome:
    return Outcome(float("nan"), notes={"why": "never defined"})


@analysis(title="Too much", needs=("moments",), reference="-", formula="-")
def greedy(data: Inputs) -> float:
    return float(data.X.mean())


def declared(function: Callable[..., float | Outcome]) -> Analysis:
    found: Analysis = function.__analysis__  # type: ignore[attr-defined]
    return found


def gaussian(seed: int, n: int = 400) -> Inputs:
    """Unit variance about class means that lie at distance 2 of the origin, 2/√3 in each unit."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, CLASSES, n)
    signs = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]])
    return Inputs(rng.standard_normal((n, D)) + signs[y] * 2 / np.sqrt(3), y, seed=seed)


@pytest.mark.parametrize(
    ("function", "truth", "method"),
    [
        (within_variance, 3 * (400 - CLASSES) / 400, "bootstrap over 50 groups of samples, 200 draws"),
        (variance, 3 + 4, "bootstrap over 50 groups of samples, 200 draws"),
        (variance_by_jackknife, 3 + 4, "jackknife over 50 groups of samples"),
        (mean_of_unit, 0, "bootstrap over samples, 200 draws"),
        (mean_by_halves, 0, "10 random splits into halves, normal approximation"),
    ],
)
def test_intervals_cover_the_truth_at_about_their_rate(function: Callable[..., float], truth: float, method: str) -> None:
    covered, widths, values = 0, [], []
    for seed in range(60):
        result = evaluate(declared(function), gaussian(seed), {}, interval=True, null=False)
        assert result.interval is not None and result.meta["interval"] == method
        low, high = result.interval
        covered += low <= truth <= high
        widths.append(high - low)
        values.append(result.value)
    assert covered >= 51, f"covered in {covered} of 60"
    assert np.mean(widths) == pytest.approx(3.92 * np.std(values), rel=0.5)


def test_the_interval_of_collapse_covers_its_closed_form() -> None:
    """ETF means of norm r, within-covariance σ²I: NC1 = σ²(K−1)²/(K r²), here 9/16, up to what n samples estimate of the means."""
    rng = np.random.default_rng(3)
    y = np.arange(20_000) % CLASSES
    signs = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]])
    X = rng.standard_normal((20_000, D)) + signs[y] * 2 / np.sqrt(3)
    result = measure("nc1_pinv", X, y, null=False)
    assert result.interval is not None
    assert result.interval[0] < 9 / 16 < result.interval[1]
    assert result.interval[1] - result.interval[0] < 0.05


def test_the_jackknife_is_not_biased_where_repeated_samples_lower_a_rank() -> None:
    """150 samples in 60 dimensions: a bootstrap has 95 different ones, and every draw of it lies below."""
    widths, values = [], []
    for seed in range(20):
        X = np.random.default_rng(seed).standard_normal((150, 60))
        result = measure("effective_rank", X, null=False)
        assert result.interval is not None
        assert np.mean(result.interval) == pytest.approx(result.value)
        widths.append(result.interval[1] - result.interval[0])
        values.append(result.value)
        data = Inputs(X)
        data.grouped(labelled=False, groups=50)
        (drawn,) = data.reweighted(np.random.default_rng(0).multinomial(50, np.full(50, 1 / 50), 1))
        entropy = -sum(p * np.log(p) for p in drawn.spectrum.eigenvalues / drawn.spectrum.total_variance if p > 0)
        assert np.exp(entropy) < result.interval[0]
    assert 1 < np.mean(widths) / (3.92 * np.std(values)) < 2.5


def test_the_jackknife_stays_within_bounds() -> None:
    X = np.random.default_rng(0).standard_normal((300, 40)) * np.arange(1, 41) ** -0.5
    result = measure("n_above_edge", X, null=False)
    assert result.interval is not None
    assert 0 <= result.interval[0] <= result.value <= result.interval[1]


def test_halves_stay_within_bounds() -> None:
    """Normalised mutual information with labels at random is barely above 0, and is never below."""
    rng = np.random.default_rng(0)
    result = measure("merge_nmi", rng.standard_normal((60, 3)), rng.integers(0, 3, 60), null=False)
    assert result.interval is not None and result.meta["interval"].endswith("splits into halves, normal approximation")
    assert 0 == result.interval[0] < result.value < result.interval[1] < 1


def test_draws_come_from_the_seed() -> None:
    first, again = (evaluate(declared(within_variance), gaussian(0), {}) for _ in range(2))
    assert (first.interval, first.null) == (again.interval, again.null)
    data = gaussian(0)
    data.seed = 1
    other = evaluate(declared(within_variance), data, {})
    assert other.value == first.value
    assert other.interval != first.interval and other.null != first.null


def test_the_null_of_shuffled_labels_is_the_total_variance() -> None:
    """Classes at random share one mean, so all variance lies within them."""
    result = evaluate(declared(within_variance), gaussian(0), {}, interval=False)
    total = gaussian(0).X.var(axis=0).sum()
    assert result.null is not None and len(result.null.draws) == uncertainty.NULL_DRAWS
    assert result.null.mean == pytest.approx(total * (400 - CLASSES) / 399, rel=0.01)
    assert result.null.sd == pytest.approx(float(np.std(result.null.draws, ddof=1)))
    assert result.meta["null"] == "shuffled labels, 20 draws"


def test_large_features_get_fewer_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uncertainty, "AFFORDABLE", 1000)
    result = evaluate(declared(within_variance), gaussian(0), {}, interval=False)
    assert result.null is not None and len(result.null.draws) == uncertainty.FEW_NULL_DRAWS
    monkeypatch.setattr(uncertainty, "CHEAP", 1000)
    result = evaluate(declared(mean_of_unit), gaussian(0), {})
    assert result.meta["interval"] == "5 random splits into halves, normal approximation"


def test_too_few_samples_have_no_interval_and_say_so() -> None:
    result = evaluate(declared(mean_by_halves), gaussian(0).take(np.arange(9)), {})
    assert result.interval is None and result.meta["interval"] == "none: fewer than 10 samples"


def test_no_interval_has_no_width_because_the_halves_are_tiny() -> None:
    """Of two samples the distortion is 1, whatever they are, and so was the width of an interval from halves of four: 0."""
    for n in range(4, 12):
        found = measure("ultrametric_distortion", np.random.default_rng(n).normal(size=(n, 3)), null=False)
        assert found.interval is None if n < 10 else found.interval[0] < found.value < found.interval[1]


def test_a_value_that_is_not_defined_has_no_interval_and_no_null_but_a_reason() -> None:
    result = evaluate(declared(undefined), gaussian(0), {})
    assert np.isnan(result.value) and result.notes == {"why": "never defined"}
    assert result.interval is None and result.meta["interval"] == "none: the value is not finite"


def test_touching_more_than_is_declared_is_a_mistake_of_the_file() -> None:
    with pytest.raises(UndeclaredNeedError, match="touches features or neighbours but declares only: moments"):
        evaluate(declared(greedy), gaussian(0), {})


@pytest.mark.parametrize(("name", "separation"), [("nc1_pinv", 0.0), ("nc1_quotient", 0.3), ("cdnv", 0.3)])
def test_where_class_means_are_mostly_noise_the_interval_still_holds_the_value(name: str, separation: float) -> None:
    """A bootstrap of pure noise reads half of NC1: the truth here is the mean over twenty data sets, of which 95 % cover it."""
    rng = np.random.default_rng(0)
    means = separation * rng.standard_normal((10, 16))
    results = []
    for seed in range(20):
        rng = np.random.default_rng([seed, 7])
        y = np.arange(500) % 10
        results.append(measure(name, means[y] + rng.standard_normal((500, 16)), y, null=False))
    truth = np.mean([r.value for r in results])
    intervals = np.array([r.interval for r in results])
    assert all(low <= r.value <= high for r, (low, high) in zip(results, intervals, strict=True))
    assert ((intervals[:, 0] <= truth) & (truth <= intervals[:, 1])).sum() >= 17
    assert {r.meta["interval"] for r in results} == {"jackknife over 50 groups of samples"}


def test_where_classes_stand_apart_the_interval_is_the_bootstrap() -> None:
    rng = np.random.default_rng(0)
    y = np.arange(8000) % 10
    result = measure("nc1_pinv", 5 * rng.standard_normal((10, 16))[y] + rng.standard_normal((8000, 16)), y, null=False)
    assert result.meta["interval"].startswith("bootstrap over 50 groups")


def test_a_biased_bootstrap_over_samples_gives_way_to_halves() -> None:
    """The number of samples that differ: 63 % in any bootstrap."""

    @analysis(title="Different samples", needs=("features",), reference="-", formula="-", interval="rows")
    def different(data: Inputs) -> float:
        return float(len(np.unique(data.X, axis=0)) / data.n)

    result = evaluate(declared(different), gaussian(0), {}, null=False)
    assert result.interval == (1.0, 1.0)
    assert "halves" in result.meta["interval"]
