"""Sentences within sentences."""

from __future__ import annotations

import pytest

from repgeom_core.sentences import LONGEST, closed, enumerated, reason


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("Cancelled.", "Cancelled."),
        ("Cancelled", "Cancelled."),
        ("It failed..", "It failed."),
        ("Why? ", "Why?"),
        ("and so on…", "and so on…"),
    ],
)
def test_a_sentence_is_closed_once(text: str, whole: str) -> None:
    assert closed(text) == whole
    assert closed(closed(text)) == whole


@pytest.mark.parametrize(
    ("error", "part"),
    [
        (ValueError("setting an array element with a sequence."), "setting an array element with a sequence"),
        (ValueError("two\n  lines."), "two lines"),
        (ValueError(), "ValueError"),
        (OSError("..."), "OSError"),
    ],
)
def test_an_error_within_a_sentence_has_no_full_stop_of_its_own(error: BaseException, part: str) -> None:
    assert reason(error) == part


def test_an_endless_error_is_cut() -> None:
    assert len(reason(ValueError("x" * 999))) == LONGEST and reason(ValueError("x" * 999)).endswith("…")
    assert reason(ValueError("x" * 999), 2000) == "x" * 999


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ([], ""),
        (["labels"], "labels"),
        (["labels", "predictions"], "labels and predictions"),
        (["labels", "a head (W and b)", "columns"], "labels, a head (W and b), and columns"),
    ],
)
def test_parts_are_enumerated_as_one_says_them(parts: list[str], said: str) -> None:
    assert enumerated(parts) == said
