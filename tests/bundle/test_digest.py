"""Digests: equal content has equal ones, whatever its pieces; other content has others."""

from __future__ import annotations

import hashlib
from pathlib import Path

from repgeom_core.bundle.digest import combined_digest, file_digest, ids_digest


def test_a_files_digest_is_that_of_its_bytes_whatever_its_size(tmp_path: Path) -> None:
    for content in (b"", b"x" * 10, b"y" * (9 * 2**20 + 1)):
        (tmp_path / "file").write_bytes(content)
        assert file_digest(tmp_path / "file") == hashlib.blake2b(content, digest_size=16).hexdigest()


def test_strings_cut_elsewhere_have_another_digest() -> None:
    different = [["ab", "c"], ["a", "bc"], ["abc"], ["c", "ab"], [], [""], ["", ""]]
    assert len({combined_digest(parts) for parts in different}) == len(different)
    assert combined_digest(iter(["ab", "c"])) == combined_digest(["ab", "c"])


def test_ids_are_told_apart_by_order_and_number() -> None:
    different = [["a", "b"], ["b", "a"], ["a"], ["ab"], ["a", "b", ""], [], [""]]
    assert len({ids_digest(ids) for ids in different}) == len(different)


def test_digests_are_the_same_on_every_machine() -> None:
    assert ids_digest(["s0", "é"]) == "ed5c9bad5dae7866b20ab78148ba3c67"
    assert combined_digest(["s0", "é"]) == "2b5dabbc6faa0bfb3b9ecfb85bf74ad2"
