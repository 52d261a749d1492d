import json
import shutil
import subprocess
from pathlib import Path

import pytest

COMPONENTS = Path(__file__).parents[2] / "assets" / "components"


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_the_javascript_unit_tests_pass():
    tests = sorted(str(path) for path in (COMPONENTS / "test").rglob("*.test.js"))
    result = subprocess.run(["node", "--test", *tests], cwd=COMPONENTS, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout[-4000:]


@pytest.mark.skipif(not (COMPONENTS / "node_modules" / "esbuild").exists(), reason="no esbuild: run npm ci in assets/components")
def test_the_committed_bundle_is_built_from_the_source(tmp_path):
    subprocess.run(["node", "build.mjs", str(tmp_path)], cwd=COMPONENTS, check=True, capture_output=True)
    built = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    committed = {path.name: path.read_bytes() for path in (COMPONENTS / "dist").iterdir()}
    assert set(built) == set(committed)
    stale = sorted(name for name in built if built[name] != committed[name])
    assert not stale, f"{stale} in dist are stale: run npm run build in assets/components"


def test_esbuild_is_pinned_exactly_and_locked():
    wanted = json.loads((COMPONENTS / "package.json").read_text())["devDependencies"]["esbuild"]
    locked = json.loads((COMPONENTS / "package-lock.json").read_text())["packages"]["node_modules/esbuild"]
    assert wanted == locked["version"]
    assert locked["integrity"].startswith("sha512-")


def test_no_text_reaches_the_page_as_markup():
    for path in (COMPONENTS / "src").rglob("*.js"):
        source = path.read_text(encoding="utf-8")
        for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "createContextualFragment"):
            assert way not in source, f"{path.name} uses {way}"
