from __future__ import annotations

import sys
import warnings
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch

from repgeom_core.errors import Cancelled, GeometryError
from repgeom_core.linalg import machine_code, radius_search, shortlist
from repgeom_core.linalg.groups import group_rows
from repgeom_core.linalg.neighbours import neighbours, neighbours_of
from repgeom_core.linalg.operand import BFLOAT16, FLOAT32, FLOAT64, Block, Operand
from repgeom_core.linalg.threads import row_workers
from repgeom_core.progress import Progress


def reference(X: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Float64 brute force from differences; ties by row."""
    X = np.asarray(X, dtype=np.float64)
    indices, distances = np.empty((len(X), k), np.int64), np.empty((len(X), k))
    for i, x in enumerate(X):
        squared = ((X - x) ** 2).sum(axis=1)
        squared[i] = np.inf
        indices[i] = np.argsort(squared, kind="stable")[:k]
        distances[i] = np.sqrt(squared[indices[i]])
    return indices, distances


def _mixture(n: int, d: int, classes: int, spread: float, seed: int = 0) -> np.ndarray:
    random = np.random.default_rng(seed)
    return (random.normal(size=(classes, d))[random.integers(0, classes, n)] + spread * random.normal(size=(n, d))).astype(np.float32)


def _data() -> dict[str, np.ndarray]:
    random = np.random.default_rng(0)
    n = 2_600  # more than one group, and more than the sample that radii are guessed from
    outlier = random.normal(size=(n, 8))
    outlier[7] = 1e8
    return {
        "noise float32": random.normal(size=(n, 48)).astype(np.float32),
        "float64": random.normal(size=(n, 8)),
        "float16": random.normal(size=(n, 12)).astype(np.float16),
        "one dimension": random.normal(size=(n, 1)),
        "few rows": random.normal(size=(40, 300)),
        "offset of 1000 spreads": (random.normal(size=(n, 24)) + 1e3).astype(np.float32),
        "offset of 1e6 in float64": random.normal(size=(n, 8)) + 1e6,
        "classes": _mixture(n, 32, 10, 0.3),
        "collapsed classes": _mixture(n, 32, 10, 1e-3),
        "wholly collapsed classes": _mixture(n, 32, 10, 1e-6),
        "copies of 400 rows": random.normal(size=(400, 8)).astype(np.float32)[random.integers(0, 400, n)],
        "a few copies": np.concatenate([x := random.normal(size=(n, 8)), x[5:6], x[5:6], x[9:10]]),
        "constant": np.full((2_500, 4), 3.0, np.float32),
        "small integers, many ties": random.integers(0, 4, size=(n, 7)),
        "all equidistant": np.eye(300, dtype=np.float32),
        "zeros of both signs": random.choice([0.0, -0.0, 1.0], size=(400, 5)),
        "tiny numbers": random.normal(size=(2_500, 8)) * 1e-25,
        "huge numbers": random.normal(size=(2_500, 8)) * 1e25,
        "one far outlier": outlier,
        "two rows": np.array([[0.0, 1.0], [2.0, 1.0]]),
    }


DATA = _data()


@cache
def expected(name: str, k: int) -> tuple[np.ndarray, np.ndarray]:
    return reference(DATA[name], k)


@pytest.mark.parametrize("loops", ["compiled", "plain"])
@pytest.mark.parametrize("bfloat16", [True, False], ids=["bfloat16", "float32"])
@pytest.mark.parametrize("name", DATA)
def test_equals_float64_brute_force_with_ties_by_row(name: str, bfloat16: bool, loops: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(radius_search, "bfloat16_pays", lambda device: bfloat16)
    if loops == "plain":
        monkeypatch.setattr(shortlist, "compiled", lambda: None)
    X = DATA[name]
    k = min(15, len(X) - 1)
    indices, distances = expected(name, k)
    graph = neighbours(X, k)
    assert graph.indices.dtype == np.int32 and graph.distances.dtype == np.float32
    np.testing.assert_array_equal(graph.indices, indices)
    np.testing.assert_allclose(graph.distances, distances, rtol=1e-6)


@pytest.mark.parametrize("name", DATA)
def test_a_few_rows_have_the_neighbours_that_they_have_in_the_whole_graph(name: str) -> None:
    X = DATA[name]
    k = min(15, len(X) - 1)
    indices, distances = expected(name, k)
    rows = np.array([len(X) - 1, 0])
    few = neighbours_of(X, rows, k)
    np.testing.assert_array_equal(few.indices, indices[rows])
    np.testing.assert_allclose(few.distances, distances[rows], rtol=1e-6)


@pytest.mark.parametrize("k", [1, 399])
def test_any_k_up_to_all_other_rows(k: int) -> None:
    X = _mixture(400, 6, 3, 0.2)
    X[50:60] = X[3]
    np.testing.assert_array_equal(neighbours(X, k).indices, reference(X, k)[0])


@pytest.mark.parametrize("loops", ["compiled", "plain"])
def test_rows_with_too_many_candidates_are_left_to_a_sharper_precision(loops: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """For some rows, and for so many of a block that the search of the block is given up."""
    if loops == "plain":
        monkeypatch.setattr(shortlist, "compiled", lambda: None)
    monkeypatch.setattr(radius_search, "bfloat16_pays", lambda device: True)
    monkeypatch.setattr(radius_search, "CANDIDATES", 4)
    random = np.random.default_rng(0)
    for crowd in (200, 480):  # rows of each of two groups that bfloat16 cannot tell apart; the others have neighbours in both
        crowds = [side + 1e-3 * random.normal(size=(crowd, 16)) for side in (-1.5, 1.5)]
        X = np.concatenate([*crowds, random.normal(size=(1_600 - 2 * crowd, 16))])
        graph = neighbours(X, 1)
        np.testing.assert_array_equal(graph.indices, reference(X, 1)[0])
        assert 0 < graph.meta["settled"]["bfloat16"] <= len(X) - 2 * crowd


def test_without_a_working_compiler_the_search_says_so_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "repgeom_core.linalg.compiled", None)  # importing it fails
    monkeypatch.delattr("repgeom_core.linalg.compiled", raising=False)
    shortlist.compiled.cache_clear()
    try:
        with pytest.warns(RuntimeWarning, match="without numba"):
            graph = neighbours(DATA["classes"], 15)
    finally:
        shortlist.compiled.cache_clear()
    np.testing.assert_array_equal(graph.indices, expected("classes", 15)[0])


def test_loops_are_compiled_where_no_folder_holds_their_code(monkeypatch: pytest.MonkeyPatch) -> None:
    def njit(**options: Any) -> Any:
        if options.get("cache"):
            raise RuntimeError("cannot cache function: no locator available")
        return lambda function: function

    monkeypatch.setattr(machine_code.numba, "njit", njit)
    assert machine_code.compiled()(len)("four") == 4


@pytest.mark.parametrize("precision", [BFLOAT16, FLOAT32, FLOAT64], ids=lambda p: p.name)
@pytest.mark.parametrize("name", ["noise float32", "collapsed classes", "offset of 1000 spreads", "one far outlier"])
def test_products_stay_within_the_error_bound(name: str, precision) -> None:
    X = np.asarray(DATA[name])
    with row_workers(device := torch.device("cpu")) as workers:
        groups = group_rows(X, workers)
        operand = Operand(groups, X, precision, device, workers)
    positions = np.asarray(groups.span(0))[:100]
    block, rows = Block(operand, positions), np.arange(0, len(positions), 2)
    radius = np.full(len(positions), 0.01)
    margin = block.margin(radius)
    for group in range(len(groups.centres)):
        span = groups.span(group)
        columns = slice(span.start, min(span.stop, span.start + 500))
        half = block.product(rows, radius[rows], margin[rows, group], group, columns)
        half = half[: len(rows), : columns.stop - columns.start].double().numpy()
        scaled = X.astype(np.float64) * groups.scale
        difference = scaled[groups.order[positions[rows]]][:, None] - scaled[groups.order[columns]][None]
        exact = ((difference**2).sum(axis=2) - 0.01) / 2
        rounding = precision.out * np.abs(half) * 1.01
        assert (half - rounding <= exact).all(), "a neighbour could be lost"
        assert (exact <= half + rounding + 2 * margin[rows][:, [group]]).all(), "a distance could be taken for too small"


def test_fewer_neighbours_are_a_slice_of_more() -> None:
    graph = neighbours(DATA["classes"], 30)
    np.testing.assert_array_equal(graph.nearest(5).indices, neighbours(DATA["classes"], 5).indices)
    with pytest.raises(GeometryError, match="holds 30"):
        graph.nearest(31)


@pytest.mark.parametrize(("n", "k", "message"), [(1, 1, "at least 2"), (0, 1, "at least 2"), (5, 5, "from 1 to 4"), (5, 0, "from 1 to 4")])
def test_impossible_sizes_are_refused(n: int, k: int, message: str) -> None:
    for call in (lambda X: neighbours(X, k), lambda X: neighbours_of(X, [0], k)):
        with pytest.raises(GeometryError, match=message):
            call(np.zeros((n, 3)))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_not_finite_are_counted_and_the_first_row_named(bad: float) -> None:
    X = np.zeros((50, 3), np.float32)
    X[[20, 7], 1] = bad
    for call in (lambda: neighbours(X, 3), lambda: neighbours_of(X, [0], 3)):
        with pytest.raises(GeometryError, match="2 numbers .* row 7"):
            call()


def test_sums_that_overflow_are_not_taken_for_infinities() -> None:
    X = np.full((3, 2), 3e38, np.float32)
    X[2] = -3e38
    np.testing.assert_array_equal(neighbours(X, 1).indices[:, 0], [1, 0, 0])


def test_a_query_row_that_does_not_exist_is_named() -> None:
    with pytest.raises(GeometryError, match="row 9 does not exist"):
        neighbours_of(np.zeros((5, 2)), [1, 9], 2)


def test_the_caller_s_threads_and_precision_stand() -> None:
    before = torch.get_num_threads(), torch.get_float32_matmul_precision()
    try:
        torch.set_float32_matmul_precision("medium")
        np.testing.assert_array_equal(neighbours(DATA["classes"], 5).indices, expected("classes", 15)[0][:, :5])
        assert torch.get_float32_matmul_precision() == "medium"
        assert torch.get_num_threads() == before[0]
    finally:
        torch.set_float32_matmul_precision(before[1])


def test_a_read_only_array_such_as_a_memory_map_is_searched_without_a_warning() -> None:
    X = np.random.default_rng(0).normal(size=(300, 8)).astype(np.float32)
    X.flags.writeable = False
    always = torch.is_warn_always_enabled()
    torch.set_warn_always(True)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            neighbours(X, 5)
    finally:
        torch.set_warn_always(always)


def test_the_search_can_be_cancelled() -> None:
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        neighbours(DATA["classes"], 5, progress=progress)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("name", DATA)
def test_a_gpu_gives_the_same_neighbours(name: str) -> None:
    k = min(15, len(DATA[name]) - 1)
    np.testing.assert_array_equal(neighbours(DATA[name], k, device="cuda").indices, expected(name, k)[0])
