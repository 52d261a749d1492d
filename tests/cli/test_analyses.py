"""``repgeom analyses``: every analysis is listed, and as JSON everything that it declares."""

from __future__ import annotations

import json

import pytest

from repgeom_core.analyses.registry import analyses
from repgeom_core.cli import main


def test_the_table_names_every_analysis_with_its_parameters(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyses"]) == 0
    header, *lines = capsys.readouterr().out.splitlines()
    assert header.split() == ["family", "name", "title", "needs", "parameters"]
    assert [line.split()[:2] for line in lines] == [[a.family, a.name] for a in analyses().values()]
    for declared, line in zip(analyses().values(), lines, strict=True):
        for name, parameter in declared.parameters.items():
            assert f"{name}={parameter.default}" in line


def test_json_holds_the_whole_declaration(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyses", "--json"]) == 0
    listed = {entry["name"]: entry for entry in json.loads(capsys.readouterr().out)}
    assert listed.keys() == analyses().keys()
    nc1 = listed["nc1_pinv"]
    assert (nc1["family"], nc1["needs"], nc1["better"], nc1["bounds"]) == ("collapse", ["moments"], "lower", [0, None])
    assert nc1["invariant_to"] == ["rotation", "translation", "scaling"] and "Papyan" in nc1["reference"]


def test_one_analysis_is_told_with_all_that_it_declares(capsys: pytest.CaptureFixture[str]) -> None:
    for declared in analyses().values():
        assert main(["analyses", declared.name]) == 0
        said = " ".join(capsys.readouterr().out.split())
        assert said.startswith(f"{declared.name} ({declared.family}): {declared.title}")
        for words in (declared.summary, declared.formula, declared.reference, declared.cost, *declared.parameters):
            assert " ".join(words.split()) in said
    assert main(["analyses", "nc1_pinv", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["name"] == "nc1_pinv"


def test_an_unknown_analysis_is_corrected_and_a_family_beside_it_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyses", "nc1_pin"]) == 1
    assert "Did you mean 'nc1_pinv'?" in capsys.readouterr().err
    with pytest.raises(SystemExit) as stop:
        main(["analyses", "nc1_pinv", "--family", "collapse"])
    assert stop.value.code == 2


def test_a_family_can_be_chosen_and_a_wrong_one_is_corrected(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyses", "--family", "collapse", "--json"]) == 0
    assert {entry["family"] for entry in json.loads(capsys.readouterr().out)} == {"collapse"}
    with pytest.raises(SystemExit) as stop:
        main(["analyses", "--family", "colapse"])
    assert stop.value.code == 2
    assert "Did you mean 'collapse'?" in capsys.readouterr().err
