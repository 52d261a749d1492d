"""The inner loops of the neighbour search that numpy cannot do without large temporary arrays, compiled by numba.

They release the interpreter's lock, so that plain threads run them side by side. The machine code is kept beside this file, or in the
user's cache; where neither can be written every process compiles it anew, which takes a few seconds.
"""

from __future__ import annotations

import numpy as np

from repgeom_core.linalg.machine_code import compiled

WORDS = 16  # of 8 bytes, tested for a sign at once


@compiled()
def sift(keys, ids, size, key, name):  # type: ignore[no-untyped-def]
    """Puts (key, name) in the place of the greatest pair of a heap of ``size`` pairs."""
    place = 0
    while True:
        child = 2 * place + 1
        if child >= size:
            break
        other = child + 1
        if other < size and (keys[other] > keys[child] or (keys[other] == keys[child] and ids[other] > ids[child])):
            child = other
        if keys[child] < key or (keys[child] == key and ids[child] <= name):
            break
        keys[place], ids[place] = keys[child], ids[child]
        place = child
    keys[place], ids[place] = key, name


@compiled()
def bound(halves, ids, own, margin, out, uppers, holders):  # type: ignore[no-untyped-def]
    """Lowers ``uppers`` (m, k), a heap for each row of the k least upper bounds of squared distances, by those of a product.

    ``halves`` (m, w) are the product, ``out`` and ``margin`` (m,) its relative and absolute error; ``ids`` (w,) and ``own`` (m,) are
    row numbers, ``holders`` (m, k) those of the bounds.
    """
    for row in range(len(own)):
        top, gap = uppers[row], 4 * margin[row]
        limit = _half(top[0] - gap, out)
        for j in range(len(ids)):
            half = halves[row, j]
            if half < limit and ids[j] != own[row]:
                sift(top, holders[row], len(top), 2 * (half + out * abs(half)) + gap, ids[j])
                limit = _half(top[0] - gap, out)


@compiled()
def _half(bound, out):  # type: ignore[no-untyped-def]
    """The number whose double is ``bound`` when it is ``out`` of itself more."""
    return bound / 2 / (1 + out if bound > 0 else 1 - out)


@compiled()
def collect(words, signs, values, table, ids, own, rows, radius, margin, out, uppers, holders, kept, lower, count):  # type: ignore[no-untyped-def]
    """Adds to ``kept`` the columns of a product that are negative, and lowers ``uppers`` by them (as in :func:`bound`).

    ``words`` (r, ...) are the bytes of the product of ``rows`` (r,) of the block with the rows ``ids`` (w,), ``signs`` the bits that
    hold a sign; ``values`` (r, w or more) its numbers, or the bits of them that ``table`` translates. ``kept`` (m, most) and ``lower``
    (m, most) hold candidates and lower bounds of their squared distances, ``count`` (m,) how many; -1 where there are too many.
    """
    at_once = WORDS * 8 // values.itemsize
    translated = values.itemsize == 2
    for r in range(len(rows)):
        row = rows[r]
        n = count[row]
        if n < 0:
            continue
        top, least = uppers[row], uppers[row, 0]
        for piece in range(words.shape[1] // WORDS):
            any_bits = np.uint64(0)
            for w in range(WORDS):
                any_bits |= words[r, piece * WORDS + w]
            if not any_bits & signs:
                continue
            for j in range(piece * at_once, min((piece + 1) * at_once, len(ids))):
                value = values[r, j]
                if value >= 0 or ids[j] == own[row]:
                    continue
                half = np.float64(table[np.uint16(value)]) if translated else np.float64(value)
                error = out * abs(half)
                low = radius[row] + 2 * (half - error)
                if low > least:
                    continue
                if n == kept.shape[1]:
                    n = _squeezed(kept[row], lower[row], n, least)
                    if n > 0.75 * kept.shape[1]:
                        n = -1
                        break
                kept[row, n], lower[row, n] = ids[j], low
                n += 1
                upper = radius[row] + 2 * (half + error) + 4 * margin[row]
                if upper < least:
                    sift(top, holders[row], len(top), upper, ids[j])
                    least = top[0]
            if n < 0:
                break
        count[row] = n


@compiled()
def _squeezed(kept, lower, n, least):  # type: ignore[no-untyped-def]
    """Moves the candidates that can still be among the nearest to the front; how many."""
    left = 0
    for c in range(n):
        if lower[c] <= least:
            kept[left], lower[left] = kept[c], lower[c]
            left += 1
    return left


@compiled(fastmath={"reassoc", "contract"})
def _squared_distance(x, y):  # type: ignore[no-untyped-def]
    total = 0.0
    for t in range(len(x)):
        difference = np.float64(x[t]) - np.float64(y[t])
        total += difference * difference
    return total


@compiled()
def rank(X, own, kept, lower, count, uppers, indices, squared):  # type: ignore[no-untyped-def]
    """The nearest candidates of each row by (squared distance in float64, row number) into ``indices`` and ``squared`` (m, k).

    Returns how many distances were taken. Rows with too many candidates are left out.
    """
    k, taken = indices.shape[1], 0
    for row in range(len(own)):
        if count[row] < 0:
            continue
        keys, ids = squared[row], indices[row]
        keys[:], ids[:] = np.inf, X.shape[0]
        for c in range(count[row]):
            if lower[row, c] > uppers[row, 0]:
                continue
            taken += 1
            key, name = _squared_distance(X[own[row]], X[kept[row, c]]), kept[row, c]
            if key < keys[0] or (key == keys[0] and name < ids[0]):
                sift(keys, ids, k, key, name)
        for end in range(k - 1, 0, -1):
            key, name = keys[end], ids[end]
            keys[end], ids[end] = keys[0], ids[0]
            sift(keys, ids, end, key, name)
    return taken
