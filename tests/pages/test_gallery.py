from __future__ import annotations

from pages.parts.samples.gallery import _title


def test_title_of_a_sample_with_many_columns_says_how_many_are_left_out() -> None:
    lines = _title({f"c{i}": i for i in range(15)}).splitlines()
    assert lines[:12] == [f"c{i}: {i}" for i in range(12)]
    assert lines[12:] == ["… and 3 more columns"]
    assert len(_title({f"c{i}": i for i in range(12)}).splitlines()) == 12


def test_long_text_in_a_title_ends_in_an_ellipsis() -> None:
    assert _title({"text": "x" * 500}) == f"text: {'x' * 113}…"
    assert _title({"text": "x" * 114}) == f"text: {'x' * 114}"
