from __future__ import annotations

import io
import json
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from repgeom_core.errors import SelectionError
from repgeom_core.selection import Selection, SelectionHistory, export


@dataclass
class FewSamples:
    """What the selection relies on of a bundle."""

    n: int = 6
    name: str = "few"
    ids_digest: str = "d"
    frame: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def ids(self) -> np.ndarray:
        return np.array([f"s{i}" for i in range(self.n)])

    def samples(self, checkpoint: str | None = None) -> pd.DataFrame:
        return self.frame if checkpoint is None else self.frame.assign(confidence=np.linspace(0, 1, self.n))


def some(*rows: int, n: int = 6, digest: str = "d") -> Selection:
    return Selection.of_rows(rows, n, digest)


def mask(*rows: int, n: int = 6) -> np.ndarray:
    return some(*rows, n=n).mask


sizes_and_sets = st.integers(0, 70).flatmap(
    lambda n: st.tuples(st.just(n), *[st.sets(st.integers(0, n - 1)) if n else st.just(set()) for _ in range(2)])
)


@given(sizes_and_sets)
def test_set_operations_are_those_of_sets(case: tuple[int, set[int], set[int]]) -> None:
    n, a, b = case
    A, B = some(*a, n=n), some(*b, n=n)
    assert set(A.rows) == a
    assert A.count == len(a)
    assert set((A | B).rows) == a | b
    assert set((A & B).rows) == a & b
    assert set((A - B).rows) == a - b
    assert set((~A).rows) == set(range(n)) - a
    assert (~A).count == n - len(a)
    assert (A == B) == (a == b)


@given(st.lists(st.sets(st.integers(0, 10)), min_size=1, max_size=20), st.lists(st.booleans(), max_size=40))
def test_undo_and_redo_walk_the_list_of_changes(sets: list[set[int]], steps: list[bool]) -> None:
    history = SelectionHistory(11, "d")
    expected = [set()]
    for rows in sets:
        assert history.replace(mask(*rows, n=11), "map") == (rows != expected[-1])
        if rows != expected[-1]:
            expected.append(rows)
    position = len(expected) - 1
    for forward in steps:
        moved = history.redo() if forward else history.undo()
        target = position + (1 if forward else -1)
        assert moved == (0 <= target < len(expected))
        position = target if moved else position
        assert set(history.current.rows) == expected[position]


def test_a_row_is_the_bit_a_browser_looks_at() -> None:
    bits = some(0, 9, n=12).bits
    assert [i for i in range(12) if bits[i >> 3] >> (i & 7) & 1] == [0, 9]


def test_bits_past_the_last_row_are_dropped() -> None:
    assert Selection(np.array([255], np.uint8), 3, "d").count == 3


def test_selection_cannot_be_changed_in_place() -> None:
    with pytest.raises(ValueError, match="read-only"):
        some(1).bits[0] = 0


def test_selection_does_not_share_memory_with_its_maker() -> None:
    bits = np.zeros(1, np.uint8)
    selection = Selection(bits, 6, "d")
    bits[:] = 255
    assert selection.count == 0


def test_ids_come_from_the_bundle_in_row_order() -> None:
    assert some(4, 1).ids(FewSamples()).tolist() == ["s1", "s4"]


def test_ids_of_another_bundle_are_refused() -> None:
    with pytest.raises(SelectionError, match="other samples than those of few"):
        some(1, digest="other").ids(FewSamples())


@pytest.mark.parametrize("rows", [[6], [-1], [0.5]])
def test_rows_outside_are_refused(rows: list) -> None:
    with pytest.raises(SelectionError):
        Selection.of_rows(rows, 6, "d")


@pytest.mark.parametrize("wrong", [np.zeros(5, bool), np.zeros(6, int), np.zeros((6, 1), bool), some(1, digest="x"), some(1, n=9)])
def test_mask_that_does_not_fit_is_refused(wrong: np.ndarray | Selection) -> None:
    history = SelectionHistory(6, "d")
    with pytest.raises(SelectionError):
        history.replace(wrong, "map")
    assert not history.can_undo


def test_same_selection_again_is_no_entry_and_keeps_redo_and_writer() -> None:
    history = SelectionHistory(6, "d")
    history.replace(mask(1), "map")
    history.replace(mask(2), "table")
    history.undo()
    assert history.replace(mask(1), "bars") is False
    assert history.writer == "map"
    assert history.can_redo


def test_change_after_undo_forgets_what_was_undone() -> None:
    history = SelectionHistory(6, "d")
    history.replace(mask(1), "map")
    history.undo()
    history.replace(mask(2), "map")
    assert not history.can_redo
    assert history.undo()
    assert not history.undo()


def test_history_forgets_the_oldest_changes_beyond_its_limit() -> None:
    history = SelectionHistory(6, "d", limit=3)
    for row in range(6):
        history.replace(mask(row), "map")
    assert [history.undo() for _ in range(4)] == [True, True, True, False]
    assert history.current == some(2)


def test_combining_with_names_masks_and_selections() -> None:
    history = SelectionHistory(6, "d")
    history.replace(mask(1, 2), "map")
    history.save_as("  ones ")
    history.replace(mask(2, 3), "map")
    history.union("ones", "panel")
    assert history.current == some(1, 2, 3)
    assert history.writer == "panel"
    history.difference(mask(2), "panel")
    assert history.current == some(1, 3)
    history.intersection(some(3, 4), "panel")
    assert history.current == some(3)
    history.invert("panel")
    assert history.current == some(0, 1, 2, 4, 5)
    history.restore("ones", "panel")
    assert history.current == some(1, 2)
    history.clear("panel")
    assert history.current.count == 0


