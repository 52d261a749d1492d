"""Every registered analysis keeps the contract: its declaration is whole, its parameters work, its result says what it is."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from repgeom_core.analyses.contract import Analysis, analysis
from repgeom_core.analyses.evaluate import measure
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.nulls import NULLS
from repgeom_core.analyses.parameters import Choice, Column, Flag, Float, Int, Parameter, ParameterError
from repgeom_core.analyses.result import Result
from repgeom_core.analyses.series import SUMS
from repgeom_core.errors import RepGeomError
from repgeom_core.results import Results

META = {"title", "version", "parameters", "n", "d", "K", "seed", "given", "unlabelled left out", "cap", "repgeom", "interval", "null"}
HERE = Path(__file__).parent


# -- the declaration ----------------------------------------------------------------------------------------------------


def test_one_file_holds_one_analysis_of_its_name(declared: Analysis) -> None:
    module = inspect.getmodule(declared.function)
    assert module is not None and module.__name__ == f"repgeom_core.analyses.{declared.family}.{declared.name}"
    others = [
        f for _, f in inspect.getmembers(module, inspect.isfunction) if hasattr(f, "__analysis__") and f.__module__ == module.__name__
    ]
    assert others == [declared.function]
    assert (HERE / declared.family / f"test_{declared.name}.py").exists(), "it has no tests of its own"


def test_docstring_begins_with_a_plain_sentence(declared: Analysis) -> None:
    summary = declared.summary
    assert summary.endswith("."), f"the first paragraph is no sentence: {summary!r}"
    assert 20 <= len(summary) <= 320
    assert summary[0].isupper() or summary[0].isdigit()
    assert not re.search(r"[=Σσλμ‖²\\^|]|\b(tr|argmin|argmax)\b", summary), f"a formula is no plain language: {summary!r}"
    assert declared.explanation, "after the first sentence: convention, formula, edge cases"


def test_declaration_says_everything(declared: Analysis) -> None:
    assert declared.null is None or declared.null in NULLS, f"{declared.null!r} is no null model: {list(NULLS)}"
    for field in ("title", "reference", "formula", "oracle", "truths", "cost"):
        assert getattr(declared, field).strip(), f"{field} is empty"
    assert declared.needs
    assert declared.version >= 1
    low, high = declared.bounds
    assert low is None or high is None or low <= high
    assert declared.interval not in ("groups", "jackknife") or declared.needs <= SUMS, (
        f"groups of samples give {', '.join(sorted(SUMS))} anew, and the rest as it was: declare interval='rows' or 'halves'"
    )


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"needs": ("spectra",)}, "unknown need 'spectra'; one of features, labels, .*"),
        ({"needs": "spectrum"}, r"needs is a tuple of names, with a comma even where there is one: \('spectrum',\)"),
        ({"invariant_to": ("rotations",)}, "unknown invariance 'rotations'; one of rotation, translation, .*"),
        ({"interval": "jacknife"}, "unknown interval 'jacknife'; one of groups, jackknife, rows, halves, none"),
        ({"better": "less"}, "unknown better 'less'; one of lower, higher, none"),
        ({"repeats": "seldom"}, "unknown repeats 'seldom'; one of many, few"),
    ],
)
def test_a_declaration_with_an_unknown_word_is_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=f"^Largest: {said}$"):
        analysis(**{"title": "Largest", "needs": ("features",), "reference": "none", "formula": "max x", **wrong})


def test_parameters_are_those_of_the_function_and_their_defaults_are_valid(declared: Analysis) -> None:
    arguments = inspect.signature(declared.function).parameters
    assert list(arguments)[1:] == list(declared.parameters)
    assert declared.validated({}) == {name: p.default for name, p in declared.parameters.items()}
    for name, p in declared.parameters.items():
        assert p.help.strip(), f"{name} has no help"
        assert arguments[name].default in (inspect.Parameter.empty, p.default), f"{name} has another default in the function"
        if isinstance(p, Int | Float):
            assert p.low < p.high


# -- parameters ---------------------------------------------------------------------------------------------------------


def test_a_parameter_out_of_bounds_is_refused_with_what_was_expected(declared: Analysis) -> None:
    for name, p in declared.parameters.items():
        wrong: Any = p.low - 1 if isinstance(p, Int | Float) else 3.5 if isinstance(p, Flag | Column) else "no such option"
        with pytest.raises(ParameterError) as refusal:
            declared.validated({name: wrong})
        assert str(refusal.value) == f"The {name!r} parameter of {declared.name} must be {p.expected}. Got {wrong!r} instead."


def test_an_unknown_parameter_is_refused(declared: Analysis) -> None:
    with pytest.raises(ParameterError, match=f"{declared.name} has no parameter 'surely_not'"):
        declared.validated({"surely_not": 1})
    for name in declared.parameters:
        with pytest.raises(ParameterError, match="Did you mean"):
            declared.validated({name + "x": 1})


def test_each_parameter_changes_something(declared: Analysis, both: Any) -> None:
    for name, p in declared.parameters.items():
        if not any(_differs(declared, given, name, value) for given in both for value in _others(p)):
            assert f"``{name}``" in inspect.getdoc(declared.function), f"{name} changes nothing, and the docstring does not say why"


def _others(p: Parameter) -> Iterator[Any]:
    if isinstance(p, Int):
        yield from {p.low, max(p.low, p.default // 2), min(p.high, 2 * p.default + 1)} - {p.default}
    elif isinstance(p, Float):
        yield from {p.low, max(p.low, p.default / 2), min(p.high, 2 * p.default), min(p.high, p.low + 1)} - {p.default}
    elif isinstance(p, Choice):
        yield from (option for option in p.options if option != p.default)
    else:
        yield not p.default if isinstance(p, Flag) else "other"


def _differs(declared: Analysis, given: Any, name: str, value: Any) -> bool:
    usual = given.measured(declared)
    try:
        other = given.measured(declared, **{name: value})
    except RepGeomError:
        return False
    return not _same(usual, other)


def _same(a: Result, b: Result) -> bool:
    if not np.array_equal(a.value, b.value, equal_nan=True) or a.notes != b.notes or a.details.keys() != b.details.keys():
        return False
    return all(_equal(a.details[name], b.details[name]) for name in a.details)


def _equal(a: np.ndarray, b: np.ndarray) -> bool:
    return np.array_equal(a, b, equal_nan=a.dtype.kind == "f" and b.dtype.kind == "f")


# -- the result ---------------------------------------------------------------------------------------------------------


def test_ordinary_data_has_a_finite_value_within_bounds(declared: Analysis, given: Any) -> None:
    result = given.measured(declared)
    assert np.isfinite(result.value), result.notes
    given.check_bounds(declared, result)


def test_the_same_seed_gives_the_same_result(declared: Analysis, given: Any) -> None:
    assert _same(given.measured_anew(declared), given.measured_anew(declared))


def test_meta_is_complete_and_details_have_the_shapes_of_their_names(declared: Analysis, given: Any) -> None:
    result = given.measured(declared)
    assert result.name == declared.name and result.meta.keys() >= META
    assert (result.meta["n"], result.meta["d"], result.meta["version"]) == (120, 16, declared.version)
    assert result.meta["parameters"].keys() == declared.parameters.keys()
    for name, array in result.details.items():
        assert array.dtype.kind in "biufU", f"{name} holds {array.dtype}, which no file without pickle can"
        if name in ("per_sample", "labels") or name.startswith("per_sample_"):
            assert array.shape == (120,), f"{name} is {array.shape}"
        if name == "labels":
            assert array.dtype.kind in "iu"
        if name == "per_class" or name.startswith("per_class_"):
            assert "classes" in result.details, f"{name} needs the codes of its classes beside it"
            assert len(array) == len(result.details["classes"])


def test_result_survives_its_record(declared: Analysis, given: Any, tmp_path: Path, few_draws: None) -> None:
    result = given.measured(declared, interval=True, null=True)
    store = Results(tmp_path)
    store.put({"analysis": declared.name}, result.details, result.record())
    stored = store.get({"analysis": declared.name})
    assert stored is not None
    found = Result.of_record(stored.meta, stored.arrays)
    assert _same(found, result), "notes are plain JSON values: str, int, float, bool, list, None"
    assert (found.interval, found.null, found.meta) == (result.interval, result.null, json.loads(json.dumps(result.meta)))


def test_interval_and_null_need_no_more_than_is_declared(declared: Analysis, given: Any, few_draws: None) -> None:
    result = given.measured(declared, interval=True, null=True)
    if declared.interval == "none":
        assert result.interval is None
    else:
        assert result.interval is not None and result.interval[0] <= result.interval[1], result.meta["interval"]
    if declared.null is None:
        assert result.null is None and result.meta["null"] == "none declared"
    else:
        assert result.null is not None and result.null.name == declared.null, "no null draw is finite"


def test_what_is_not_needed_changes_nothing(declared: Analysis, given: Any, few_draws: None) -> None:
    alone, beside = given.measured(declared, interval=True, null=True), given.measured_beside_all(declared, interval=True, null=True)
    assert beside.value == alone.value
    assert beside.interval == alone.interval
    assert (beside.null and beside.null.draws) == (alone.null and alone.null.draws)


def test_each_declared_need_is_used(declared: Analysis, both: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Using an undeclared one raises, so every other test checks that."""
    touched: set[str] = set()
    need = Inputs._need

    def recorded(self: Inputs, *any_of: str) -> None:
        if self._allowed is not None:
            touched.update(any_of)
        need(self, *any_of)

    monkeypatch.setattr(Inputs, "_need", recorded)
    for given in both:
        for parameters in [{}, *({name: value} for name, p in declared.parameters.items() for value in _others(p))]:
            try:
                given.measured_anew(declared, **parameters)
            except RepGeomError:
                continue
            if declared.needs <= touched:
                return
    pytest.fail(f"never touches {', '.join(declared.needs - touched)}")


