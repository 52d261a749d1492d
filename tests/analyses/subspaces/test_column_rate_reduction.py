from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_digits

from repgeom_core.analyses.evaluate import measure
from repgeom_core.errors import GeometryError

DIGITS = load_digits()
X, y = DIGITS.data / 16, DIGITS.target


def run(other, column="other"):
    return measure("column_rate_reduction", X, columns={"other": other}, column=column, interval=False, null=False)


def test_the_labels_themselves_have_the_rate_reduction_of_digits():
    result = run(y)
    assert result.value == pytest.approx(4.245445, abs=5e-7)
    assert result.notes["R"] == pytest.approx(12.788182, abs=5e-7)
    assert 0 < result.notes["ΔR of the column in random order"] < 0.4


@pytest.mark.parametrize("column", [y // 5, np.arange(len(y)) % 7])
def test_any_column_is_rated_as_labels_would_be(column):
    expected = measure("mcr2", X, column, interval=False, null=False)
    assert run(column).value == pytest.approx(expected.value, rel=1e-12)
    np.testing.assert_allclose(run(column).details["per_class"], expected.details["per_class"])


def test_samples_without_a_value_are_left_out():
    some = np.where(y < 4, y, -1)
    expected = measure("mcr2", X[y < 4], y[y < 4], interval=False, null=False).value
    assert run(some).value == pytest.approx(expected, rel=1e-12)
    assert run(some).notes["samples without a value"] == int((y >= 4).sum())
    assert "no sample has a value" in run(np.full(len(y), -1)).notes["why"]


def test_a_single_value_gains_nothing_and_a_missing_name_is_refused():
    assert run(np.zeros_like(y)).value == pytest.approx(0, abs=1e-10)
    with pytest.raises(GeometryError, match="Expected the name of a column"):
        run(y, column="")
