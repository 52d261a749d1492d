from __future__ import annotations

import pytest

from repgeom_core.file_size import file_size


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1_000, "1.0 kB"),
        (99_949, "99.9 kB"),
        (123_456, "123 kB"),
        (999_600, "1.0 MB"),
        (63_200_000, "63.2 MB"),
        (1_240_000_000, "1.2 GB"),
        (2_500_000_000_000, "2.5 TB"),
        (2_500_000_000_000_000, "2,500.0 TB"),
    ],
)
def test_bytes_are_said_with_three_digits_and_their_unit(count: int, words: str) -> None:
    assert file_size(count) == words
