"""A vector is drawn over the mean of others, with a legend and what its axes are."""

from __future__ import annotations

import numpy as np

from repgeom_core.figures.profile import profile


def test_the_sample_lies_over_the_mean_and_the_spread_of_the_others() -> None:
    x, mean, sd = np.arange(4.0), np.ones(4), np.full(4, 0.5)
    figure = profile(x, mean, sd, name="<b>s</b>", others="mean of cats", layer="features")
    band, behind, own = figure.data
    assert list(own.y) == list(x) and list(behind.y) == list(mean) and list(own.x) == [1, 2, 3, 4]
    assert list(band.y) == [1.5] * 4 + [0.5] * 4
    assert (own.name, behind.name, band.name) == ("&lt;b&gt;s&lt;/b&gt;", "mean of cats", "± 1 sd")
    assert figure.layout.xaxis.title.text == "dimension of features" and figure.layout.yaxis.title.text == "activation"


def test_a_single_number_and_a_sample_alone_are_drawn() -> None:
    (own,) = profile(np.array([2.0])).data
    assert own.mode == "lines+markers" and list(own.y) == [2]
