"""Locks between processes and between threads of one."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

from repgeom_core import locks


def test_two_threads_never_hold_the_same_lock_and_the_second_waits(tmp_path: Path) -> None:
    path, order, inside = tmp_path / "lock", [], threading.Event()

    def second() -> None:
        inside.wait()
        with locks.held(path, lambda: order.append("waits")):
            order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with locks.held(path):
        inside.set()
        while not order:
            pass
        order.append("first")
    thread.join(10)
    assert order[0] == "waits" and order.index("first") < order.index("second")
    assert not locks.is_held(path)


def test_a_lock_is_free_again_after_a_failure(tmp_path: Path) -> None:
    try:
        with locks.held(tmp_path / "lock"):
            assert locks.is_held(tmp_path / "lock")
            raise ZeroDivisionError
    except ZeroDivisionError:
        assert not locks.is_held(tmp_path / "lock")


def test_lock_is_let_go_when_its_holder_is_killed(tmp_path: Path) -> None:
    holder = f"""
import time; from pathlib import Path; from repgeom_core import locks
locks.hold(Path({str(tmp_path / "lock")!r})); print("held", flush=True); time.sleep(60)
"""
    process = subprocess.Popen([sys.executable, "-c", holder], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    assert locks.is_held(tmp_path / "lock")
    assert locks.hold(tmp_path / "lock") is None
    process.kill()
    process.wait()
    process.stdout.close()
    assert not locks.is_held(tmp_path / "lock")
