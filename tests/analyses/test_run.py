"""``analyze``: kept by content, so the same question is answered once and any other one anew."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from repgeom_core import measure
from repgeom_core.analyses import run
from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Int
from repgeom_core.analyses.run import analyze, cached, unavailable
from repgeom_core.bundle import Bundle, Head, create_bundle, open_bundle
from repgeom_core.errors import BundleError, RepGeomError
from repgeom_core.sources.dataset import Dataset


@analysis(
    title="Power of a head", needs=("features", "labels", "head"), reference="-", formula="-", parameters={"power": Int(1, 1, 9, "of it")}
)
def head_power(data: Inputs, power: int) -> Outcome:
    """Something that depends on features, labels, head, parameters and seed."""
    W, b = data.head
    scores = data.X @ W.T + b
    value = float(scores[np.arange(data.n), data.y].mean() ** power + data.rng.random())
    return Outcome(value, details={"per_sample": scores[:, 0]}, notes={"power": power})


DECLARED = head_power.__analysis__  # type: ignore[attr-defined]


@pytest.fixture
def bundle(tmp_path: Path, digits_bundle: Path) -> Bundle:
    shutil.copytree(digits_bundle, tmp_path / "digits")
    return open_bundle(tmp_path / "digits")


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The names of what was evaluated, in order; ``head_power`` is known."""
    names: list[str] = []
    evaluate, find = run.evaluate, run.find

    def counted(declared: Any, *arguments: Any) -> Any:
        names.append(declared.name)
        return evaluate(declared, *arguments)

    monkeypatch.setattr(run, "evaluate", counted)
    monkeypatch.setattr(run, "find", lambda name: DECLARED if name == "head_power" else find(name))
    run._recent.clear()
    yield names
    run._recent.clear()


def ask(bundle: Bundle, **options: Any) -> float:
    options = {"layer": "features", "checkpoint": "end", "interval": False, "null": False, **options}
    return analyze(bundle, "head_power", **options).value


def test_the_second_time_it_is_read(bundle: Bundle, computed: list[str]) -> None:
    assert cached(bundle, "nc1_pinv", "features", "end") is None
    first = analyze(bundle, "nc1_pinv", "features", "end")
    again = analyze(open_bundle(bundle.path), "nc1_pinv", "features", "end")
    assert computed == ["nc1_pinv"]
    found = cached(bundle, "nc1_pinv", "features", "end")
    for other in (again, found):
        assert other is not None
        assert (other.value, other.interval, other.null, other.notes) == (first.value, first.interval, first.null, first.notes)
        assert other.meta == first.meta
        for name, array in first.details.items():
            np.testing.assert_array_equal(other.details[name], array)


def test_it_is_the_number_of_measure(bundle: Bundle, computed: list[str]) -> None:
    rows = bundle.rows("test")
    X = bundle.features("features", "middle").take(rows)
    expected = measure("nc1_pinv", X, bundle.y[rows])
    found = analyze(bundle, "nc1_pinv", "features", "middle", "test")
    assert found.value == pytest.approx(expected.value, rel=1e-9)
    assert found.interval == pytest.approx(expected.interval, rel=1e-9)


@pytest.mark.parametrize(
    "other",
    [
        {"split": "test"},
        {"rows": np.arange(100)},
        {"checkpoint": "middle"},
        {"power": 2},
        {"seed": 1},
        {"null": True},
        {"interval": True},
    ],
    ids=str,
)
def test_another_question_is_computed_anew(bundle: Bundle, computed: list[str], other: dict[str, Any]) -> None:
    ask(bundle)
    ask(bundle, **other)
    ask(bundle, **other)
    assert len(computed) == 2


