"""``measure``: arrays of every kind give the same number, and what cannot be measured is refused in one sentence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from repgeom_core import measure
from repgeom_core.analyses.contract import analysis
from repgeom_core.analyses.evaluate import evaluate, stratified_rows
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.errors import GeometryError, RepGeomError

RNG = np.random.default_rng(0)
Y = np.arange(90) % 3
X = RNG.standard_normal((90, 5)) + 3 * RNG.standard_normal((3, 5))[Y]
EXPECTED = measure("nc1_pinv", X, Y, interval=False, null=False).value


def nc1(X: Any, y: Any = Y, **options: Any) -> float:
    return measure("nc1_pinv", X, y, interval=False, null=False, **options).value


def test_an_array_file_and_a_memory_map_give_the_value_of_the_array(tmp_path: Path) -> None:
    np.save(tmp_path / "X.npy", X)
    assert nc1(tmp_path / "X.npy") == EXPECTED
    assert nc1(str(tmp_path / "X.npy")) == EXPECTED
    assert nc1(np.load(tmp_path / "X.npy", mmap_mode="r")) == EXPECTED


def test_measure_is_the_function_also_when_its_module_was_imported_before() -> None:
    import repgeom_core
    import repgeom_core.analyses
    import repgeom_core.analyses.evaluate as module

    assert repgeom_core.analyses.measure is module.measure is repgeom_core.measure


def test_torch_tensors_give_the_value_of_their_numbers() -> None:
    import torch

    tensor = torch.from_numpy(X).requires_grad_()
    assert nc1(tensor, torch.from_numpy(Y)) == EXPECTED
    half = torch.from_numpy(X).to(torch.bfloat16)
    assert nc1(half) == pytest.approx(nc1(half.float().numpy()), rel=1e-9)


def test_lists_float16_and_fortran_order_are_taken() -> None:
    assert nc1(X.tolist(), Y.tolist()) == pytest.approx(EXPECTED, rel=1e-12)
    assert nc1(np.asfortranarray(X)) == pytest.approx(EXPECTED, rel=1e-12)
    half = X.astype(np.float16)
    assert nc1(half) == pytest.approx(nc1(half.astype(np.float64)), rel=1e-5)


def test_a_pickle_is_never_opened(tmp_path: Path) -> None:
    np.save(tmp_path / "objects.npy", np.array([{"a": 1}], object), allow_pickle=True)
    with pytest.raises(GeometryError, match="objects.npy cannot be read as an array"):
        nc1(tmp_path / "objects.npy")


def test_an_archive_says_what_it_holds_and_how_to_pass_it(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", embeddings=X, labels=Y)
    with pytest.raises(GeometryError, match=r"a.npz holds several arrays \(embeddings, labels\).*np.load\('.*a.npz'\)\['embeddings'\]"):
        nc1(tmp_path / "a.npz")
    (tmp_path / "a.npz").write_bytes((tmp_path / "a.npz").read_bytes()[:100])
    with pytest.raises(GeometryError, match="cannot be read as an array"):
        nc1(tmp_path / "a.npz")


@pytest.mark.parametrize("kind", [str, bytes, object])
def test_class_names_count_as_their_codes_and_are_kept(kind: Any) -> None:
    names = np.array(["ant", "bee", "cat"]).astype(kind)
    named = measure("nc1_pinv", X, names[Y], interval=False, null=False)
    assert named.value == EXPECTED
    assert named.meta["classes"] == ["ant", "bee", "cat"] and named.meta["K"] == 3
    assert "classes" not in measure("nc1_pinv", X, Y, interval=False, null=False).meta


def test_a_missing_name_is_no_label_and_predictions_share_the_classes() -> None:
    names = np.array(["b", "a", "c"], object)
    given = names[Y]
    given[:3] = None
    result = measure("accuracy_by_class_size", X, given, predictions=names[(Y + (np.arange(90) > 80)) % 3], interval=False, null=False)
    codes = np.array([1, 0, 2])
    y = np.where(np.arange(90) < 3, -1, codes[Y])
    same = measure("accuracy_by_class_size", X, y, predictions=codes[(Y + (np.arange(90) > 80)) % 3], interval=False, null=False)
    np.testing.assert_array_equal(result.details["per_class"], same.details["per_class"])
    assert result.meta["unlabelled left out"] == 3 and result.meta["classes"] == ["a", "b", "c"]


def test_several_lacks_are_enumerated_and_each_has_its_argument() -> None:
    with pytest.raises(GeometryError) as caught:
        measure("mixup_plane", X)
    needed = "labels, a linear classifier (W and b), and a further column of labels"
    arguments = "y (n,), the class of each sample; W (K, d) and b (K,); columns, a dictionary of further labels (n,) by name"
    assert str(caught.value) == f"mixup_plane needs {needed}, and there is none. Pass {arguments}."


def test_an_undefined_value_is_printed_with_its_reason() -> None:
    result = measure("nc1_pinv", X, np.zeros(90, int), interval=False, null=False)
    assert str(result) == "nc1_pinv = nan (one class)"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"X": X[:, 0]}, r"Expected features of shape \(n, d\), got an array with 1 dimensions: \(90,\)."),
        ({"X": X[:0], "y": Y[:0]}, "There are no samples."),
        ({"y": Y[:-1]}, "Expected one label for each of 90 samples, got shape"),
        ({"y": Y.astype(float)}, r"Expected whole class codes .* classes, y = np.unique\(y, return_inverse=True\)"),
        ({"y": None}, r"nc1_pinv needs labels, and there is none. Pass y \(n,\), the class of each sample."),
        ({"X": X.astype(str)}, r"Expected X to hold real numbers, got text of type <U32. Convert it first, .* X.astype\(np.float32\)"),
        ({"X": X.astype(complex)}, "Expected X to hold real numbers, got values of type complex128"),
        ({"X": [[1.0, 2.0], [3.0]]}, "X is no array .* all its rows must have the same length"),
        ({"W": np.ones((3, 5)).astype(str)}, "Expected W to hold real numbers, got text"),
        ({"y": np.array(list("abc"))[Y].reshape(-1, 1)}, r"Expected one label for each sample \(n,\), got names of shape \(90, 1\)"),
        ({"y": np.array(list("abc"))[Y], "predictions": Y}, r"y \(<U1\) and predictions \(int64\) cannot be matched: give both"),
        ({"W": np.ones((3, 4))}, r"Expected a head W of shape \(K, 5\), got \(3, 4\)."),
        ({"W": np.ones((3, 5)), "b": np.ones(2)}, r"Expected a bias b of shape \(3,\), got \(2,\)."),
        ({"X": "absent.npy"}, "absent.npy cannot be read as an array"),
        ({"y": np.full(90, -1)}, "."),
    ],
)
def test_what_cannot_be_measured_is_refused_in_one_sentence(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(RepGeomError, match=message):
        nc1(**{"X": X, **arguments})


def test_an_unknown_name_and_an_unknown_parameter_are_answered_with_the_nearest() -> None:
    with pytest.raises(RepGeomError, match="Did you mean 'nc1_pinv'?"):
        measure("nc1_pin", X, Y)
    with pytest.raises(RepGeomError, match="nc1_pinv has no parameter 'k'"):
        measure("nc1_pinv", X, Y, k=3)


def test_the_result_says_what_it_is() -> None:
    y = np.where(np.arange(90) < 10, -1, Y)
    result = measure("nc1_pinv", X, y, seed=7)
    assert result.value == pytest.approx(nc1(X[10:], Y[10:]), rel=1e-12)
    meta = result.meta
    assert (meta["n"], meta["given"], meta["unlabelled left out"], meta["d"], meta["K"], meta["seed"]) == (80, 90, 10, 5, 3, 7)
    assert meta["cap"] is None and meta["title"] == "NC1: within-class variability" and meta["parameters"] == {}
    assert result.interval is not None and result.null is not None
    assert str(result).startswith(f"nc1_pinv = {result.value:.6g} [") and "shuffled labels: " in str(result)
    off = measure("nc1_pinv", X, y, interval=False, null=False)
    assert (off.interval, off.null, off.meta["interval"], off.meta["null"]) == (None, None, "switched off", "switched off")


@analysis(title="Number of samples", needs=("features", "labels"), reference="-", formula="-", cap=30, interval="none")
def capped_count(data: Inputs) -> float:
    assert len(data.X) == len(data.y) == data.n
    return float(data.n)


def test_above_its_cap_an_analysis_gets_a_stratified_subsample_and_says_so() -> None:
    declared = capped_count.__analysis__  # type: ignore[attr-defined]
    result = evaluate(declared, Inputs(X, Y), {})
    assert result.value == 30 and (result.meta["cap"], result.meta["given"], result.meta["n"]) == (30, 90, 30)
    below = evaluate(declared, Inputs(X[:30], Y[:30]), {})
    assert below.meta["cap"] is None


def test_analyses_of_the_same_cap_share_the_subsample_and_its_neighbours(monkeypatch: pytest.MonkeyPatch) -> None:
    from repgeom_core.analyses import find, inputs

    searches = []
    plain = inputs.neighbours
    monkeypatch.setattr(inputs, "neighbours", lambda X, k, **options: searches.append(len(X)) or plain(X, k, **options))
    data = Inputs(X, Y)
    for name in ("gride", "twonn", "twonn_fit"):
        result = evaluate(replace(find(name), cap=60), data, {"scale": 2} if name == "gride" else {}, interval=False, null=False)
        assert (result.meta["n"], result.meta["given"]) == (60, 90)
    assert searches == [60]


def test_a_subsample_keeps_the_shares_of_the_classes_and_comes_from_the_seed() -> None:
    y = np.repeat([0, 1, 2], [600, 300, 100])
    data = Inputs(np.zeros((1000, 1)), y)
    rows = stratified_rows(data, 100)
    assert np.bincount(y[rows]).tolist() == [60, 30, 10]
    assert (np.diff(rows) > 0).all()
    np.testing.assert_array_equal(rows, stratified_rows(data, 100))
    assert (rows != stratified_rows(Inputs(np.zeros((1000, 1)), y, seed=1), 100)).any()


def test_intermediates_are_computed_once_for_all_analyses(monkeypatch: pytest.MonkeyPatch) -> None:
    from repgeom_core.analyses import find, inputs

    passes = []
    plain = inputs.class_moments
    monkeypatch.setattr(inputs, "class_moments", lambda *given, **options: passes.append(1) or plain(*given, **options))
    data = Inputs(X, Y)
    for name in ("nc1_pinv", "nc1_quotient", "cdnv"):
        evaluate(find(name), data, {}, interval=True, null=False)
    assert len(passes) == 1


def test_what_depends_on_features_alone_is_computed_once_for_shuffled_labels() -> None:
    computed = []

    @analysis(title="t", needs=("features", "labels"), reference="r", formula="f", null="shuffled labels", interval="none")
    def labelled_sum(data: Inputs) -> float:
        total: float = data.of_features("sum", lambda: computed.append(1) or float(data.X.sum()))
        return total + float(data.y @ data.X[:, 0])

    result = evaluate(labelled_sum.__analysis__, Inputs(X, Y), {}, null=True)
    assert len(computed) == 1 and result.null is not None and result.null.sd > 0
    data = Inputs(X, Y)
    data.of_features("sum", lambda: 1.0)
    assert data.replaced(X=X + 1).of_features("sum", lambda: 2.0) == 2.0
    assert data.take(np.arange(5)).of_features("sum", lambda: 3.0) == 3.0


def test_only_intervals_and_nulls_are_told_that_nobody_looks_at_details() -> None:
    told = []

    @analysis(title="t", needs=("features", "labels"), reference="r", formula="f", null="shuffled labels", interval="halves")
    def mean_of_first(data: Inputs) -> float:
        told.append(data.value_only)
        return float(data.X[:, 0].mean())

    evaluate(mean_of_first.__analysis__, Inputs(X, Y), {})
    assert told[0] is False and all(told[1:]) and len(told) == 1 + 2 * 10 + 20


@pytest.mark.parametrize("name", ["topk_threshold", "topk_head_accuracy", "subspace_classifier"])
def test_a_value_without_its_curve_is_that_of_the_curve(name: str) -> None:
    from repgeom_core.analyses import find

    declared = find(name)
    data = Inputs(X, Y, np.random.default_rng(1).standard_normal((3, 5)), np.zeros(3)).for_analysis(declared.needs)
    whole = declared.function(data, **declared.validated({}))
    data.value_only = True
    assert declared.function(data, **declared.validated({})).value == whole.value


def test_an_analysis_may_ask_for_few_repeats() -> None:
    @analysis(title="t", needs=("features", "labels"), reference="r", formula="f", null="shuffled labels", interval="halves", repeats="few")
    def first_of_class(data: Inputs) -> float:
        return float(data.X[data.y == 0, 0].mean())

    result = evaluate(first_of_class.__analysis__, Inputs(X, Y), {})
    assert result.meta["null"] == "shuffled labels, 5 draws"
    assert result.meta["interval"].startswith("5 random splits")


def test_the_row_that_is_not_finite_is_named_as_it_was_given() -> None:
    X, y = np.random.default_rng(0).normal(size=(30, 3)), np.repeat([-1, 0, 1], 10)
    X[25, 1] = np.nan
    for name in ("nc1_pinv", "purity_by_k", "merge_nmi"):  # of which the ten without label are left out
        with pytest.raises(GeometryError, match="the first in row 25"):
            measure(name, X, y)
