import json

import numpy as np
import pandas as pd
import pytest
from scipy.cluster.hierarchy import linkage

from repgeom_core.figures.palette import encode_column
from repgeom_core.hierarchy.files.scipy_matrix import from_scipy
from repgeom_core.views import payloads as views


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
    payload = views.pack_geometry(np.array([[10.0, 0.0], [14.0, 2.0], [12.0, 1.0]]), "ids")
    header, arrays = unpack(payload.data)
    assert (header["kind"], header["n"], header["ids"], header["extent"]) == ("geometry", 3, "ids", [1.0, 0.5])
    assert arrays["xy"].dtype == np.float32
    assert arrays["xy"].reshape(-1, 2).tolist() == [[-1, -0.5], [1, 0.5], [0, 0]]


def test_a_far_away_map_keeps_its_precision():
    xy = np.array([[1e9, 0.0], [1e9 + 1, 1.0], [1e9 + 0.5, 0.25]])
    _, arrays = unpack(views.pack_geometry(xy, "ids").data)
    assert arrays["xy"].reshape(-1, 2).tolist() == [[-1, -1], [1, 1], [0, -0.5]]


@pytest.mark.parametrize("n", [0, 1])
def test_geometry_of_no_or_one_sample_is_drawable(n):
    header, arrays = unpack(views.pack_geometry(np.full((n, 2), 3.0), "ids").data)
    assert header["n"] == n
    assert arrays["xy"].tolist() == [0.0, 0.0] * n


def test_positions_that_are_not_finite_name_the_first_row():
    xy = np.zeros((2000, 2))
    xy[1500, 1] = np.nan
    with pytest.raises(views.PayloadError, match="1 are not, the first in row 1,500"):
        views.pack_geometry(xy, "ids")


def test_positions_of_another_shape_are_refused():
    with pytest.raises(views.PayloadError, match=r"shape \(n, 2\) for the map, got \(4, 3\)"):
        views.pack_geometry(np.zeros((4, 3)), "ids")


def test_equal_content_has_equal_digests_and_other_content_others():
    xy = np.random.default_rng(0).normal(size=(5, 2))
    assert views.pack_geometry(xy, "a") == views.pack_geometry(xy.copy(), "a")
    assert (
        len({views.pack_geometry(xy, "a").digest, views.pack_geometry(xy, "b").digest, views.pack_geometry(xy[:, ::-1], "a").digest}) == 3
    )


def test_colours_carry_codes_palette_counts_and_legend():
    colours = encode_column(pd.Series(["b", "a", None, "b"], name="label"))
    header, arrays = unpack(views.pack_colours(colours).data)
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
    data = views.pack_columns(frame).data
    header, arrays = unpack(data)
    assert [c["name"] for c in header["columns"]] == ["id", "label", "loss", "step", "right"]
    assert texts(data, "id") == ["é", "b<b>", "c"]
    assert texts(data, "label") == ["x", None, "x"]
    assert texts(data, "right") == ["True", "False", "True"]
    loss, step = (arrays[header["columns"][k]["values"]] for k in (2, 3))
    assert loss.dtype == np.float32
    assert np.isnan(loss[1])
    assert step.tolist() == [1, 2, 2**40]  # float64: too large for float32 to hold exactly


def test_numbers_beyond_float32_do_not_become_infinite():
    large, small = np.array([1e39, np.nan, np.inf, -3.25]), np.array([0.1, np.nan, -np.inf, 1e6])
    header, arrays = unpack(views.pack_columns(pd.DataFrame({"large": large, "small": small})).data)
    np.testing.assert_array_equal(arrays[header["columns"][0]["values"]], large)
    assert arrays[header["columns"][1]["values"]].dtype == np.float32


def test_nullable_integers_may_miss_values():
    header, arrays = unpack(views.pack_columns(pd.DataFrame({"k": pd.array([1, None], dtype="Int64")})).data)
    assert header["columns"][0]["integer"]
    assert np.isnan(arrays["0.values"][1])


def test_long_texts_end_in_an_ellipsis():
    (text,) = texts(views.pack_columns(pd.DataFrame({"text": ["x" * 500]})).data, "text")
    assert len(text) == views.MAX_TEXT
    assert text.endswith("…")


def test_a_column_too_large_for_the_browser_is_left_out_by_name(monkeypatch):
    monkeypatch.setattr(views, "MAX_COLUMN_BYTES", 50)
    payload = views.pack_columns(pd.DataFrame({"long": [f"{i:030d}" for i in range(9)], "short": "a"}))
    assert payload.left_out == ("long",)
    assert [c["name"] for c in unpack(payload.data)[0]["columns"]] == ["short"]


def small_tree():
    X = np.random.default_rng(3).normal(size=(12, 4))
    return from_scipy(linkage(X, "ward"))


