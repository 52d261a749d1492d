from __future__ import annotations

import numpy as np
from sklearn.datasets import load_digits

from repgeom_core.sources import inspect_source, read_source


def test_digits_are_split_once_and_for_all():
    data = read_source("digits")
    assert data.samples["split"].value_counts().to_dict() == {"train": 1400, "test": 397}
    assert data.samples["id"][0] == "digits-0000" and data.samples["id"].iloc[-1] == "digits-1796"
    np.testing.assert_array_equal(data.inputs, (load_digits().data / 16).astype(np.float32))
    np.testing.assert_array_equal(data.y, load_digits().target)
    again = read_source("digits")
    assert again.samples.equals(data.samples)


def test_every_class_has_its_share_of_both_splits():
    samples = read_source("digits").samples
    share = (samples["split"] == "test").groupby(samples["label"], observed=True).mean()
    assert (abs(share - 397 / 1797) < 0.01).all()


def test_thumbnails_are_the_digits():
    image = np.asarray(read_source("digits").images.load([5])[0])
    assert image.shape == (8, 8, 3)
    np.testing.assert_allclose(image[..., 0] / 255 * 16, load_digits().images[5], atol=0.04)


def test_preview_has_the_roles_of_the_data():
    assert inspect_source("digits").roles == {"data": "features", "images": "image", "target": "label"}
