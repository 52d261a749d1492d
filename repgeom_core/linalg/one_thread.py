"""Many small matrix products and decompositions in a row: faster on one thread each than with threads that wait for each other."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

_limited = threading.Lock()


@contextmanager
def one_thread() -> Iterator[None]:
    """Matrix libraries use one thread inside. Values depend on it by rounding alone.

    The limit holds for the whole process, so the thread that set it is the one that lifts it; whoever comes meanwhile leaves it alone.
    """
    if not _limited.acquire(blocking=False):
        yield
        return
    limit = _controller().limit(limits=1, user_api="blas")
    try:
        yield
    finally:
        limit.restore_original_limits()
        _limited.release()


@cache
def _controller() -> Any:
    from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

    return ThreadpoolController()
