import base64
import json
import re
import zlib
from pathlib import Path

import numpy as np
import pytest

from repgeom_core.bundle import Bundle, open_bundle
from repgeom_core.hierarchy.bundle_trees import BundleTree
from repgeom_core.hierarchy.linkages.methods import linkage
from repgeom_core.views.offline import OfflineError, offline_page


@pytest.fixture(scope="module")
def bundle(digits_bundle: Path) -> Bundle:
    return open_bundle(digits_bundle)


@pytest.fixture(scope="module")
def tree(bundle: Bundle) -> BundleTree:
    rows = bundle.rows("test")
    checkpoint = bundle.checkpoints[-1]
    X = bundle.features(next(iter(checkpoint.layers)), checkpoint.name).take(rows)
    return BundleTree(linkage(X), rows)


def text(bundle: Bundle, tree: BundleTree, **options: object) -> str:
    return offline_page(bundle, tree, bundle.checkpoints[-1].name, **({"title": "Digits"} | options)).data.decode()


def settings(page: str) -> dict:
    return json.loads(re.search(r'id="page">(.*?)</script>', page)[1])


def messages(page: str) -> dict[str, dict]:
    found = {}
    for digest, packed in re.findall(r'class="payload" data-digest="(\w+)">([^<]*)<', page):
        data = zlib.decompress(base64.b64decode(packed))
        found[digest] = json.loads(data[8 : 8 + int.from_bytes(data[4:8], "little")])
    return found


def test_the_page_holds_all_that_it_names(bundle, tree):
    page = text(bundle, tree)
    sent, chosen = messages(page), settings(page)
    assert {sent[digest]["kind"] for digest in chosen["handles"].values()} >= {"tree", "columns", "labels", "node_labels", "flags"}
    assert all(sent[colour["nodes"]]["n"] == 2 * len(tree.rows) - 1 for colour in chosen["colours"])
    assert {"accuracy", "purity", "entropy", "majority class", "height", "mean ink"} <= {colour["name"] for colour in chosen["colours"]}
    assert page.count('class="sheet"') == 1


def test_nothing_is_fetched(bundle, tree):
    page = text(bundle, tree)
    assert "default-src 'none'" in page
    assert not re.search(r"""(src|href)\s*=\s*["']?\s*(https?:)?//""", page)
    assert "<link" not in page


def test_text_of_the_data_cannot_become_markup(bundle, tree):
    title = "</title><script>alert(1)</script>"
    page = text(bundle, tree, title=title)
    assert "alert(1)</script>" not in page
    assert settings(page)["title"] == title


def test_the_page_is_the_same_every_time(bundle, tree):
    assert text(bundle, tree) == text(bundle, tree)


def test_without_thumbnails_it_is_smaller(bundle, tree):
    page = text(bundle, tree, thumbnails=False)
    assert settings(page)["sprites"] is None
    assert len(page) < len(text(bundle, tree))


def test_only_the_samples_of_the_tree_are_in_it(bundle, tree):
    some = BundleTree(linkage(np.random.default_rng(0).normal(size=(20, 3))), tree.rows[:20])
    sent = messages(text(bundle, some))
    assert {header["n"] for header in sent.values() if header["kind"] in ("columns", "labels", "flags")} == {20}


def test_thumbnails_are_those_of_the_leaves_where_a_tree_of_all_samples_numbers_them_otherwise(bundle):
    tree = linkage(np.random.default_rng(0).normal(size=(bundle.n, 3)))
    sheets = [
        re.findall(r'class="sheet">([^<]*)<', text(bundle, BundleTree(tree, rows)))
        for rows in (np.arange(bundle.n), np.arange(bundle.n)[::-1])
    ]
    first = bundle.thumbnails.of_rows(np.arange(bundle.n)[::-1]).sheet_bytes(0)
    assert base64.b64decode(sheets[1][0]) == first != base64.b64decode(sheets[0][0])


def test_with_a_layer_the_page_knows_the_order_of_centrality_and_draws_vectors_only_where_there_is_nothing_to_see(bundle, tree):
    assert not {"vectors", "sparks"} & set(settings(text(bundle, tree))["handles"])
    assert {"vectors"} == {"vectors", "sparks"} & set(settings(text(bundle, tree, layer="features"))["handles"])
    page = text(bundle, tree, layer="features", thumbnails=False)
    sent, handles = messages(page), settings(page)["handles"]
    assert (sent[handles["sparks"]]["n"], sent[handles["vectors"]]["n"]) == (len(tree.rows), len(tree.rows))
    assert sent[handles["sparks"]]["m"] <= 64


def test_what_is_too_large_is_left_out_and_said(bundle, tree, monkeypatch):
    monkeypatch.setattr("repgeom_core.views.offline.MOST_VECTORS", len(tree.rows) - 1)
    page = offline_page(bundle, tree, bundle.checkpoints[-1].name, "Digits", thumbnails=False, layer="features")
    most = f"of more than {len(tree.rows) - 1:,} samples"
    assert page.left_out == (f"the order of centrality and the sparklines ({most})",)
    told = settings(page.data.decode())
    assert most in told["about"] and not {"vectors", "sparks"} & set(told["handles"])


def test_an_unknown_colour_names_what_is_like_it(bundle, tree):
    with pytest.raises(OfflineError, match="'entrpy'. Did you mean 'entropy'"):
        text(bundle, tree, colour="entrpy")