def test_unknown_and_empty_names_are_refused() -> None:
    history = SelectionHistory(6, "d")
    with pytest.raises(SelectionError, match="no selection named 'x'; saved are: none yet"):
        history.union("x", "panel")
    with pytest.raises(SelectionError, match="needs a name"):
        history.save_as("  ")


def test_names_survive_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "selections.json"
    history = SelectionHistory(6, "d")
    history.replace(mask(1, 5), "map")
    history.save_as('<b>"é"</b>')
    history.save(file)
    again = SelectionHistory(6, "d")
    again.load(file)
    assert again.names == ('<b>"é"</b>',)
    assert again.named('<b>"é"</b>') == some(1, 5)
    assert again.named('<b>"é"</b>').writer == "map"


def test_two_sessions_keep_each_others_names(tmp_path: Path) -> None:
    file = tmp_path / "selections.json"
    one, two = SelectionHistory(6, "d"), SelectionHistory(6, "d")
    one.save_as("one")
    one.save(file)
    two.save_as("two")
    two.save(file)
    one.delete("one")
    one.save(file)
    assert one.names == ("two",)


@pytest.mark.parametrize(("n", "digest", "reason"), [(7, "d", "of 6 samples, here are 7"), (6, "e", "the ids differ")])
def test_file_of_other_samples_is_refused_and_kept(tmp_path: Path, n: int, digest: str, reason: str) -> None:
    file = tmp_path / "selections.json"
    history = SelectionHistory(6, "d")
    history.save_as("mine")
    history.save(file)
    before = file.read_bytes()
    other = SelectionHistory(n, digest)
    other.save_as("theirs")
    with pytest.raises(SelectionError, match=reason):
        other.load(file)
    with pytest.raises(SelectionError, match=reason):
        other.save(file)
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b'{"schema": 99}',
        json.dumps({"schema": 1, "n": 6, "ids_digest": "d", "selections": {"a": {"writer": "", "bits": "!"}}}).encode(),
        json.dumps({"schema": 1, "n": 6, "ids_digest": "d", "selections": {"a": {"writer": "", "bits": "AAAA"}}}).encode(),
    ],
)
def test_damaged_file_is_named(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "selections.json"
    file.write_bytes(content)
    with pytest.raises(SelectionError, match=r"selections\.json"):
        SelectionHistory(6, "d").load(file)


def test_every_operation_on_a_million_rows_takes_under_five_milliseconds() -> None:
    n = 1_000_000
    rng = np.random.default_rng(0)
    masks = [rng.random(n) < 0.4 for _ in range(2)]
    history = SelectionHistory(n, "d")
    history.replace(masks[1], "map")
    history.save_as("b")

    def best(action: object) -> float:
        times = []
        for _ in range(5):
            history.replace(masks[0], "map")
            start = time.perf_counter()
            action()
            times.append(time.perf_counter() - start)
        return min(times)

    for action in (
        lambda: history.replace(masks[1], "map"),
        lambda: history.invert("map"),
        lambda: history.union("b", "map"),
        lambda: history.intersection("b", "map"),
        lambda: history.difference("b", "map"),
        lambda: history.undo(),
        lambda: history.clear("map"),
        lambda: history.current.mask,
    ):
        assert best(action) < 0.005


@pytest.fixture
def bundle() -> FewSamples:
    return FewSamples(
        frame=pd.DataFrame(
            {
                "id": ["s0", "=1+1", "s2", "s3", "s4", "s5"],
                "label": pd.Categorical(["@cat", "dog", None, "dog", "@cat", "dog"]),
                "score": [-1.5, 2.0, np.nan, 1e-9, -0.0, 3.0],
                "text": ["+49", "-x", "a,b", 'q"', "new\nline", None],
                "=cmd": [1, 2, 3, 4, 5, 6],
            }
        )
    )


def test_csv_has_all_columns_of_the_selected_rows(bundle: FewSamples) -> None:
    back = pd.read_csv(io.BytesIO(export(bundle, "last", mask(2, 3, 4), "csv")))
    assert back["id"].tolist() == ["s2", "s3", "s4"]
    assert back.columns.tolist() == ["id", "label", "score", "text", "'=cmd", "confidence"]
    assert back["text"].tolist() == ["a,b", 'q"', "new\nline"]
    assert back["score"].iloc[1] == 1e-9


def test_csv_text_that_starts_a_formula_gets_an_apostrophe_and_numbers_do_not(bundle: FewSamples) -> None:
    back = pd.read_csv(io.BytesIO(export(bundle, None, mask(0, 1), "csv")))
    assert back["id"].tolist() == ["s0", "'=1+1"]
    assert back["label"].tolist() == ["'@cat", "dog"]
    assert back["text"].tolist() == ["'+49", "'-x"]
    assert back["score"].tolist() == [-1.5, 2.0]


def test_parquet_keeps_every_value(bundle: FewSamples) -> None:
    back = pd.read_parquet(io.BytesIO(export(bundle, None, mask(0, 1, 5), "parquet")))
    pd.testing.assert_frame_equal(back, bundle.frame.iloc[[0, 1, 5]].reset_index(drop=True))


def test_empty_selection_exports_only_the_columns(bundle: FewSamples) -> None:
    assert export(bundle, None, mask(), "csv").decode().splitlines() == ["id,label,score,text,'=cmd"]


def test_export_to_another_format_is_refused(bundle: FewSamples) -> None:
    with pytest.raises(SelectionError, match="csv or parquet, got 'xlsx'"):
        export(bundle, None, mask(0), "xlsx")
