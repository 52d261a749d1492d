from __future__ import annotations

import multiprocessing
import os
import time
from pathlib import Path

import numpy as np
import pytest

from repgeom_core.config import Config
from repgeom_core.results import Results, canonical


def test_what_was_put_comes_back(tmp_path: Path) -> None:
    results = Results(tmp_path / "results")
    assert results.get({"a": 1}) is None
    results.put({"a": 1}, {"x": np.arange(3), "y": np.ones((2, 2), np.float32)}, {"note": "ß"})
    stored = Results(tmp_path / "results").get({"a": 1})
    assert stored is not None and stored.meta == {"note": "ß"}
    np.testing.assert_array_equal(stored.arrays["x"], np.arange(3))
    assert stored.arrays["y"].dtype == np.float32


def test_keys_are_typed() -> None:
    texts = {canonical({"k": value}) for value in (1, 1.0, "1", True, None, [1], {"1": 1}, 0.1 + 0.2, 0.3)}
    assert len(texts) == 9


def test_the_order_of_names_does_not_matter() -> None:
    assert canonical({"a": 1, "b": {"c": 2, "d": 3}}) == canonical({"b": {"d": 3, "c": 2}, "a": 1})


@pytest.mark.parametrize("value", [np.float32(1), np.int64(1), {1: 2}, {1, 2}, b"x", Path("x")])
def test_a_key_of_other_types_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="key"):
        canonical({"k": value})


def test_not_a_number_is_no_key() -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical({"k": float("nan")})


@pytest.mark.parametrize("damage", [lambda whole: b"", lambda whole: whole[: len(whole) // 2], lambda whole: b"no archive" * 50])
def test_an_unreadable_entry_is_computed_again(tmp_path: Path, damage) -> None:
    results = Results(tmp_path)
    results.put({"a": 1}, {"x": np.arange(1000)}, {})
    (entry,) = tmp_path.glob("*.npz")
    entry.write_bytes(damage(entry.read_bytes()))
    assert results.get({"a": 1}) is None
    again = results.compute({"a": 1}, lambda: ({"x": np.zeros(2)}, {}))
    np.testing.assert_array_equal(again.arrays["x"], np.zeros(2))
    assert results.get({"a": 1}) is not None


def test_a_pickle_in_an_entry_is_not_executed(tmp_path: Path) -> None:
    class Hostile:
        def __reduce__(self) -> tuple:
            return (Path.touch, (tmp_path / "executed",))

    results = Results(tmp_path)
    results.put({"a": 1}, {"x": np.zeros(1)}, {})
    (entry,) = tmp_path.glob("*.npz")
    with entry.open("wb") as file:
        np.savez(file, allow_pickle=True, x=np.array([Hostile()], dtype=object))
    assert results.get({"a": 1}) is None
    assert not (tmp_path / "executed").exists()


def test_object_arrays_are_not_stored_and_leave_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="allow_pickle"):
        Results(tmp_path).put({"a": 1}, {"x": np.array([{}], dtype=object)}, {})
    assert list(tmp_path.iterdir()) == []


def _work(folder: Path, gate) -> None:
    def function() -> tuple:
        with (folder / "runs").open("a") as file:
            file.write("x")
        time.sleep(0.5)
        return {"x": np.arange(4)}, {}

    gate.wait()
    assert Results(folder / "results").compute({"same": "question"}, function).arrays["x"].sum() == 6


def test_equal_requests_at_once_run_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    gate = context.Barrier(3)
    processes = [context.Process(target=_work, args=(tmp_path, gate)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(30)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert (tmp_path / "runs").read_text() == "x"


def test_a_failed_computation_leaves_nothing_and_may_be_tried_again(tmp_path: Path) -> None:
    results = Results(tmp_path)
    with pytest.raises(ZeroDivisionError):
        results.compute({"a": 1}, lambda: ({"x": np.zeros(1 // 0)}, {}))
    assert results.compute({"a": 1}, lambda: ({"x": np.ones(1)}, {})).arrays["x"] == 1


def test_results_of_a_bundle_that_cannot_be_written_to_are_kept_in_the_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPGEOM_CONFIG", str(Config(workspace=tmp_path / "ws").write(tmp_path / "repgeom.toml")))
    (tmp_path / "bundle").mkdir()
    results = Results(tmp_path / "bundle" / "results")
    results.put({"a": 1}, {"x": np.zeros(1)}, {"came": "with the bundle"})
    monkeypatch.setattr(os, "access", lambda path, mode: tmp_path / "bundle" not in (path, *path.parents))
    assert results.get({"a": 1}).meta == {"came": "with the bundle"}
    assert results.compute({"a": 2}, lambda: ({"x": np.ones(1)}, {})).arrays["x"] == 1
    assert results.get({"a": 2}) is not None
    assert len(list((tmp_path / "bundle" / "results").glob("*.npz"))) == len(list((tmp_path / "ws" / "results").glob("*.npz"))) == 1


def test_an_entry_with_any_bit_flipped_is_right_or_absent(tmp_path: Path) -> None:
    results = Results(tmp_path)
    results.put({"a": 1}, {"x": np.arange(6.0)}, {"m": 1})
    (entry,) = tmp_path.glob("*.npz")
    whole = entry.read_bytes()
    for bit in range(0, 8 * len(whole), 7):
        damaged = bytearray(whole)
        damaged[bit // 8] ^= 1 << bit % 8
        entry.write_bytes(damaged)
        found = results.get({"a": 1})
        if found is not None and "x" in found.arrays:
            np.testing.assert_array_equal(found.arrays["x"], np.arange(6.0))