def test_lacking_input_is_named(declared: Analysis, given: Any) -> None:
    if declared.needs <= {"features", "spectrum", "neighbours", "tree"}:
        pytest.skip("features are all it needs")
    with pytest.raises(RepGeomError, match=f"{declared.name} needs .*, and there is none"):
        measure(declared.name, given.X)


def test_features_in_chunks_give_the_same(declared: Analysis, given: Any, noise: Callable[..., float]) -> None:
    class Chunked:
        shape, dtype = given.X.shape, given.X.dtype

        def chunks(self, rows: int = 50) -> Iterator[tuple[slice, np.ndarray]]:
            for start in range(0, 120, 50):
                yield slice(start, min(start + 50, 120)), given.X[start : start + 50]

        def take(self, rows: np.ndarray) -> np.ndarray:
            return given.X[rows]

        def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
            return np.asarray(given.X, dtype)

    arrays = {"columns": given.columns, "predictions": given.predictions, "views": given.views}
    parameters = {name: "coarse" for name, p in declared.parameters.items() if isinstance(p, Column)}
    found = measure(declared.name, Chunked(), given.y, given.W, given.b, interval=False, null=False, **arrays, **parameters)
    expected = given.measured(declared).value
    assert found.value == pytest.approx(expected, rel=1e-9, abs=1e-9 + noise(declared, given))
