"""``repgeom analyze``: the numbers of ``analyze``, as a table for people and JSON lines for machines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from repgeom_core import measure
from repgeom_core.analyses.contract import Analysis, Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Int
from repgeom_core.bundle import Bundle, create_bundle
from repgeom_core.cli import main
from repgeom_core.errors import GeometryError
from repgeom_core.sources import Dataset


@analysis(
    title="Size of the head", needs=("head",), reference="none", formula="‖W‖", interval="none", parameters={"power": Int(1, 1, 3, "of it")}
)
def head_size(data: Inputs, power: int) -> Outcome:
    """How long the head's rows are together."""
    if power == 3:
        raise GeometryError("Three is too many.")
    if power == 2:
        return Outcome(float("nan"), notes={"why": "two is undefined"})
    return Outcome(float(np.linalg.norm(data.head[0])))


@pytest.fixture
def with_head_size(monkeypatch: pytest.MonkeyPatch) -> Analysis:
    from repgeom_core.analyses import registry

    declared: Analysis = head_size.__analysis__  # type: ignore[attr-defined]
    known = {**registry.analyses(), "head_size": declared}
    monkeypatch.setattr(registry, "analyses", lambda: known)
    return declared


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_json_has_a_line_for_each_layer_and_checkpoint(bundle: Bundle, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyze", str(bundle.path), "--analysis", "nc1_pinv", "--json"]) == 0
    found = lines(capsys)
    assert [(line["checkpoint"], line["layer"]) for line in found] == [
        (checkpoint, layer) for checkpoint in ("step-0", "step-10") for layer in ("features", "wide")
    ]
    for line in found:
        X = np.asarray(bundle.features(line["layer"], line["checkpoint"]))
        expected = measure("nc1_pinv", X, bundle.y)
        assert line["value"] == pytest.approx(expected.value, rel=1e-9)
        assert line["interval"] == pytest.approx(expected.interval, rel=1e-9)
        assert line["null"]["mean"] == pytest.approx(expected.null.mean, rel=1e-9)
        assert line["meta"]["n"] == 40 and line["split"] == "all"


def test_layer_checkpoint_and_split_are_chosen(bundle: Bundle, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["analyze", str(bundle.path), "--analysis", "nc1_pinv", "--layer", "wide", "--checkpoint", "step-10", "--split", "train"]
    assert main([*arguments, "--no-interval", "--no-null", "--json"]) == 0
    (found,) = lines(capsys)
    rows = bundle.rows("train")
    expected = measure("nc1_pinv", bundle.features("wide", "step-10").take(rows), bundle.y[rows], interval=False, null=False)
    assert found["value"] == pytest.approx(expected.value, rel=1e-9)
    assert found["interval"] is None and found["null"] is None
    assert (found["meta"]["interval"], found["meta"]["null"]) == ("switched off", "switched off")


def test_the_table_shows_value_interval_and_null(bundle: Bundle, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["analyze", str(bundle.path), "--analysis", "nc1_pinv", "--layer", "wide", "--progress", "none"]
    assert main(arguments) == 0
    header, first, second, how = capsys.readouterr().out.splitlines()
    for word in ("checkpoint", "layer", "n", "nc1_pinv", "95 %", "null (shuffled labels)"):
        assert word in header
    result = measure("nc1_pinv", np.asarray(bundle.features("wide", "step-0")), bundle.y)
    assert result.interval is not None and result.null is not None
    assert f"{result.value:.6g}" in first and f"[{result.interval[0]:.4g}, " in first and f"{result.null.mean:.4g} ±" in first
    assert second.startswith("step-10") and "groups of samples" in how
    assert main([*arguments, "--no-interval", "--no-null"]) == 0
    assert "95 %" not in capsys.readouterr().out


def test_where_it_cannot_be_computed_the_reason_stands(
    bundle: Bundle, with_head_size: Analysis, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["analyze", str(bundle.path), "--analysis", "head_size", "--json", "--checkpoint", "step-0"]) == 0
    features, wide = lines(capsys)
    head = bundle.head("step-0")
    assert head is not None and features["value"] == pytest.approx(float(np.linalg.norm(head.W)))
    assert wide["unavailable"] == "needs a linear classifier (W and b)"
    assert main(["analyze", str(bundle.path), "--analysis", "head_size", "--layer", "wide"]) == 1
    said = "head_size: needs a linear classifier (W and b). The classifier reads the layer 'features': --layer features.\n"
    assert capsys.readouterr().err.endswith(said)


def test_what_a_bundle_lacks_comes_with_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    X = np.random.default_rng(0).normal(size=(12, 3)).astype(np.float32)
    writer = create_bundle(tmp_path / "bare", Dataset("bare", pd.DataFrame({"id": [f"s{i}" for i in range(12)]})))
    writer.add_checkpoint("data", features={"x": X})
    for name, said in {
        "nc1_pinv": "nc1_pinv: needs labels. Import data with a column of classes (repgeom import PATH --role COLUMN=label)",
        "self_duality_error": "needs labels and a linear classifier (W and b). Import data with a column",
        "accuracy_by_class_size": "needs labels and predictions.",
        "mixup_plane": "needs labels, a linear classifier (W and b), and a further column of labels.",
        "alignment": "needs two views of each sample. Only Python can give them",
    }.items():
        assert main(["analyze", str(tmp_path / "bare"), "--analysis", name, "--progress", "none"]) == 1
        assert said in capsys.readouterr().err


def test_the_ways_to_what_is_lacking_lead_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    random = np.random.default_rng(0)
    y, second = np.arange(60) % 3, np.arange(60) % 5
    table = pd.DataFrame({"x": list(random.normal(size=(60, 4))), "kind": y, "guess": y, "coarse": second.astype(str)})
    table.astype({"coarse": "category"}).to_parquet(tmp_path / "t.parquet")
    roles = ["--role", "kind=label", "--role", "guess=prediction"]
    assert main(["import", str(tmp_path / "t.parquet"), "--out", str(tmp_path / "b"), *roles, "--progress", "none"]) == 0
    for name in ("nc1_pinv", "accuracy_by_class_size", "column_rate_reduction"):
        quick = ["--no-interval", "--no-null", "--progress", "none"]
        more = ["--param", "column=coarse"] if name == "column_rate_reduction" else []
        assert main(["analyze", str(tmp_path / "b"), "--analysis", name, *more, *quick]) == 0, capsys.readouterr().err
    np.savez(tmp_path / "w.npz", x=random.normal(size=(60, 4)), y=y, weights=random.normal(size=(3, 4)), offsets=np.zeros(3))
    roles = ["--role", "weights=weight", "--role", "offsets=bias"]
    assert main(["import", str(tmp_path / "w.npz"), "--out", str(tmp_path / "w"), *roles, "--progress", "none"]) == 0
    assert main(["analyze", str(tmp_path / "w"), "--analysis", "self_duality_error", *quick]) == 0


def test_an_undefined_value_is_null_with_its_reason(bundle: Bundle, with_head_size: Analysis, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["analyze", str(bundle.path), "--analysis", "head_size", "--layer", "features", "--param", "power=2"]
    assert main([*arguments, "--json"]) == 0
    assert [(line["value"], line["notes"]["why"]) for line in lines(capsys)] == [(None, "two is undefined")] * 2
    assert main(arguments) == 0
    assert "why: two is undefined" in capsys.readouterr().out
    assert main([*arguments[:-1], "power=3"]) == 1
    assert "Three is too many." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--analysis", "nc1_pinw"], "There is no analysis 'nc1_pinw'. Did you mean 'nc1_pinv'?"),
        (["--analysis", "head_size", "--param", "power=0"], "The 'power' parameter of head_size must be an int in [1, 3]. Got 0 instead."),
        (["--analysis", "head_size", "--param", "power=x"], "must be an int in [1, 3]. Got 'x' instead."),
        (["--analysis", "head_size", "--param", "pover=1"], "head_size has no parameter 'pover'. Did you mean 'power'?"),
        (["--analysis", "nc1_pinv", "--layer", "narrow"], "has no layer 'narrow'"),
        (["--analysis", "nc1_pinv", "--checkpoint", "step-99"], "has no checkpoint 'step-99'"),
        (["--analysis", "nc1_pinv", "--split", "validation"], "validation"),
    ],
)
def test_mistakes_are_one_line(
    bundle: Bundle, with_head_size: Analysis, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert main(["analyze", str(bundle.path), *arguments, "--progress", "none"]) == 1
    err = capsys.readouterr().err
    assert message in err and len(err.splitlines()) == 1 and "unexpected" not in err


def test_a_parameter_without_equals_sign_and_two_kinds_of_json_are_wrong_usage(bundle: Bundle, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, message in ((["--param", "k"], "NAME=VALUE"), (["--json", "--progress", "json"], "choose one")):
        with pytest.raises(SystemExit) as stop:
            main(["analyze", str(bundle.path), "--analysis", "nc1_pinv", *arguments])
        assert stop.value.code == 2
        assert message in capsys.readouterr().err


def test_chosen_rows_are_read_from_a_file(bundle: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = np.array([30, 2, 5, 11, 4, 17, 20, 39])
    np.save(tmp_path / "rows.npy", rows)
    arguments = ["analyze", str(bundle.path), "--analysis", "nc1_pinv", "--layer", "wide", "--checkpoint", "step-10"]
    assert main([*arguments, "--rows", str(tmp_path / "rows.npy"), "--no-interval", "--no-null", "--json"]) == 0
    (found,) = lines(capsys)
    expected = measure("nc1_pinv", bundle.features("wide", "step-10").take(rows), bundle.y[rows], interval=False, null=False)
    assert found["value"] == pytest.approx(expected.value, rel=1e-9)
    assert found["rows"] == str(tmp_path / "rows.npy") and found["meta"]["n"] == 8 and "split" not in found


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (np.array([1, 2, 40]), "names row 40 at place 2; the bundle has rows 0 to 39"),
        (np.array([-1, 2]), "names row -1 at place 0"),
        (np.array([3, 1, 3]), "names row 3 more than once"),
        (np.array([1.0, 2.0]), "holds float64 of shape (2,); one list of whole row numbers was expected"),
        (np.arange(4).reshape(2, 2), "holds int64 of shape (2, 2)"),
        (np.ones(40, bool), "save np.flatnonzero(mask)"),
        (np.array([], np.int64), "holds no rows"),
        (np.array([{"a": 1}], object), "a .npy file of row numbers was expected"),
        (None, "cannot be read (No such file or directory)"),
        (b"not an array", "a .npy file of row numbers was expected"),
    ],
    ids=str,
)
def test_a_file_of_rows_that_does_not_fit_is_refused_in_one_line(
    bundle: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: Any, message: str
) -> None:
    path = tmp_path / "rows.npy"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None:
        np.save(path, content, allow_pickle=True)
    assert main(["analyze", str(bundle.path), "--analysis", "nc1_pinv", "--rows", str(path), "--progress", "none"]) == 1
    err = capsys.readouterr().err
    assert message in err and str(path) in err and len(err.splitlines()) == 1 and "unexpected" not in err


def test_rows_and_a_split_together_are_wrong_usage(bundle: Bundle, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["analyze", str(bundle.path), "--analysis", "nc1_pinv", "--split", "train", "--rows", "rows.npy"])
    assert stop.value.code == 2 and "not allowed with" in capsys.readouterr().err


def test_progress_names_value_interval_and_null_and_the_place_among_several(bundle: Bundle, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["analyze", str(bundle.path), "--analysis", "supcon_loss", "--layer", "wide", "--progress", "json"]
    assert main([*arguments, "--checkpoint", "step-10"]) == 0
    told = [line["stage"] for line in lines(capsys) if line["event"] == "progress"]
    assert list(dict.fromkeys(told)) == ["computing the value", "interval", "null", "supcon_loss"]
    assert main(arguments) == 0
    told = [line["stage"] for line in lines(capsys) if line["event"] == "progress"]
    assert {"supcon_loss", "wide at step-0: computing the value", "wide at step-0: interval"} <= set(told)