def test_a_tree_travels_whole():
    tree = small_tree()
    header, arrays = unpack(views.pack_tree(tree).data)
    assert (header["kind"], header["n"], header["root"], header["method"]) == ("tree", 12, 22, tree.method)
    for name in ("left", "right", "height", "approximate", "count", "start", "order"):
        assert np.array_equal(arrays[name], getattr(tree, name)), name
    assert arrays["height"].dtype == np.float64


def test_node_colours_carry_the_values_that_text_tells():
    tree = small_tree()
    values = np.where(tree.own_height == 0, np.nan, tree.own_height)
    colours = encode_column(pd.Series(values), title="height")
    header, arrays = unpack(views.pack_node_colours(colours, values, "height of the merge").data)
    assert (header["n"], header["title"], header["said"], header["percent"]) == (23, "height", "height of the merge", False)
    assert np.array_equal(arrays["codes"], colours.codes)
    assert np.allclose(arrays["values"], values, equal_nan=True)
    assert not header["signed"] and unpack(views.pack_node_colours(colours, values, signed=True).data)[0]["signed"]
    with pytest.raises(views.PayloadError, match="one value for each of 23 nodes"):
        views.pack_node_colours(colours, values[:5])


def test_labels_of_nodes_know_what_is_missing():
    header, arrays = unpack(views.pack_node_labels(np.array([2, -1, 0]), ("a", "b", "c"), errors=np.array([0, 1, 5])).data)
    assert header["classes"] == ["a", "b", "c"]
    assert arrays["majority"].tolist() == [2, views.NO_CLASS, 0]
    assert np.isnan(arrays["accuracy"]).all()
    assert arrays["errors"].tolist() == [0, 1, 5]
    with pytest.raises(views.PayloadError, match="'errors' of each of 3 nodes"):
        views.pack_node_labels(np.zeros(3, int), ("a",), errors=np.zeros(2, int))


def test_true_and_predicted_classes_travel_as_codes():
    header, arrays = unpack(views.pack_labels(np.array([1, -1]), None, ("a", "b")).data)
    assert header["classes"] == ["a", "b"]
    assert (arrays["labels"].tolist(), arrays["predictions"].tolist()) == ([1, views.NO_CLASS], [views.NO_CLASS] * 2)


def test_more_classes_than_codes_are_refused():
    names = [str(code) for code in range(65_536)]
    header, arrays = unpack(views.pack_labels(np.array([65_534, -1]), None, names[:-1]).data)
    assert arrays["labels"].tolist() == [65_534, 65_535] and header["classes"][-1] == "65534"
    with pytest.raises(views.PayloadError, match="at most 65,535 classes .* got 65,536"):
        views.pack_labels(np.array([65_535, -1]), None, names)
    with pytest.raises(views.PayloadError, match="below the number of classes 3, got 3"):
        views.pack_labels(np.array([0, 3]), None, ["a", "b", "c"])


def test_neighbours_are_rows_of_the_same_samples():
    header, arrays = unpack(views.pack_neighbours(np.array([[1, 2], [0, 2], [1, 0]])).data)
    assert (header["n"], header["k"], arrays["indices"].dtype) == (3, 2, np.int32)
    assert arrays["indices"].tolist() == [1, 2, 0, 2, 1, 0]
    with pytest.raises(views.PayloadError, match="among the same n rows"):
        views.pack_neighbours(np.array([[1, 3]]))


def test_flags_are_bits():
    header, arrays = unpack(views.pack_flags(np.arange(11) % 3 == 0).data)
    assert (header["n"], header["count"]) == (11, 4)
    assert np.unpackbits(arrays["bits"], count=11, bitorder="little").tolist() == [1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0]


def test_ranks_must_be_finite():
    assert unpack(views.pack_ranks(np.array([2.0, 1.0])).data)[1]["ranks"].tolist() == [2, 1]
    with pytest.raises(views.PayloadError, match="finite"):
        views.pack_ranks(np.array([2.0, np.nan]))


def test_sparks_are_means_of_stretches_on_one_scale():
    X = np.stack([np.linspace(0, 1, 96), np.full(96, 0.5)])
    X[1, :2] = np.nan
    header, arrays = unpack(views.pack_sparks(X, points=48).data)
    levels = arrays["levels"].reshape(2, 48)
    assert header["m"] == 48
    assert (np.diff(levels[0].astype(int)) >= 0).all()
    assert levels[1, 0] == 255
    assert levels[1, 1:] == pytest.approx(np.full(47, 127), abs=2)


def test_rows_name_the_samples_of_the_universe():
    header, arrays = unpack(views.pack_rows(np.array([7, 3]), "bundle").data)
    assert (header["universe"], arrays["rows"].tolist()) == ("bundle", [7, 3])


def test_sprites_are_images_in_the_order_of_their_sheets():
    header, arrays = unpack(views.pack_sprites("set", {4: b"four", 2: b"two"}, 100, 10, (32, 24)).data)
    assert (header["set"], header["sheets"], header["cells"], header["width"], header["height"]) == ("set", [4, 2], 100, 32, 24)
    assert (arrays["0"].tobytes(), arrays["1"].tobytes()) == (b"four", b"two")
