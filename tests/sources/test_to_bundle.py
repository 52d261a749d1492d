from __future__ import annotations

import numpy as np
import pytest

from repgeom_core.bundle import open_bundle
from repgeom_core.errors import BundleError, SourceError
from repgeom_core.sources import read_source
from repgeom_core.sources.to_bundle import dataset_to_bundle

X = np.random.default_rng(0).normal(size=(6, 4))


def saved(tmp_path, **arrays):
    np.savez(tmp_path / "e.npz", **arrays)
    return read_source(tmp_path / "e.npz")


def test_features_labels_predictions_and_head_arrive_in_the_bundle(tmp_path):
    names = np.array(["<b>", "c"])
    data = saved(tmp_path, X=X, y=np.array([0, 1] * 3), class_names=names, pred=np.array([0, 1, 0, 1, 0, 0]), W=X[:2], b=X[:2, 0])
    dataset_to_bundle(data, tmp_path / "b")
    bundle = open_bundle(tmp_path / "b")
    bundle.verify()
    np.testing.assert_array_equal(np.asarray(bundle.features("X", "data")), X.astype(np.float32))
    assert bundle.classes == ("<b>", "c") and list(bundle.y) == [0, 1] * 3
    assert list(bundle.samples("data")["prediction"]) == ["<b>", "c", "<b>", "c", "<b>", "<b>"]
    assert bundle.checkpoint("data").accuracy == {"all": pytest.approx(5 / 6)}
    assert bundle.head("data").layer == "X"


def test_images_without_vectors_have_their_pixels_as_a_layer(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (5, 8, 8, 3), dtype=np.uint8)
    bundle = dataset_to_bundle(saved(tmp_path, images=images), tmp_path / "b")
    np.testing.assert_allclose(np.asarray(bundle.features("pixels", "data")), images.reshape(5, -1) / 255, rtol=1e-6)
    assert bundle.thumbnails.size == (8, 8)


def test_large_images_have_the_pixels_of_a_small_copy(tmp_path):
    bundle = dataset_to_bundle(saved(tmp_path, images=np.zeros((3, 100, 80, 3), np.uint8)), tmp_path / "b")
    assert bundle.features("pixels", "data").shape == (3, 32 * 32 * 3)


def test_value_beyond_the_stored_type_is_refused_before_anything_is_written(tmp_path):
    large = X.copy()
    large[3, 2] = 1e5
    with pytest.raises(SourceError, match=r"row 3 of layer 'X' has a value of size 1e\+05, beyond the range of float16"):
        dataset_to_bundle(saved(tmp_path, X=large), tmp_path / "b", dtype="float16")
    assert not (tmp_path / "b").exists()
    large[3, 2] = 1e300
    with pytest.raises(SourceError, match="beyond the range of float32"):
        dataset_to_bundle(saved(tmp_path, X=large), tmp_path / "b")


def test_head_that_fits_no_layer_is_refused(tmp_path):
    with pytest.raises(SourceError, match="reads 3 features, but the layers have other widths .X 4"):
        dataset_to_bundle(saved(tmp_path, X=X, W=np.ones((2, 3)), b=np.ones(2)), tmp_path / "b")


def test_existing_bundle_is_kept_unless_told(tmp_path):
    data = saved(tmp_path, X=X)
    dataset_to_bundle(data, tmp_path / "b")
    with pytest.raises(BundleError, match="--overwrite"):
        dataset_to_bundle(data, tmp_path / "b")
    assert dataset_to_bundle(data, tmp_path / "b", overwrite=True).n == 6


def test_dropped_rows_are_absent_from_the_bundle(tmp_path):
    bad = X.copy()
    bad[0, 0] = np.nan
    np.savez(tmp_path / "e.npz", X=bad)
    bundle = dataset_to_bundle(read_source(tmp_path / "e.npz", drop_invalid=True), tmp_path / "b")
    np.testing.assert_array_equal(np.asarray(bundle.features("X", "data")), X[1:].astype(np.float32))


def test_floats_that_are_no_images_are_refused_with_their_shape_and_what_to_do(tmp_path):
    data = saved(tmp_path, x=np.random.default_rng(0).normal(size=(20, 5, 7)))
    with pytest.raises(SourceError, match=r"'x' has shape \(20, 5, 7\); its 5 x 7 float64 values") as caught:
        dataset_to_bundle(data, tmp_path / "b")
    assert "--role x=features takes them as vectors of 35 values, --role x=image" in str(caught.value)
    assert "--role" not in caught.value.on_page
    assert not (tmp_path / "b").exists()


@pytest.mark.parametrize(("role", "layer", "dim"), [("features", "x", 35), ("image", "pixels", 35)])
def test_floats_of_any_range_are_what_a_person_says(tmp_path, role, layer, dim):
    np.savez(tmp_path / "e.npz", x=np.random.default_rng(0).normal(size=(20, 5, 7)))
    bundle = dataset_to_bundle(read_source(tmp_path / "e.npz", roles={"x": role}), tmp_path / "b")
    assert bundle.features(layer, "data").shape == (20, dim)