def test_another_version_is_computed_anew(bundle: Bundle, computed: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    ask(bundle)
    monkeypatch.setattr(run, "find", lambda _: replace(DECLARED, version=2))
    ask(bundle)
    monkeypatch.setattr(run, "versions", lambda *names: dict.fromkeys(names, "0"))
    ask(bundle)
    assert len(computed) == 3


def test_another_order_of_rows_is_another_question(bundle: Bundle, computed: list[str]) -> None:
    """What is found per sample follows the rows as they were asked for."""
    rows = np.arange(50)
    forth = analyze(bundle, "head_power", "features", "end", rows=rows, interval=False)
    back = analyze(bundle, "head_power", "features", "end", rows=rows[::-1], interval=False)
    assert len(computed) == 2
    np.testing.assert_array_equal(back.details["per_sample"], forth.details["per_sample"][::-1])


def remade(bundle: Bundle, labels: bool = False, head: bool = False) -> Bundle:
    """The same features at the same place, with other labels or another head."""
    samples = bundle.samples().copy()
    if labels:
        samples["label"] = samples["label"].iloc[::-1].to_numpy()
    X, old = np.asarray(bundle.features("features", "end")), bundle.head("end")
    assert old is not None
    results = shutil.copytree(bundle.path / "results", bundle.path.parent / "results")
    writer = create_bundle(bundle.path, Dataset("digits", samples, bundle.classes), shard_rows=100, overwrite=True)
    writer.add_checkpoint("end", 200, {"features": X}, head=Head(old.W * (2 if head else 1), old.b, "features"))
    shutil.copytree(results, bundle.path / "results", dirs_exist_ok=True)
    return open_bundle(bundle.path)


@pytest.mark.parametrize("changed", ["labels", "head"])
def test_other_labels_and_another_head_in_the_same_place_are_seen(bundle: Bundle, computed: list[str], changed: str) -> None:
    before = ask(bundle)
    after = remade(bundle, **{changed: True})
    assert after.features("features", "end").digest == bundle.features("features", "end").digest
    assert ask(after) != before
    assert len(computed) == 2


def test_a_selection_is_measured_on_its_rows(bundle: Bundle, computed: list[str]) -> None:
    rows = np.flatnonzero((np.arange(bundle.n) % 3 == 0) & (bundle.y != 2))
    X = bundle.features("features", "end").take(rows)
    found = analyze(bundle, "nc1_pinv", "features", "end", rows=rows, interval=False, null=False)
    expected = measure("nc1_pinv", X, bundle.y[rows], interval=False, null=False)
    assert found.value == pytest.approx(expected.value, rel=1e-9)
    assert found.meta["n"] == len(rows)


def test_a_selection_without_samples_is_refused(bundle: Bundle, computed: list[str]) -> None:
    with pytest.raises(RepGeomError, match="no samples"):
        analyze(bundle, "nc1_pinv", "features", "end", rows=np.array([], np.int64))


def test_equal_requests_at_once_run_once(bundle: Bundle, computed: list[str]) -> None:
    together = threading.Barrier(4)

    def request(_: int) -> float:
        together.wait()
        return analyze(bundle, "nc1_pinv", "features", "end").value

    with ThreadPoolExecutor(4) as pool:
        values = set(pool.map(request, range(4)))
    assert len(values) == 1 and computed == ["nc1_pinv"]


def test_a_slow_analysis_does_not_hold_up_those_of_other_inputs(
    bundle: Bundle, computed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    started, go_on, entered, evaluate = threading.Event(), threading.Event(), [], run.evaluate

    def slow(declared: Any, data: Inputs, *rest: Any) -> Any:
        if data.d == 32:  # the pixels
            entered.append(declared.name)
            started.set()
            assert go_on.wait(20)
        return evaluate(declared, data, *rest)

    monkeypatch.setattr(run, "evaluate", slow)
    with ThreadPoolExecutor(2) as pool:
        waiting = pool.submit(analyze, bundle, "nc1_pinv", "pixels", "end", interval=False, null=False)
        assert started.wait(20)
        same = pool.submit(analyze, bundle, "cdnv", "pixels", "end", interval=False, null=False)
        assert analyze(bundle, "nc1_pinv", "features", "end", interval=False, null=False).value > 0
        assert not waiting.done() and entered == ["nc1_pinv"]  # those of the same inputs share what they compute, one after the other
        go_on.set()
        assert waiting.result().value > 0 and same.result().value > 0


def test_an_unreadable_entry_is_computed_again_and_repaired(bundle: Bundle, computed: list[str]) -> None:
    first = ask(bundle)
    (entry,) = (bundle.path / "results").glob("*.npz")
    entry.write_bytes(entry.read_bytes()[:100])
    assert ask(bundle) == first
    assert ask(bundle) == first
    assert len(computed) == 2


def test_parameters_that_are_refused_compute_nothing(bundle: Bundle, computed: list[str]) -> None:
    with pytest.raises(RepGeomError, match=r"The 'power' parameter of head_power must be an int in \[1, 9\]. Got 0 instead."):
        ask(bundle, power=0)
    with pytest.raises(BundleError, match="has no layer"):
        ask(bundle, layer="absent")
    assert not computed


def test_what_a_layer_lacks_is_said_before_anything_is_computed(bundle: Bundle, computed: list[str]) -> None:
    assert unavailable(bundle, "head_power", "features", "end") is None
    assert unavailable(bundle, "head_power", "pixels", "end") == "needs a linear classifier (W and b)"
    with pytest.raises(RepGeomError, match="head_power needs a linear classifier"):
        ask(bundle, layer="pixels")


def test_analyses_of_one_layer_share_what_they_compute(bundle: Bundle, computed: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from repgeom_core.analyses import inputs

    passes = []
    plain = inputs.class_moments
    monkeypatch.setattr(inputs, "class_moments", lambda *given, **options: passes.append(1) or plain(*given, **options))
    for name in ("nc1_pinv", "nc1_quotient", "cdnv"):
        analyze(bundle, name, "features", "end", null=False)
    assert computed == ["nc1_pinv", "nc1_quotient", "cdnv"] and len(passes) == 1


def test_trees_of_a_split_are_those_that_the_bundle_keeps(bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    from repgeom_core.hierarchy.linkages import exact

    made: list[int] = []
    plain = exact.average
    monkeypatch.setattr(exact, "average", lambda X, seed=0, progress=None: made.append(len(X)) or plain(X))
    for name in ("dendrogram_purity", "cophenetic_correlation", "dendrogram_purity"):
        analyze(bundle, name, "features", "end", interval=False, null=False, method="average")
    run._recent.clear()  # as in another process
    analyze(bundle, "purity_by_k", "features", "end", interval=False, null=False, method="average")
    assert made == [bundle.n]
    analyze(bundle, "dendrogram_purity", "features", "end", rows=np.arange(30), interval=False, method="average")
    assert made == [bundle.n, 30]  # also of shuffled labels
