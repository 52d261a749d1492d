"""Every kind of detail is drawn as what it is, and any result gives a figure in one call."""

from __future__ import annotations

import numpy as np
import pytest

from repgeom_core.analyses import Result
from repgeom_core.analyses.evaluate import measure
from repgeom_core.analyses.registry import analyses
from repgeom_core.analyses.result import NullSample
from repgeom_core.figures import figure_of
from repgeom_core.figures.drawn import drawn

META = {"title": "A measure", "n": 100, "K": 3}
CLASSES = ("a", "<b>bold</b>", "c")


def result(details: dict[str, np.ndarray] | None = None, value: float = 1.0, **more: object) -> Result:
    return Result("measure", value, details=details or {}, meta=META, **more)  # type: ignore[arg-type]


def titles(figure) -> list[str]:
    return [a.text for a in figure.layout.annotations]


def test_the_value_stands_with_its_interval_and_its_null() -> None:
    figure = figure_of(result(interval=(0.5, 2.0), null=NullSample("shuffled labels", 5.0, 1.0, (4.0, 6.0))))
    null, value = figure.data
    assert list(null.x) == [4.0, 6.0]
    assert (value.x[0], value.error_x.array[0], value.error_x.arrayminus[0]) == (1.0, 1.0, 0.5)


def test_per_class_arrays_are_bars_with_class_names() -> None:
    figure = figure_of(result({"per_class": np.array([1.0, 2.0, 3.0]), "classes": np.array([0, 1, 2])}), CLASSES)
    bars = next(t for t in figure.data if t.type == "bar")
    assert list(bars.y) == [1.0, 2.0, 3.0]
    assert [c[0] for c in bars.customdata] == [0, 1, 2]
    assert "<b>" not in figure.to_json() and "\\u003cb" not in figure.to_json()


def test_words_name_the_bars_of_their_length() -> None:
    figure = figure_of(result({"axiom": np.array(["<i>one</i>", "two", "three", "four"]), "share_held": np.array([1.0, 0.5, 0.0, 1.0])}))
    bars = next(t for t in figure.data if t.type == "bar")
    assert list(bars.y) == [1.0, 0.5, 0.0, 1.0]
    axis = figure.layout.xaxis2
    assert list(axis.ticktext)[1:] == ["two", "three", "four"] and "<i>" not in axis.ticktext[0]
    assert axis.title.text == "axiom"


def test_arrays_of_samples_are_histograms_that_count_every_finite_sample() -> None:
    values = np.arange(100.0)
    values[:7] = np.nan
    figure = figure_of(result({"per_sample": values}))
    bars = next(t for t in figure.data if t.type == "bar")
    assert sum(bars.y) == 93
    assert any("7 undefined" in t for t in titles(figure))


def test_curves_stand_over_the_whole_numbers_that_count_up() -> None:
    details = {"dimension": np.array([2, 4, 8, 16]), "accuracy": np.array([0.1, 0.2, 0.3, 0.4]), "loss": np.array([4.0, 3, 2, 1])}
    lines = [t for t in figure_of(result(details)).data if t.mode == "lines+markers"]
    assert {t.name for t in lines} == {"accuracy", "loss"}
    assert all(list(t.x) == [2, 4, 8, 16] for t in lines)


def test_a_curve_whose_points_lie_closer_at_the_beginning_has_a_log_axis() -> None:
    def axis(x: np.ndarray) -> str | None:
        return figure_of(result({"k": x, "purity": np.linspace(0, 1, len(x))})).layout.xaxis2.type

    assert axis(np.array([1, 2, 4, 9, 30, 100, 1000])) == "log"
    assert axis(np.arange(1, 1000)) is None
    assert axis(np.array([2, 4, 8, 16])) is None


def test_a_curve_without_an_axis_stands_over_its_rank() -> None:
    lines = [t for t in figure_of(result({"eigenvalues": np.array([3.0, 2.0, 1.0, 0.5])})).data if t.mode == "lines+markers"]
    assert list(lines[0].x) == [1, 2, 3, 4]


def test_matrices_and_partitions_are_drawn() -> None:
    figure = figure_of(result({"cosines": np.eye(3), "classes": np.arange(3), "labels": np.repeat([-1, 0, 1], [10, 30, 60])}), CLASSES)
    matrix = next(t for t in figure.data if t.type == "heatmap")
    np.testing.assert_array_equal(matrix.z, np.eye(3))
    counts = next(t for t in figure.data if t.type == "bar")
    assert sorted(counts.y) == [10, 30, 60]


def test_an_undefined_value_still_draws() -> None:
    figure_of(result(value=float("nan"))).to_json()


def test_many_details_are_cut_and_the_title_says_so() -> None:
    details = {f"curve_{i}": np.arange(5.0 + i) * 0.5 for i in range(9)}
    assert "the first 5 of 10" in figure_of(result(details)).layout.title.text


@pytest.mark.parametrize("name", [a.name for a in analyses().values() if a.needs <= {"moments", "spectrum", "head"}])
def test_every_one_pass_analysis_has_a_figure(name: str) -> None:
    rng = np.random.default_rng(0)
    y = np.arange(60) % 4
    X = rng.standard_normal((60, 6)) + 3 * rng.standard_normal((4, 6))[y]
    found = measure(name, X, y, rng.standard_normal((4, 6)), rng.standard_normal(4), interval=False, null=False)
    figure = figure_of(found, ("a", "b", "c", "d"))
    figure.to_json()
    assert (drawn(figure)["x"] == found.value).any() or not np.isfinite(found.value)


def test_every_panel_names_its_axes() -> None:
    details = {
        "within_by_direction": np.array([0.1, 0.2, 0.3]), "between_by_direction": np.array([3.0, 2.0, 1.0]),
        "per_sample": np.arange(100.0), "classes": np.arange(4), "per_class": np.arange(4.0), "labels": np.arange(100) % 7,
    }  # fmt: skip
    layout = figure_of(result(details)).layout
    shown = [(layout[f"xaxis{i}"].title.text, layout[f"yaxis{i}"].title.text) for i in ("", *range(2, 6))]
    assert all(x for x, _ in shown) and all(y for _, y in shown[1:])
    assert ("direction", "value") in shown


def test_a_share_is_not_drawn_beyond_1() -> None:
    found = measure("nc4_agreement", np.eye(4), np.arange(4), np.eye(4), np.zeros(4), interval=False, null=False)
    assert figure_of(found).layout.xaxis.autorangeoptions.clipmax == pytest.approx(1, abs=0.02)
