import numpy as np
import pandas as pd
import pytest

from repgeom_core.figures.palette import (
    MAX_CATEGORIES,
    RIGHT,
    WRONG,
    ColourError,
    categorical_palette,
    continuous_ramp,
    encode_column,
    hex_colours,
    ink,
    perceived,
)


def smallest_distances(k: int) -> np.ndarray:
    """Smallest OKLab distance between two of k colours: seen normally, with protanopia, with deuteranopia."""
    seen = perceived(categorical_palette(k))
    distances = np.linalg.norm(seen[:, :, None] - seen[:, None], axis=3)
    distances[:, np.arange(k), np.arange(k)] = np.inf
    return distances.min(axis=(1, 2))


# A just noticeable difference is about 0.02 in OKLab.
@pytest.mark.parametrize(("k", "normal", "dichromat"), [(8, 0.13, 0.07), (10, 0.11, 0.07), (20, 0.08, 0.06), (100, 0.03, 0.024)])
def test_classes_stay_apart_for_normal_and_for_colour_blind_eyes(k, normal, dichromat):
    distances = smallest_distances(k)
    assert distances[0] > normal
    assert distances[1:].min() > dichromat


def test_the_first_colours_of_a_longer_palette_are_the_shorter_one():
    assert np.array_equal(categorical_palette(100)[:10], categorical_palette(10))


def test_class_colours_show_on_white_and_on_black():
    lightness = perceived(categorical_palette(100))[0, :, 0]
    assert lightness.min() > 0.4
    assert lightness.max() < 0.87


def test_beyond_the_distinct_colours_they_repeat():
    assert np.array_equal(categorical_palette(600)[256], categorical_palette(1)[0])


@pytest.mark.parametrize("name", ["viridis", "cividis"])
def test_sequential_ramps_grow_steadily_lighter(name):
    lightness = perceived(continuous_ramp(name))[0, :, 0]
    assert continuous_ramp(name).shape == (256, 3)
    assert (np.diff(lightness) > -0.004).all()
    assert lightness[-1] - lightness[0] > 0.5


def test_the_diverging_ramp_is_grey_in_the_middle():
    middle = continuous_ramp("diverging")[127].astype(int)
    assert np.ptp(middle) < 6


def test_unknown_ramp_names_those_that_exist():
    with pytest.raises(ColourError, match="viridis, cividis, diverging, got 'jet'"):
        continuous_ramp("jet")


def test_hex_colours_are_those_of_the_palette():
    assert hex_colours(categorical_palette(2)) == ["#0072b2", "#e69f00"]


def test_a_categorical_keeps_its_order_and_its_unseen_categories():
    colours = encode_column(pd.Series(pd.Categorical(["b", None, "a", "b"], categories=["c", "b", "a"]), name="label"))
    assert colours.kind == "categorical"
    assert colours.title == "label"
    assert colours.labels == ("c", "b", "a")
    assert colours.codes.tolist() == [1, 255, 2, 1]
    assert colours.counts.tolist() == [0, 2, 1]
    assert colours.missing == 1


@pytest.mark.parametrize(
    ("values", "labels", "codes"),
    [
        (["y", "x", None], ("x", "y"), [1, 0, 255]),
        ([True, False, True], ("False", "True"), [1, 0, 1]),
        ([7, -1, 7], ("-1", "7"), [1, 0, 1]),
        (["b", 3, "b"], ("b", "3"), [0, 1, 0]),
    ],
)
def test_strings_booleans_few_integers_and_mixtures_become_categories(values, labels, codes):
    colours = encode_column(pd.Series(values))
    assert colours.labels == labels
    assert colours.codes.tolist() == codes


def test_many_integers_become_a_ramp():
    assert encode_column(pd.Series(np.arange(1000))).kind == "continuous"


def test_more_than_255_categories_take_two_bytes():
    colours = encode_column(pd.Series([f"{i:04d}" for i in range(300)] + [None]))
    assert colours.codes.dtype == np.uint16
    assert colours.codes[299] == 299
    assert colours.codes[300] == colours.missing_code == 65_535


def test_too_many_categories_are_refused_with_their_number():
    with pytest.raises(ColourError, match="Column 'id' has 65,536 different values; at most 65,535"):
        encode_column(pd.Series(np.arange(MAX_CATEGORIES + 1).astype(str), name="id"))


def test_one_outlier_does_not_flatten_the_ramp():
    values = np.concatenate([np.linspace(0, 1, 1000), [1e9]])
    colours = encode_column(pd.Series(values, name="loss"), units="nats")
    assert colours.high < 1.01
    assert colours.above >= 1
    assert np.ptp(colours.codes[:1000].astype(int)) > 250


def test_nan_and_infinity_are_missing_on_a_ramp():
    colours = encode_column(pd.Series([0.0, np.nan, np.inf, 1.0]), limits=(0.0, 1.0))
    assert colours.codes.tolist() == [0, 255, 255, 254]
    assert colours.missing == 2


def test_a_diverging_ramp_is_symmetric_about_zero():
    colours = encode_column(pd.Series(np.linspace(-1, 3, 101)), ramp="diverging")
    assert colours.low == -colours.high


def test_constant_and_empty_columns_have_colours_too():
    assert set(encode_column(pd.Series([2.5, 2.5])).codes.tolist()) == {127}
    assert encode_column(pd.Series([], dtype=float)).codes.shape == (0,)
    assert encode_column(pd.Series([np.nan, np.nan])).missing == 2


def test_wrong_predictions_are_orange_and_right_ones_blue_in_every_view() -> None:
    colours = encode_column(pd.Series([True, False, None], dtype="boolean", name="correct"))
    assert dict(zip(colours.labels, hex_colours(colours.palette), strict=True)) == {"False": WRONG, "True": RIGHT}
    only = encode_column(pd.Series([True, True], name="correct"))
    assert hex_colours(only.palette) == [RIGHT]
    assert hex_colours(encode_column(pd.Series([True, False], name="other")).palette) == hex_colours(categorical_palette(2))


@pytest.mark.parametrize(
    ("ground", "writing"),
    [((255, 255, 255), "#1B2430"), ((0, 0, 0), "#FFFFFF"), ((243, 186, 140), "#1B2430"), ((122, 122, 122), "#000000")],
)
def test_ink_is_what_is_read_on_its_ground(ground: tuple[int, int, int], writing: str) -> None:
    assert ink(ground) == writing
