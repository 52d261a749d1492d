"""Pictures of class means: the simplex is the target, the plane is theirs, lengths follow the stated law."""

from __future__ import annotations

import numpy as np
import pytest

from repgeom_core import measure
from repgeom_core.figures.collapse import class_measures, cosine_matrix, means_plane, norms_by_size, simplex_matrix, simplex_target
from repgeom_core.figures.drawn import drawn
from repgeom_core.linalg.class_moments import ClassMoments, class_moments


def moments(K: int = 5, d: int = 8, n: int = 100) -> ClassMoments:
    rng = np.random.default_rng(0)
    y = np.arange(n) % K
    X = rng.standard_normal((K, d))[y] + 0.1 * rng.standard_normal((n, d))
    return class_moments([X], y, K).merged()


def trace(figure, name: str):
    return next(t for t in figure.data if t.name == name)


def test_measures_of_classes_are_those_of_the_analyses() -> None:
    rng = np.random.default_rng(0)
    X, W = rng.standard_normal((100, 8)) + 3, rng.standard_normal((6, 8)) + 1
    y = np.arange(100) % 5
    found = class_measures(class_moments([X], y, 5).merged(), W)
    known = measure("self_duality_error", X, y, W, interval=False, null=False).details["per_class"]
    np.testing.assert_allclose(found["alignment cos(w, μ)"], known)
    np.testing.assert_allclose(found["spread √v"] ** 2, [((X[y == k] - X[y == k].mean(axis=0)) ** 2).sum(axis=1).mean() for k in range(5)])


def test_a_head_with_too_few_rows_has_no_alignment() -> None:
    assert list(class_measures(moments(), np.ones((4, 8)))) == list(class_measures(moments())) == ["spread √v", "norm ‖μ − μ_G‖"]


def test_the_target_is_the_gram_matrix_of_a_simplex() -> None:
    centred = np.eye(6) - 1 / 6
    unit = centred / np.linalg.norm(centred, axis=1, keepdims=True)
    np.testing.assert_allclose(simplex_target(6), unit @ unit.T, atol=1e-12)


def test_the_plane_holds_the_share_of_spread_that_it_says() -> None:
    found = moments()
    figure = means_plane(found, "abcde")
    xy = np.column_stack([trace(figure, "class means").x, trace(figure, "class means").y])
    share = (xy**2).sum() / (found.centred_means**2).sum()
    assert f"{share:.0%}" in figure.layout.annotations[0].text


def test_three_classes_lie_wholly_in_the_plane() -> None:
    assert "100%" in means_plane(moments(K=3), "abc").layout.annotations[0].text


def test_four_classes_are_drawn_in_three_dimensions() -> None:
    figure = means_plane(moments(K=4), "abcd")
    assert trace(figure, "class means").type == "scatter3d"
    assert "100%" in figure.layout.annotations[0].text


def test_a_dual_classifier_ends_on_the_means() -> None:
    found = moments()
    figure = means_plane(found, "abcde", W=3 * found.centred_means)
    np.testing.assert_allclose(trace(figure, "classifier rows, ends").x, trace(figure, "class means").x, atol=1e-12)


def test_clicks_name_the_class() -> None:
    assert [c[0] for c in trace(means_plane(moments(), "abcde"), "class means").customdata] == [0, 1, 2, 3, 4]


def test_lengths_are_against_the_class_sizes() -> None:
    found = moments()
    figure = norms_by_size(found, "abcde", W=found.centred_means)
    assert list(trace(figure, "class means").x) == found.counts.tolist()
    law = trace(figure, "classifier rows: n^+¼")
    assert law.y[-1] / law.y[0] == pytest.approx((law.x[-1] / law.x[0]) ** 0.25)


def test_names_stand_on_the_colour_of_their_class_and_the_legend_has_the_marks_as_they_are() -> None:
    found = moments()
    figure = means_plane(found, ["apple", "<b>", "c", "d", "e"], W=found.centred_means)
    _, *names = figure.layout.annotations
    assert [a.text for a in names][:2] == ["<b>apple</b>", "<b>&lt;b&gt;</b>"]
    assert [a.bgcolor for a in names] == list(trace(figure, "class means").marker.color)
    key = {t.name: t for t in figure.data if t.showlegend is not False}
    assert set(key) == {"classifier rows", "class means"} and key["classifier rows"].marker.symbol == "diamond-open"
    assert set(drawn(figure)["trace"]) == {"classifier rows", "classifier rows, ends", "class means"}
    assert {t.name for t in means_plane(found, "abcde").data if t.showlegend is not False} == {"class means"}


def test_cosines_and_their_target_are_in_the_same_colours_without_their_diagonals() -> None:
    rng = np.random.default_rng(0)
    result = measure("nc2_cosines", rng.standard_normal((100, 8)), np.arange(100) % 5, interval=False, null=False)
    ours, target = cosine_matrix(result, "abcde"), simplex_matrix(result, "abcde")
    assert ours.data[0].zmin == target.data[0].zmin and ours.data[0].zmax == -ours.data[0].zmin
    assert np.isnan(np.diag(ours.data[0].z)).all()
    np.testing.assert_allclose(target.data[0].z[0][1:], -0.25)


def test_names_of_near_means_do_not_cover_each_other() -> None:
    M = np.array([[10.0, 0], [10.5, 0.4], [10, 1.0], [-15, 0], [-15, -1.4]])
    y = np.arange(100) % 5
    _, *names = means_plane(class_moments([M[y]], y, 5).merged(), ["cat", "dog", "frog", "ship", "truck"]).layout.annotations
    pixels = 270 / max(np.ptp([[a.x, a.y] for a in names], axis=0))
    places = np.array([[a.x * pixels + a.xshift, a.y * pixels + a.yshift] for a in names])
    for i, one in enumerate(places):
        for other in places[:i]:
            assert abs(one - other)[0] > 25 or abs(one - other)[1] > 15
