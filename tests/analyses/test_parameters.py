"""Parameters: what is out of bounds is refused in one sentence, what is meant is taken, what is misspelt is suggested."""

from __future__ import annotations

from typing import Any

import pytest

from repgeom_core.analyses.parameters import Choice, Column, Flag, Float, Int, ParameterError, parsed, validated

TWONN = {
    "k": Int(10, 2, 100, "how many neighbours"),
    "share": Float(0.9, 0.5, 1.0, "of the ratios"),
    "estimator": Choice("fit", ("fit", "mean"), "how"),
    "robust": Flag(False, "leave out the largest"),
    "column": Column(help="other labels"),
}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"k": 0}, "The 'k' parameter of twonn must be an int in [2, 100]. Got 0 instead."),
        ({"k": 101}, "The 'k' parameter of twonn must be an int in [2, 100]. Got 101 instead."),
        ({"k": 2.5}, "The 'k' parameter of twonn must be an int in [2, 100]. Got 2.5 instead."),
        ({"k": True}, "The 'k' parameter of twonn must be an int in [2, 100]. Got True instead."),
        ({"k": float("nan")}, "The 'k' parameter of twonn must be an int in [2, 100]. Got nan instead."),
        ({"k": "ten"}, "The 'k' parameter of twonn must be an int in [2, 100]. Got 'ten' instead."),
        ({"share": 1.5}, "The 'share' parameter of twonn must be a float in [0.5, 1]. Got 1.5 instead."),
        ({"share": None}, "The 'share' parameter of twonn must be a float in [0.5, 1]. Got None instead."),
        ({"estimator": "median"}, "The 'estimator' parameter of twonn must be one of 'fit', 'mean'. Got 'median' instead."),
        ({"robust": 1}, "The 'robust' parameter of twonn must be True or False. Got 1 instead."),
        ({"column": 3}, "The 'column' parameter of twonn must be the name of a column. Got 3 instead."),
        ({"shar": 0.6}, "twonn has no parameter 'shar'. Did you mean 'share'?"),
        ({"zzz": 1}, "twonn has no parameter 'zzz'. Known: k, share, estimator, robust, column."),
    ],
)
def test_what_does_not_do_is_refused_in_one_sentence(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ParameterError) as refusal:
        validated("twonn", TWONN, given)
    assert str(refusal.value) == sentence


def test_defaults_are_filled_in_and_numbers_get_their_type() -> None:
    defaults = {"k": 10, "share": 0.9, "estimator": "fit", "robust": False, "column": ""}
    assert validated("twonn", TWONN, {}) == defaults
    found = validated("twonn", TWONN, {"k": 5.0, "share": 1})
    assert found == {**defaults, "k": 5, "share": 1.0}
    assert (type(found["k"]), type(found["share"])) == (int, float)


def test_bounds_belong_to_the_allowed() -> None:
    for k in (2, 100):
        assert validated("twonn", TWONN, {"k": k})["k"] == k


def test_text_of_a_command_line_becomes_values() -> None:
    found = parsed("twonn", TWONN, {"k": "7", "share": "0.75", "estimator": "mean", "robust": "yes", "column": "coarse"})
    assert found == {"k": 7, "share": 0.75, "estimator": "mean", "robust": True, "column": "coarse"}
    for text in ("seven", "7.5", ""):
        with pytest.raises(ParameterError, match=f"Got '{text}' instead"):
            parsed("twonn", TWONN, {"k": text})
    with pytest.raises(ParameterError, match="must be True or False. Got 'perhaps' instead"):
        parsed("twonn", TWONN, {"robust": "perhaps"})
    with pytest.raises(ParameterError, match="no parameter 'kk'. Did you mean 'k'?"):
        parsed("twonn", TWONN, {"kk": "7"})
