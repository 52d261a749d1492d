"""Every analysis of data at the edge of sense gives a number, NaN with the reason, or one clear sentence: never a traceback."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from repgeom_core.analyses.contract import Analysis
from repgeom_core.analyses.parameters import Float, Int
from repgeom_core.errors import RepGeomError

pytestmark = pytest.mark.filterwarnings("error::RuntimeWarning")  # numpy's "invalid value encountered" tells nobody what is wrong


def two_classes(make: Any) -> Any:
    return make(60, 6, 2)


def one_class(make: Any) -> Any:
    given = make(40, 6, 1)
    return given.but(y=np.zeros(40, np.int64))


def one_sample_of_a_class(make: Any) -> Any:
    given = make(60, 6, 3)
    y = np.where(given.y == 2, 1, given.y)
    y[7] = 2
    return given.but(y=y)


def every_class_one_sample(make: Any) -> Any:
    return make(6, 5, 6)


def missing_class(make: Any) -> Any:
    given = make(80, 6, 4)
    return given.but(y=np.where(given.y == 2, 1, given.y))


def unlabelled_samples(make: Any) -> Any:
    given = make(80, 6, 4)
    return given.but(y=np.where(np.arange(80) % 5 == 0, -1, given.y))


def one_sample(make: Any) -> Any:
    return make(60, 6, 3).rows(np.array([1]))


def two_samples(make: Any) -> Any:
    return make(60, 6, 3).rows(np.array([0, 1]))


def constant_features(make: Any) -> Any:
    return make(60, 6, 3).mapped(lambda X: np.full_like(X, 2.5))


def zero_features(make: Any) -> Any:
    return make(60, 6, 3).mapped(np.zeros_like)


def two_constant_columns(make: Any) -> Any:
    return make(60, 6, 3).mapped(lambda X: np.where(np.arange(6) % 3 == 0, 1.25, X))


def collapsed_classes(make: Any) -> Any:
    given = make(60, 6, 3)
    means = np.random.default_rng(1).normal(size=(3, 6))
    return given.but(X=means[given.y], views=means[given.y])


def duplicates(make: Any) -> Any:
    return make(60, 6, 3).rows(np.arange(60) // 2)


def fewer_samples_than_dimensions(make: Any) -> Any:
    return make(15, 40, 3)


def more_classes_than_dimensions(make: Any) -> Any:
    return make(90, 3, 12)


def one_dimension(make: Any) -> Any:
    return make(60, 1, 3)


EDGES = (
    two_classes,
    one_class,
    one_sample_of_a_class,
    every_class_one_sample,
    missing_class,
    unlabelled_samples,
    one_sample,
    two_samples,
    constant_features,
    zero_features,
    two_constant_columns,
    collapsed_classes,
    duplicates,
    fewer_samples_than_dimensions,
    more_classes_than_dimensions,
    one_dimension,
)


@pytest.mark.parametrize("edge", EDGES, ids=lambda edge: edge.__name__)
def test_edge_gives_a_number_or_a_reason(declared: Analysis, edge: Callable[[Any], Any], made: Any) -> None:
    _number_or_reason(declared, edge(made))


def test_every_allowed_parameter_gives_a_number_or_a_reason(declared: Analysis, made: Any) -> None:
    given = made(60, 6, 3)
    for name, p in declared.parameters.items():
        if isinstance(p, Int | Float):
            for value in (p.low, min(p.high, 4 * p.default)):
                _number_or_reason(declared, given, **{name: value})


def _number_or_reason(declared: Analysis, given: Any, **parameters: Any) -> None:
    try:
        result = given.measured(declared, **parameters)
    except RepGeomError as error:
        sentence = str(error)
        assert sentence.endswith(".") and len(sentence) > 20, f"no clear sentence: {sentence!r}"
        return
    assert not np.isinf(result.value), "what is undefined is NaN"
    if np.isnan(result.value):
        assert str(result.notes.get("why", "")).strip(), "NaN without notes['why']"
    else:
        given.check_bounds(declared, result)


def test_unlabelled_samples_are_left_out_and_counted(declared: Analysis, made: Any) -> None:
    if not declared.needs & {"labels", "moments"}:
        pytest.skip("it needs no labels")
    given = unlabelled_samples(made)
    result, without = given.measured(declared), given.rows(np.flatnonzero(given.y >= 0)).measured(declared)
    assert result.meta["unlabelled left out"] == 16 and result.meta["n"] == 64
    assert result.value == pytest.approx(without.value, rel=1e-12, nan_ok=True)


def test_features_that_are_not_finite_are_refused_with_the_row(declared: Analysis, made: Any) -> None:
    if not declared.needs & {"features", "moments", "spectrum", "neighbours", "tree"}:
        pytest.skip("it does not look at the features")
    X = made(60, 6, 3).X.copy()
    X[17, 2] = np.nan
    with pytest.raises(RepGeomError, match="row 17"):
        made(60, 6, 3).but(X=X).measured(declared)
