"""Names from data in a figure are text, whatever they hold."""

from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repgeom_core.figures.text import plain, typeset, unmarked


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("<b>cat</b>", "&lt;b&gt;cat&lt;/b&gt;"),
        ("<a href='javascript:x'>", "&lt;a href='javascript:x'&gt;"),
        ("two\n  lines\t", "two lines"),
        (3.5, "3.5"),
        ("R&D", "R&amp;D"),
    ],
)
def test_markup_is_shown_as_it_was_written(given: object, shown: str) -> None:
    assert plain(given) == shown


def test_long_names_are_shortened_before_they_are_escaped() -> None:
    assert plain("<" * 100, longest=5) == "&lt;&lt;&lt;&lt;…"
    assert plain("x" * 40) == "x" * 40


@given(st.text())
def test_no_name_holds_a_tag_and_none_is_longer_than_allowed(name: str) -> None:
    shown = plain(name)
    assert "<" not in shown
    assert ">" not in shown
    assert len(html.unescape(shown)) <= 40


def test_subscripts_are_set_and_labels_read_without_markup() -> None:
    assert typeset("norm ‖μ − μ_G‖") == "norm ‖μ − μ<sub>G</sub>‖"
    assert unmarked("i<sup>−2</sup> of &lt;b&gt;") == "i−2 of <b>"


def test_long_names_are_shortened_at_their_end_or_in_the_middle() -> None:
    assert plain("category number 77", 10) == "category …"
    assert plain("category number 77", 10, keep_end=True) == "cate…er 77"
