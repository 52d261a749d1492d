import base64

import numpy as np
import pytest

from pages.parts import channel
from pages.parts.map import map_component as mc


def message(mask: np.ndarray, **changes: object) -> dict:
    encoded = base64.b64encode(np.packbits(mask, bitorder="little").tobytes()).decode() if mask.any() else ""
    return {"selection": {"mask": encoded, "n": len(mask), "ids": "ids", "focus": -1, "tool": "lasso", "seq": 4} | changes}


@pytest.mark.parametrize("n", [1, 7, 8, 9, 1000])
def test_a_mask_comes_back_as_it_was_drawn(n):
    mask = np.random.default_rng(n).random(n) < 0.5
    event = mc.read_event(message(mask, focus=n - 1), n, "ids")
    assert np.array_equal(event.mask, mask)
    assert (event.focus, event.tool, event.sequence) == (n - 1, "lasso", 4)
    if mask.any():
        assert channel.encode_mask(mask) == message(mask)["selection"]["mask"]


def test_an_empty_selection_travels_as_nothing():
    assert channel.encode_mask(None) == channel.encode_mask(np.zeros(9, bool)) == ""
    event = mc.read_event(message(np.zeros(9, bool)), 9, "ids")
    assert event.mask.shape == (9,)
    assert not event.mask.any()
    assert event.focus is None


@pytest.mark.parametrize("changes", [{"n": 10}, {"ids": "others"}])
def test_a_mask_of_other_samples_is_not_taken_for_these(changes):
    assert mc.read_event(message(np.ones(9, bool), **changes), 9, "ids") is None


def test_no_event_before_the_first_gesture():
    assert mc.read_event(None, 9, "ids") is None
    assert mc.read_event({}, 9, "ids") is None
