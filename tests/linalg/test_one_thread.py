"""One thread for matrix libraries inside, and theirs again outside, also where two overlap or something goes wrong."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from repgeom_core.linalg.one_thread import one_thread


def threads() -> set[int]:
    np.linalg.eigvalsh(np.eye(3))
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


def test_one_thread_inside_and_as_before_outside() -> None:
    before = threads()
    with one_thread():
        with one_thread():
            assert threads() == {1}
        assert threads() == {1}
    assert threads() == before
    with pytest.raises(ZeroDivisionError), one_thread():
        assert 1 / 0
    assert threads() == before


def test_whoever_comes_meanwhile_leaves_the_limit_alone() -> None:
    before = threads()
    entered, leave = threading.Event(), threading.Event()

    def longer() -> None:
        with one_thread():
            entered.set()
            leave.wait(5)

    other = threading.Thread(target=longer)
    with one_thread():
        other.start()
        assert entered.wait(5)
    assert threads() == before
    leave.set()
    other.join()
    assert threads() == before
