import base64

import numpy as np
import pytest

from pages.parts.treemap import treemap_component as tc


def selection(mask: np.ndarray, **changes: object) -> dict:
    bits = base64.b64encode(np.packbits(mask, bitorder="little").tobytes()).decode()
    message = {"mask": bits, "count": int(mask.sum()), "n": len(mask), "ids": "ids", "focus": -1, "seq": 4, "tool": "box"}
    return {"selection": message | changes}


def test_a_selection_of_leaves_comes_back_as_it_was_made():
    mask = np.arange(23) % 3 == 0
    event = tc.read_selection(selection(mask, focus=5), 23, "ids")
    assert np.array_equal(event.mask, mask)
    assert (event.focus, event.tool, event.sequence) == (5, "box", 4)


@pytest.mark.parametrize("changes", [{"n": 22}, {"ids": "others"}])
def test_a_selection_among_other_leaves_is_none_of_these(changes):
    assert tc.read_selection(selection(np.ones(23, bool), **changes), 23, "ids") is None


def test_a_zoom_names_a_node_of_this_tree():
    assert tc.read_zoom({"zoom": {"node": 30, "tree": "t", "seq": 1}}, 23, "t") == 30
    assert tc.read_zoom({"zoom": {"node": 30, "tree": "another", "seq": 1}}, 23, "t") is None
    assert tc.read_zoom({"zoom": {"node": 45, "tree": "t", "seq": 1}}, 23, "t") is None
    assert tc.read_zoom(None, 23, "t") is None


def test_the_highest_number_of_any_kind_is_acknowledged():
    assert tc.acknowledged(None) == 0
    assert tc.acknowledged({"selection": {"seq": 3}, "zoom": {"seq": 7}, "focus": None}) == 7
