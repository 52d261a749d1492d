import base64
import json

import numpy as np
import pandas as pd
import pytest

from pages.parts import map_component as mc
from repgeom_core.figures.palette import encode_column


def unpack(data: bytes) -> tuple[dict, dict[str, np.ndarray]]:
    """What the browser does with a message (assets/components/src/shared/wire.js)."""
    assert data[:4] == b"RGM1"
    length = int.from_bytes(data[4:8], "little")
    header = json.loads(data[8 : 8 + length])
    arrays = {}
    for entry in header["arrays"]:
        assert entry["offset"] % 8 == 0
        arrays[entry["name"]] = np.frombuffer(data, dtype=entry["dtype"], count=entry["length"], offset=entry["offset"])
    return header, arrays


def texts(data: bytes, name: str) -> list[str | None]:
    header, arrays = unpack(data)
    column = next(c for c in header["columns"] if c["name"] == name)
    offsets, table = arrays[column["offsets"]], arrays[column["table"]].tobytes()
    strings = [table[a:b].decode() for a, b in zip(offsets, offsets[1:], strict=False)] + [None]
    return [strings[code] for code in arrays[column["codes"]]]


def test_geometry_is_centred_and_keeps_its_proportions():
    payload = mc.pack_geometry(np.array([[10.0, 0.0], [14.0, 2.0], [12.0, 1.0]]), "ids")
    header, arrays = unpack(payload.data)
    assert (header["kind"], header["n"], header["ids"], header["extent"]) == ("geometry", 3, "ids", [1.0, 0.5])
    assert arrays["xy"].dtype == np.float32
    assert arrays["xy"].reshape(-1, 2).tolist() == [[-1, -0.5], [1, 0.5], [0, 0]]


def test_a_far_away_map_keeps_its_precision():
    xy = np.array([[1e9, 0.0], [1e9 + 1, 1.0], [1e9 + 0.5, 0.25]])
    _, arrays = unpack(mc.pack_geometry(xy, "ids").data)
    assert arrays["xy"].reshape(-1, 2).tolist() == [[-1, -1], [1, 1], [0, -0.5]]


@pytest.mark.parametrize("n", [0, 1])
def test_geometry_of_no_or_one_sample_is_drawable(n):
    header, arrays = unpack(mc.pack_geometry(np.full((n, 2), 3.0), "ids").data)
    assert header["n"] == n
    assert arrays["xy"].tolist() == [0.0, 0.0] * n


def test_positions_that_are_not_finite_name_the_first_row():
    xy = np.zeros((2000, 2))
    xy[1500, 1] = np.nan
    with pytest.raises(mc.MapError, match="1 are not, the first in row 1,500"):
        mc.pack_geometry(xy, "ids")


def test_positions_of_another_shape_are_refused():
    with pytest.raises(mc.MapError, match=r"shape \(n, 2\) for the map, got \(4, 3\)"):
        mc.pack_geometry(np.zeros((4, 3)), "ids")


def test_equal_content_has_equal_digests_and_other_content_others():
    xy = np.random.default_rng(0).normal(size=(5, 2))
    assert mc.pack_geometry(xy, "a") == mc.pack_geometry(xy.copy(), "a")
    assert len({mc.pack_geometry(xy, "a").digest, mc.pack_geometry(xy, "b").digest, mc.pack_geometry(xy[:, ::-1], "a").digest}) == 3


def test_colours_carry_codes_palette_counts_and_legend():
    colours = encode_column(pd.Series(["b", "a", None, "b"], name="label"))
    header, arrays = unpack(mc.pack_colours(colours).data)
    assert header["labels"] == ["a", "b"]
    assert (header["title"], header["missing"], header["missing_code"]) == ("label", 1, 255)
    assert arrays["codes"].tolist() == [1, 0, 255, 1]
    assert arrays["palette"].shape == (6,)
    assert arrays["counts"].tolist() == [1, 2]


def test_hover_columns_come_back_as_they_went():
    frame = pd.DataFrame(
        {
            "id": ["é", "b<b>", "c"],
            "label": pd.Categorical(["x", None, "x"]),
            "loss": [0.5, np.nan, 2.0],
            "step": [1, 2, 2**40],
            "right": [True, False, True],
        }
    )
    data = mc.pack_columns(frame).data
    header, arrays = unpack(data)
    assert [c["name"] for c in header["columns"]] == ["id", "label", "loss", "step", "right"]
    assert texts(data, "id") == ["é", "b<b>", "c"]
    assert texts(data, "label") == ["x", None, "x"]
    assert texts(data, "right") == ["True", "False", "True"]
    loss, step = (arrays[header["columns"][k]["values"]] for k in (2, 3))
    assert loss.dtype == np.float32
    assert np.isnan(loss[1])
    assert step.tolist() == [1, 2, 2**40]  # float64: too large for float32 to hold exactly


def test_nullable_integers_may_miss_values():
    header, arrays = unpack(mc.pack_columns(pd.DataFrame({"k": pd.array([1, None], dtype="Int64")})).data)
    assert header["columns"][0]["integer"]
    assert np.isnan(arrays["0.values"][1])


def test_long_texts_end_in_an_ellipsis():
    (text,) = texts(mc.pack_columns(pd.DataFrame({"text": ["x" * 500]})).data, "text")
    assert len(text) == mc.MAX_TEXT
    assert text.endswith("…")


def test_a_column_too_large_for_the_browser_is_left_out_by_name(monkeypatch):
    monkeypatch.setattr(mc, "MAX_COLUMN_BYTES", 50)
    payload = mc.pack_columns(pd.DataFrame({"long": [f"{i:030d}" for i in range(9)], "short": "a"}))
    assert payload.left_out == ("long",)
    assert [c["name"] for c in unpack(payload.data)[0]["columns"]] == ["short"]


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
        assert mc._encode_mask(mask) == message(mask)["selection"]["mask"]


def test_an_empty_selection_travels_as_nothing():
    assert mc._encode_mask(None) == mc._encode_mask(np.zeros(9, bool)) == ""
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
