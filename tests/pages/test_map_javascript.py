import json
import shutil
import subprocess
from pathlib import Path

import pytest

MAP = Path(__file__).parents[2] / "assets" / "map"


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_the_javascript_unit_tests_pass():
    tests = sorted(str(path) for path in (MAP / "test").glob("*.test.js"))
    result = subprocess.run(["node", "--test", *tests], cwd=MAP, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout[-4000:]


@pytest.mark.skipif(not (MAP / "node_modules" / "esbuild").exists(), reason="esbuild is not installed: run npm ci in assets/map")
def test_the_committed_bundle_is_built_from_the_source(tmp_path):
    subprocess.run(["node", "build.mjs", str(tmp_path)], cwd=MAP, check=True, capture_output=True)
    for name in ("map.js", "channel.js"):
        assert (tmp_path / name).read_bytes() == (MAP / "dist" / name).read_bytes(), (
            f"dist/{name} is stale: run npm run build in assets/map"
        )


def test_esbuild_is_pinned_exactly_and_locked():
    wanted = json.loads((MAP / "package.json").read_text())["devDependencies"]["esbuild"]
    locked = json.loads((MAP / "package-lock.json").read_text())["packages"]["node_modules/esbuild"]
    assert wanted == locked["version"]
    assert locked["integrity"].startswith("sha512-")


def test_no_text_reaches_the_page_as_markup():
    for path in (MAP / "src").glob("*.js"):
        source = path.read_text(encoding="utf-8")
        for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "createContextualFragment"):
            assert way not in source, f"{path.name} uses {way}"
