"""A manifest that is newer, broken or incomplete is refused by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from repgeom_core.bundle import open_bundle
from repgeom_core.errors import BundleError


def test_newer_schema_is_refused_with_both_versions(written: Path, edit_manifest: Callable[..., None]) -> None:
    edit_manifest(written, lambda m: m.update(schema=99))
    with pytest.raises(BundleError, match=r"manifest.json has schema version 99; this RepGeom reads up to 1"):
        open_bundle(written)


@pytest.mark.parametrize("content", ["", "{", "[]", "\udcff"])
def test_a_broken_manifest_is_named(written: Path, content: str) -> None:
    (written / "manifest.json").write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(BundleError, match="manifest.json"):
        open_bundle(written)


@pytest.mark.parametrize("field", ["name", "samples", "checkpoints", "classes", "shard_rows"])
def test_a_missing_field_is_named(written: Path, field: str, edit_manifest: Callable[..., None]) -> None:
    edit_manifest(written, lambda m: m.pop(field))
    with pytest.raises(BundleError, match=f"'{field}' is missing"):
        open_bundle(written)
