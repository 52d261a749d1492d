from __future__ import annotations

from repgeom_core.suggest import did_you_mean, nearest, shortened


def test_the_nearest_name_is_suggested() -> None:
    assert nearest("modle", ["name", "model", "more"]) == "model"
    assert did_you_mean("modle", ["name", "model"]) == "Did you mean 'model'?"


def test_what_is_known_is_listed_where_nothing_is_near() -> None:
    assert did_you_mean("zzz", ["a", "b"]) == "Known: a, b."
    assert did_you_mean("x", []) == "Known: none."


def test_a_long_list_says_how_much_it_leaves_out() -> None:
    assert shortened([str(k) for k in range(1005)], 2) == "0, 1 and 1,003 more"
    assert shortened(["a", "b"], 2) == "a, b"
