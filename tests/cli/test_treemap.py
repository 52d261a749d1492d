"""``repgeom treemap`` leaves trees where the dashboard looks for them, and writes them for elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.cluster.hierarchy import linkage

from repgeom_core.bundle import Bundle, open_bundle
from repgeom_core.cli import main
from repgeom_core.hierarchy.bundle_trees import cached_tree
from repgeom_core.hierarchy.files.dendromap import read_dendromap
from repgeom_core.hierarchy.files.stored import stored_trees
from repgeom_core.jobs import JobQueue, commands
from repgeom_core.jobs.folder import MAP, lane_of
from repgeom_core.selection.row_file import write_rows


def treemap(bundle: Bundle, *arguments: object) -> int:
    return main(["treemap", str(bundle.path), *map(str, arguments), "--progress", "none"])


def refusal(bundle: Bundle, capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert treemap(bundle, *arguments) == 1
    (line,) = capsys.readouterr().err.strip().splitlines()
    return line


def test_the_tree_is_kept_in_the_bundle(bundle: Bundle, capsys: pytest.CaptureFixture[str]) -> None:
    chosen = {"layer": "wide", "checkpoint": "step-0", "split": "train", "method": "average"}
    assert cached_tree(bundle, **chosen) is None
    assert treemap(bundle, *(f"--{name}={value}" for name, value in chosen.items())) == 0
    assert "average tree of 30 samples" in capsys.readouterr().out
    found = cached_tree(open_bundle(bundle.path), **chosen)
    X = bundle.features("wide", "step-0").take(bundle.rows("train"))
    np.testing.assert_allclose(found.tree.height, linkage(np.float64(X), "average")[:, 2], rtol=1e-5)


@pytest.mark.parametrize("rows", [None, np.arange(3, 20)])
def test_command_line_understands_what_the_page_submits(bundle: Bundle, tmp_path: Path, rows: np.ndarray | None) -> None:
    queue = JobQueue(tmp_path / "ws")
    arguments = commands.treemap_arguments(queue, bundle.path, "wide", "step-0", "all", rows, "complete")
    assert lane_of(arguments) == MAP
    if rows is not None:
        write_rows(Path(arguments[-1].removeprefix("--rows=")), rows)
    assert main([*arguments, "--progress", "json"]) == 0
    assert cached_tree(open_bundle(bundle.path), "wide", "step-0", rows=rows, method="complete") is not None


def test_json_is_dendromaps_with_similar_samples(bundle: Bundle, tmp_path: Path) -> None:
    assert treemap(bundle, "--layer", "features", "--split", "test", "--out", tmp_path / "a.json") == 0
    found = read_dendromap(tmp_path / "a.json")
    rows = bundle.rows("test")
    assert found.samples["id"].tolist() == bundle.ids[rows].tolist() and found.classes == bundle.classes
    expected = bundle.samples("step-10").iloc[rows]
    assert found.samples["prediction"].astype(str).tolist() == expected["prediction"].astype(str).tolist()
    X = np.asarray(bundle.features("features", "step-10").take(rows), np.float64)
    nearest = [np.argsort(np.linalg.norm(X - x, axis=1))[1:] for x in X]
    assert np.array_equal(found.trees["tree"].similar, nearest)


def test_one_class_or_each_is_a_tree_of_its_own(bundle: Bundle, tmp_path: Path) -> None:
    assert treemap(bundle, "--class", "bee", "--out", tmp_path / "bee.json") == 0
    assert set(read_dendromap(tmp_path / "bee.json").samples["label"]) == {"bee"}
    assert treemap(bundle, "--by-class", "--out", tmp_path / "all.json") == 0
    found = read_dendromap(tmp_path / "all.json")
    assert list(found.trees) == list(bundle.classes) and len(found.samples) == bundle.n
    alone = cached_tree(open_bundle(bundle.path), "wide", "step-10", rows=np.flatnonzero(bundle.y == 1))
    assert np.array_equal(found.trees["bee"].tree.height, alone.tree.height)


def test_html_is_the_page_that_works_offline(bundle: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert treemap(bundle, "--out", tmp_path / "a.html", "--k", 7, "--colour", "purity", "--title", "Ants & bees") == 0
    page = (tmp_path / "a.html").read_text()
    about = json.loads(page.split('id="page">')[1].split("</script>")[0])
    assert "<title>Ants &amp; bees</title>" in page and (about["k"], about["colour"]) == (7, "purity")
    assert about["sprites"] is not None and "neighbours" in about["handles"]
    assert treemap(bundle, "--out", tmp_path / "b.html", "--no-thumbnails") == 0
    assert (tmp_path / "b.html").stat().st_size < (tmp_path / "a.html").stat().st_size
    assert "coloured by" in refusal(bundle, capsys, "--out", tmp_path / "c.html", "--colour", "taste")
    assert not (tmp_path / "c.html").exists()


def test_what_a_page_cannot_hold_is_said(
    bundle: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("repgeom_core.views.offline.MOST_VECTORS", 39)
    assert treemap(bundle, "--out", tmp_path / "a.html") == 0
    assert "Too large for the page, and not in it: the order of centrality" in capsys.readouterr().out


def test_npy_is_a_linkage_matrix_and_its_rows(bundle: Bundle, tmp_path: Path) -> None:
    assert treemap(bundle, "--out", tmp_path / "Z.npy") == 0
    assert np.load(tmp_path / "Z.npy").shape == (39, 4) and not (tmp_path / "Z.rows.npy").exists()
    assert treemap(bundle, "--split", "test", "--out", tmp_path / "T.npy") == 0
    assert np.load(tmp_path / "T.npy").shape == (9, 4)
    assert np.array_equal(np.load(tmp_path / "T.rows.npy"), bundle.rows("test"))


def test_a_linkage_matrix_is_kept_under_a_name(bundle: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    np.save(tmp_path / "Z.npy", linkage(np.random.default_rng(0).normal(size=(40, 3)), "ward"))
    assert treemap(bundle, "--linkage", tmp_path / "Z.npy", "--name", "mine") == 0
    kept = stored_trees(bundle)["mine"]
    assert kept.tree.n == 40 and kept.tree.method == "linkage matrix"
    assert "has a tree 'mine' already. Choose another --name" in refusal(bundle, capsys, "--linkage", tmp_path / "Z.npy", "--name", "mine")
    assert treemap(bundle, "--linkage", tmp_path / "Z.npy", "--name", "mine", "--force", "--method", "ward") == 0
    assert stored_trees(bundle)["mine"].tree.method == "ward"
    np.save(tmp_path / "small.npy", linkage(np.random.default_rng(0).normal(size=(9, 3)), "ward"))
    said = refusal(bundle, capsys, "--linkage", tmp_path / "small.npy", "--name", "small")
    assert said.endswith("small.npy is a tree of 9 samples, but 40 are meant; say which they are with --split or --rows.")
    assert treemap(bundle, "--tree", "mine", "--out", tmp_path / "mine.json") == 0
    assert np.array_equal(read_dendromap(tmp_path / "mine.json").trees["tree"].tree.left, kept.tree.left)


def test_a_computed_tree_is_kept_by_name_too(bundle: Bundle) -> None:
    assert treemap(bundle, "--class", "ant", "--name", "ants") == 0
    assert stored_trees(bundle)["ants"].rows.tolist() == np.flatnonzero(bundle.y == 0).tolist()


def test_a_file_that_is_there_is_replaced_only_when_asked(bundle: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "a.json"
    out.write_text("mine")
    assert f"{out} exists; give another place with --out, or replace it with --force." in refusal(bundle, capsys, "--out", out)
    assert out.read_text() == "mine"
    assert treemap(bundle, "--out", out, "--force") == 0
    assert "tree" in json.loads(out.read_text())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--layer", "nose"], "has no layer 'nose'"),
        (["--checkpoint", "step-1"], "Did you mean 'step-10'?"),
        (["--split", "tset"], "Did you mean 'test'?"),
        (["--class", "be"], "Did you mean 'bee'?"),
        (["--method", "wrad"], "Did you mean 'ward'?"),
        (["--tree", "mine"], "keeps no tree 'mine'. Known: none."),
        (["--linkage", "nowhere.npy", "--name", "a"], "nowhere.npy cannot be read"),
        (["--rows", "nowhere.npy"], "nowhere.npy cannot be read"),
    ],
)
def test_what_is_not_there_is_named_in_one_line(
    bundle: Bundle, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert message in refusal(bundle, capsys, *arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--out", "a.txt"], "--out must end in .json, .html or .npy: got a.txt"),
        (["--linkage", "Z.npy"], "--linkage needs --name"),
        (["--tree", "a", "--class", "bee"], "give them without --tree and --linkage"),
        (["--by-class", "--out", "a.html"], "trees of several classes are written as FILE.json"),
        (["--by-class", "--name", "a"], "give it without --by-class"),
        (["--tree", "a", "--name", "b"], "--tree has a name"),
        (["--k", "0"], "--k must be from 2 to 100: got 0"),
        (["--k", "1000"], "--k must be from 2 to 100: got 1000"),
    ],
)
def test_options_that_exclude_each_other_are_wrong_usage(
    bundle: Bundle, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    with pytest.raises(SystemExit) as stopped:
        treemap(bundle, *arguments)
    assert stopped.value.code == 2 and message in capsys.readouterr().err


def test_a_bundle_of_trees_is_asked_for_one_of_its_own(bundle: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert treemap(bundle, "--by-class", "--out", tmp_path / "a.json") == 0
    assert main(["import", str(tmp_path / "a.json"), "--out", str(tmp_path / "trees"), "--progress", "none"]) == 0
    trees = open_bundle(tmp_path / "trees")
    assert "name one of its own with --tree" in refusal(trees, capsys)
    assert treemap(trees, "--tree", "all classes", "--out", tmp_path / "again.json") == 0
    assert read_dendromap(tmp_path / "again.json").trees["tree"].tree.n == 40
    assert main(["info", str(tmp_path / "trees")]) == 0
    out = capsys.readouterr().out
    assert "no features" in out and "all classes" in out
    assert main(["export", str(tmp_path / "trees"), "--format", "parquet", "--out", str(tmp_path / "t.parquet"), "--progress", "none"]) == 0
    assert main(["export", str(tmp_path / "trees"), "--format", "npz", "--out", str(tmp_path / "t.npz"), "--progress", "none"]) == 0
