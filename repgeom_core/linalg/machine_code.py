"""Loops that numpy cannot do without large temporary arrays, compiled by numba; the machine code is kept for later processes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba


def compiled(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Decorator: ``numba.njit(nogil=True, cache=True, **options)``, compiled at the first call.

    Where no folder for the cache can be written, every process compiles anew, which takes a few seconds. Import modules that use this
    inside functions: numba alone takes half a second.
    """

    def compile_when_called(function: Callable[..., Any]) -> Any:
        try:
            return numba.njit(nogil=True, cache=True, **options)(function)
        except RuntimeError:  # no folder for the cache can be written
            return numba.njit(nogil=True, **options)(function)

    return compile_when_called
