"""``repgeom compare`` leaves the comparison of two trees where the dashboard looks for it."""

from __future__ import annotations

import numpy as np
import pytest

from repgeom_core.bundle import Bundle, open_bundle
from repgeom_core.cli import main
from repgeom_core.hierarchy.bundle_comparison import cached_comparison
from repgeom_core.hierarchy.bundle_trees import bundle_tree
from repgeom_core.hierarchy.compare import aligned
from repgeom_core.hierarchy.files.stored import store_tree


def test_trees_of_two_checkpoints_and_linkages_are_compared(bundle: Bundle, capsys: pytest.CaptureFixture[str]) -> None:
    chosen = ["--split=train", "--layer=wide", "--checkpoint=step-0", "--checkpoint-b=step-10", "--method-b=average"]
    assert main(["compare", str(bundle.path), *chosen, "--progress", "none"]) == 0
    printed = capsys.readouterr().out
    assert "Cophenetic correlation" in printed and "30 samples" in printed and "at 5, " in printed
    a = bundle_tree(bundle, "wide", "step-0", "train").tree
    b = bundle_tree(bundle, "wide", "step-10", "train", method="average").tree
    assert cached_comparison(open_bundle(bundle.path), a, b) is not None


def test_a_stored_tree_is_compared_over_its_own_rows(bundle: Bundle) -> None:
    tree, rows = bundle_tree(bundle, "wide", "step-0").tree, np.random.default_rng(0).permutation(40)
    store_tree(bundle, "mine", tree, rows)
    assert main(["compare", str(bundle.path), "--tree=mine", "--layer=wide", "--progress", "none"]) == 0
    other = bundle_tree(bundle, "wide", bundle.checkpoints[-1].name)
    assert cached_comparison(bundle, tree, aligned(rows, other.tree, other.rows)) is not None


def test_a_tree_that_is_not_there_is_named(bundle: Bundle, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", str(bundle.path), "--tree-b", "nose"]) == 1
    assert "keeps no tree 'nose'" in capsys.readouterr().err
