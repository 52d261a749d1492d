from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from repgeom_core.errors import SourceError
from repgeom_core.sources import Dataset, concatenate
from repgeom_core.sources.images import ArrayImages

X = np.arange(8.0, dtype=np.float32).reshape(4, 2)


def dataset(name="a", split="train", features=X, ids=range(4), **more):
    return Dataset(name, pd.DataFrame({"id": [str(i) for i in ids], "split": split}), features={"x": features}, **more)


def test_files_with_nothing_in_common_are_refused_with_what_each_holds():
    other = Dataset("b", pd.DataFrame({"id": ["p", "q"]}), features={"y": X[:2]})
    with pytest.raises(SourceError, match=r"nothing in common to look at \(a: layer 'x'; b: layer 'y'\)"):
        concatenate([dataset(), other])


def test_repeated_ids_are_refused_unless_prefixed_by_split():
    parts = [dataset(), dataset("b", "test")]
    with pytest.raises(SourceError, match="row 0 of a and row 0 of b .counted from 0. both have the id '0' .4 rows repeat an id"):
        concatenate(parts)
    assert list(concatenate(parts, prefix_ids=True).samples["id"])[::4] == ["train/0", "test/0"]
    assert concatenate(parts[:1], prefix_ids=True).samples["id"][0] == "train/0"


def test_rows_of_any_order_come_from_the_right_part():
    joined = concatenate([dataset(), dataset("b", ids=range(4, 8), features=X + 100)])
    np.testing.assert_array_equal(np.asarray(joined.features["x"]), np.concatenate([X, X + 100]))
    rows = np.array([7, 0, 4, 3, 7])
    np.testing.assert_array_equal(joined.features["x"][rows], np.concatenate([X, X + 100])[rows])
    np.testing.assert_array_equal(joined.features["x"][-1], X[3] + 100)


def test_layers_of_different_width_are_refused():
    with pytest.raises(SourceError, match=r"rows of b have shape \(1,\), those of a \(2,\)"):
        concatenate([dataset(), dataset("b", ids=range(4, 8), features=X[:, :1])])


def test_what_only_one_has_is_left_out_with_a_warning():
    joined = concatenate([dataset(inputs=X), dataset("b", ids=range(4, 8))])
    assert joined.inputs is None and joined.warnings == ["The inputs are left out, as not every file has them."]


def test_images_keep_their_rows_through_take_and_concatenation():
    def images(start):
        return ArrayImages(np.full((4, 2, 2), 0, np.uint8) + np.arange(start, start + 4, dtype=np.uint8)[:, None, None])

    joined = concatenate([dataset(images=images(0)), dataset("b", ids=range(4, 8), images=images(50))]).take([6, 1])
    assert [image.getpixel((0, 0))[0] for image in joined.images.load([0, 1])] == [52, 1]
    assert list(joined.samples["id"]) == ["6", "1"]
