"""JSON without recursion: the same as the standard library's wherever that can read it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repgeom_core.hierarchy.files.deep_json import _DeepParser, loads

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=30,
)


@given(values, st.sampled_from([None, 1]), st.booleans())
def test_what_the_standard_library_writes_is_read_back(value: object, indent: int | None, ascii_only: bool) -> None:
    assert _DeepParser(json.dumps(value, indent=indent, ensure_ascii=ascii_only)).parse() == value


WRONG = [
    *("[", "]", "{", '{"a"', '{"a" 1}', '{"a":}', '{"a":1,}', '{"a":1]', '{"a":1 "b":2}', "{1:2}", "{,}", "{a}"),
    *("[1,]", "[1 2]", "[1}", "[,1]", "[1] 2", "nul", '"open', ""),
]


@pytest.mark.parametrize("text", WRONG)
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(json.JSONDecodeError):
        json.loads(text)
    with pytest.raises(json.JSONDecodeError):
        _DeepParser(text).parse()


def test_brackets_in_strings_hide_no_depth() -> None:
    value, depth = loads('{"}": "]", "a": [' * 2_000 + '"[{"' + "]}" * 2_000), 0
    while isinstance(value, dict):
        (value,) = value["a"]
        depth += 1
    assert (value, depth) == ("[{", 2_000)


def test_lists_and_objects_nest_60_000_deep() -> None:
    value, depth = loads('{"a": [' * 60_000 + "7" + "]}" * 60_000), 0
    while isinstance(value, dict):
        (value,) = value["a"]
        depth += 1
    assert (value, depth) == (7, 60_000)
