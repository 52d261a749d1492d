"""Threads that each work on rows of their own."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import torch


@contextmanager
def row_workers(device: torch.device) -> Iterator[ThreadPoolExecutor]:
    """As many threads as torch may use, each computing alone: blocks of rows need no waiting for each other as the parts of one product
    do. One thread where a ``device`` computes. What has not begun when the context ends is dropped.

    Matrix products in them are torch's: the threads of numpy's can only be set for all of the process, where others compute too.
    """
    threads = torch.get_num_threads()
    alone = device.type == "cpu" and threads > 1
    pool = ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,)) if alone else ThreadPoolExecutor(1)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)
        if alone:
            torch.set_num_threads(threads)  # a worker's setting is its own, but also what threads begun later would inherit
