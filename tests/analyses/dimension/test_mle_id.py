from __future__ import annotations

import numpy as np
import pytest

TABLE = {"cube 5 in 50": 4.483, "gauss 10 in 100": 9.172, "sphere 10 in 100": 8.921, "cube 20 in 100": 14.269, "gauss 50 in 768": 27.808}
DIGITS = {("harmonic", "k-1"): 6.844815, ("arithmetic", "k-1"): 7.722567, ("harmonic", "k-2"): 6.484562, ("arithmetic", "k-2"): 7.316116}


@pytest.mark.parametrize(("name", "value"), TABLE.items())
def test_published_clouds(of, clouds, name, value) -> None:
    assert of("mle_id", clouds[name]).value == pytest.approx(value, abs=6e-4)


def test_published_arithmetic_mean(of, clouds) -> None:
    assert of("mle_id", clouds["cube 5 in 50"], average="arithmetic").value == pytest.approx(4.741, abs=6e-4)


@pytest.mark.parametrize(("variant", "value"), DIGITS.items())
def test_digits(of, digits, variant, value) -> None:
    assert of("mle_id", digits[0], average=variant[0], divisor=variant[1]).value == pytest.approx(value, abs=6e-7)


@pytest.mark.parametrize("k", [3, 10, 40])
def test_agrees_with_sums_over_neighbours_of_sklearn(of, digits, exact, k) -> None:
    r = exact(digits[0], k)
    m = np.array([np.mean([np.log(row[-1] / row[j]) for j in range(k - 1)]) for row in r])
    assert of("mle_id", digits[0], k=k).value == pytest.approx(1 / m.mean(), rel=1e-6)


def test_a_circle_has_one_dimension(of, circle) -> None:
    assert of("mle_id", circle).value == pytest.approx(1, abs=0.06)


def test_copies_are_merged(of, digits) -> None:
    result = of("mle_id", np.vstack([digits[0], digits[0][:540]]))
    assert result.value == pytest.approx(6.844815, abs=6e-7)
    assert result.notes["duplicates_merged"] == 540


def test_too_few_samples_for_k_say_so(of, digits) -> None:
    assert "21 samples that differ; there are 15" in of("mle_id", digits[0][:15]).notes["why"]
    assert np.isfinite(of("mle_id", digits[0][:15], k=5).value)


def test_samples_all_equally_far_have_none(of) -> None:
    assert "equally far" in of("mle_id", np.eye(12), k=5).notes["why"]
