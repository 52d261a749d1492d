"""The small marks: on one axis, value inside its interval, null where it lies."""

from __future__ import annotations

import re

import numpy as np

from repgeom_core.analyses import Result
from repgeom_core.analyses.result import NullSample
from repgeom_core.figures.frame import number
from repgeom_core.figures.marks import strip


def lefts(html: str, kind: str) -> float:
    found = re.search(rf'class="{kind}" style="left:([\d.]+)%', html)
    assert found
    return float(found[1])


def test_marks_of_two_results_share_an_axis() -> None:
    first, second = strip([Result("a", 1.0, (0.5, 2.0)), Result("a", 3.0, (2.5, 4.0))])
    assert lefts(first, "rg-interval") < lefts(first, "rg-dot") < lefts(second, "rg-interval") < lefts(second, "rg-dot")


def test_a_null_far_away_makes_the_axis_logarithmic() -> None:
    (html,) = strip([Result("a", 0.01, (0.008, 0.02), NullSample("shuffled labels", 100.0, 5.0, ()))])
    assert lefts(html, "rg-dot") < 15 and lefts(html, "rg-null") > 80


def test_undefined_values_have_no_marks() -> None:
    assert strip([Result("a", float("nan"))]) == [""]
    assert strip([Result("a", float("nan")), Result("a", 1.0)])[0] == ""


def test_numbers_read_as_people_write_them() -> None:
    shown = [number(v) for v in (0, 0.0037, 1.23456, 12345.6, 3.2e-9, np.nan, -0.1169)]
    assert shown == ["0", "0.0037", "1.235", "12,346", "3.20e-09", "undefined", "-0.1169"]
