"""The offline page counts its class table in the browser: with the numbers of repgeom_core.hierarchy.class_table."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from repgeom_core.hierarchy.class_table import cell_rows, class_table
from repgeom_core.hierarchy.linkages.methods import linkage
from repgeom_core.hierarchy.tree import Tree
from repgeom_core.views.payloads import NO_CLASS

COMPONENTS = Path(__file__).parents[2] / "assets" / "components"
NAMES = {
    "actual": "actual",
    "predicted": "predicted",
    "recall": "recall",
    "precision": "precision",
    "missed": "false_negative_rate",
    "falselyFound": "false_discovery_rate",
}

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")


def in_browser(
    folder: Path, tree: Tree, y: np.ndarray, predictions: np.ndarray, classes: tuple[str, ...], roots: list[int]
) -> list[list[dict]]:
    case = {
        "tree": {name: getattr(tree, name).tolist() for name in ("left", "right", "height")},
        "classes": classes,
        "labels": np.where(y < 0, NO_CLASS, y).tolist(),
        "predictions": np.where(predictions < 0, NO_CLASS, predictions).tolist(),
        "roots": roots,
    }
    path = folder / "case.json"
    path.write_text(json.dumps(case))
    run = ["node", str(COMPONENTS / "test" / "offline" / "class_tables.mjs"), str(path)]
    result = subprocess.run(run, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    found: list[list[dict]] = json.loads(result.stdout)
    return found


@pytest.mark.parametrize("missing", [0.0, 0.3, 1.0])
def test_every_number_and_the_samples_behind_it_are_those_of_the_class_table(tmp_path: Path, missing: float) -> None:
    rng = np.random.default_rng(int(10 * missing))
    n, classes = 400, tuple(f"class {c}" for c in range(9))
    y = np.where(rng.random(n) < missing / 2, -1, rng.integers(0, 8, n))  # the last class is only ever predicted
    predictions = np.where(rng.random(n) < 0.6, y, rng.integers(0, 9, n))
    predictions[rng.random(n) < missing] = -1
    tree = linkage(rng.normal(size=(n, 4)))
    roots = [tree.root, 0, *rng.integers(tree.n, tree.root, 12).tolist()]
    tables = in_browser(tmp_path, tree, y, predictions, classes, roots)
    assert len(tables) == len(roots)
    for root, found in zip(roots, tables, strict=True):
        rows = tree.order[tree.start[root] : tree.start[root] + tree.count[root]]
        expected = class_table(y, predictions, classes, rows)
        assert [row["name"] for row in found] == expected["class"].tolist()
        for here, there in NAMES.items():
            numbers = np.array([row[here] for row in found], float)
            np.testing.assert_allclose(numbers, expected[there].to_numpy(float), rtol=1e-12, err_msg=f"{there} under node {root}")
            for row in found:
                behind = cell_rows(y, predictions, classes, row["code"], there, rows)
                assert sorted(row["behind"][here]) == sorted(behind.tolist()), (there, row["name"], root)
