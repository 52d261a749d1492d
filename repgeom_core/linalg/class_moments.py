"""Class moments in one pass: counts, means, within-class scatter; sums over groups of samples that merge exactly."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from repgeom_core.errors import GeometryError

if TYPE_CHECKING:
    from repgeom_core.linalg.device_moments import DeviceSums

GROUPS = 50
GROUP_BYTES = 150e6  # what the sums of all groups may take together
PART = 2048  # rows multiplied at once
DEVICE_WORK = 1e11  # n d²: about a second of two processors
DEVICE_ROWS = 131_072
"""Rows to send to a device at once: enough to keep it busy with the products of 50 groups; 128 MiB of float16 at d = 512."""


@dataclass(frozen=True)
class ClassMoments:
    """First and second moments by class, in float64, of the ``K`` classes that have samples.

    ``counts (K,)`` (weights, in a bootstrap), ``means (K, d)``, ``spread (K,)`` = Σ_{i in k} ‖x_i − μ_k‖², ``classes (K,)`` the codes of
    those classes. ``merge_scatter`` is called for ``scatter`` when it is first asked for: most measures never do.
    """

    counts: np.ndarray
    means: np.ndarray
    spread: np.ndarray
    classes: np.ndarray
    merge_scatter: Callable[[], np.ndarray]

    @property
    def n(self) -> float:
        return float(self.counts.sum())

    @property
    def K(self) -> int:  # noqa: N802 - the field's own letter
        return len(self.counts)

    @property
    def d(self) -> int:
        return self.means.shape[1]

    @cached_property
    def scatter(self) -> np.ndarray:
        """(d, d): Σ_i (x_i − μ_{y_i})(x_i − μ_{y_i})ᵀ."""
        return self.merge_scatter()

    @cached_property
    def global_mean(self) -> np.ndarray:
        """μ_G = mean of the class means: every class counts the same (the convention throughout)."""
        return np.asarray(self.means.mean(axis=0))

    @cached_property
    def sample_mean(self) -> np.ndarray:
        """Mean of all samples: every sample counts the same."""
        return np.asarray(self.counts @ self.means / self.n)

    @cached_property
    def centred_means(self) -> np.ndarray:
        """M (K, d): rows μ_k − μ_G."""
        return self.means - self.global_mean

    @property
    def within_covariance(self) -> np.ndarray:
        """Σ_W (d, d) = scatter / n."""
        return self.scatter / self.n

    @property
    def variances(self) -> np.ndarray:
        """v (K,): mean squared distance of a class's samples to its mean."""
        return self.spread / self.counts

    @cached_property
    def total_scatter(self) -> np.ndarray:
        """Σ_i (x_i − x̄)(x_i − x̄)ᵀ over all samples, about the sample mean."""
        apart = self.means - self.sample_mean
        return self.scatter + (apart.T * self.counts) @ apart


@dataclass(frozen=True)
class GroupedMoments:
    """Sums over G groups of samples about a fixed shift: any weighting of the groups gives moments without another pass.

    ``shift (K, d)``; ``counts (G, K)``; ``sums (G, K, d)``, ``squares (G, K)`` and ``products (G, d, d)`` of the shifted samples.
    """

    shift: np.ndarray
    counts: np.ndarray
    sums: np.ndarray
    squares: np.ndarray
    products: np.ndarray

    @property
    def groups(self) -> int:
        return len(self.counts)

    def merged(self, weights: np.ndarray | None = None) -> ClassMoments:
        """The moments with each group counted ``weights (G,)`` times (default: once)."""
        weights = np.ones(self.groups) if weights is None else np.asarray(weights, np.float64)
        return self._merged(weights, lambda: np.tensordot(weights, self.products, 1))

    def merged_many(self, weights: np.ndarray) -> list[ClassMoments]:
        """The moments for each row of ``weights (m, G)``: their scatters come from one matrix product, when the first is asked for."""
        weights = np.asarray(weights, np.float64)
        together: list[np.ndarray] = []

        def products(at: int) -> np.ndarray:
            if not together:
                together.append(np.tensordot(weights, self.products, 1))
            return together[0][at]

        return [self._merged(row, partial(products, at)) for at, row in enumerate(weights)]

    def _merged(self, weights: np.ndarray, products: Callable[[], np.ndarray]) -> ClassMoments:
        counts = weights @ self.counts
        present = counts > 0
        if not present.any():
            raise GeometryError("Class moments need at least one labelled sample.")
        counts = counts[present]
        apart = np.tensordot(weights, self.sums, 1)[present] / counts[:, None]

        def scatter() -> np.ndarray:
            merged = products() - (apart.T * counts) @ apart
            return np.asarray(merged + merged.T) / 2

        spread = np.maximum((weights @ self.squares)[present] - counts * (apart**2).sum(axis=1), 0)
        return ClassMoments(counts, self.shift[present] + apart, spread, np.flatnonzero(present), scatter)

    def merge(self, other: GroupedMoments) -> GroupedMoments:
        """The sums of two sets of samples, for instance of two workers, as more groups; both must have the same shift."""
        if not np.array_equal(self.shift, other.shift):
            raise GeometryError("Moments merge only over the same shift; give the first's shift to the second.")
        return GroupedMoments(
            self.shift,
            np.concatenate([self.counts, other.counts]),
            np.concatenate([self.sums, other.sums]),
            np.concatenate([self.squares, other.squares]),
            np.concatenate([self.products, other.products]),
        )


def group_count(n: int, d: int, classes: int, wanted: int = GROUPS) -> int:
    """How many groups fit into ``GROUP_BYTES``, at most ``wanted`` and one for every two samples."""
    fit = int(GROUP_BYTES / (8.0 * (d * d + classes * d)))
    return max(1, min(wanted, fit, n // 2))


def class_moments(
    chunks: Iterable[np.ndarray],
    labels: np.ndarray,
    classes: int,
    groups: int = 1,
    shift: np.ndarray | None = None,
    double: bool = False,
    device: str | None = None,
) -> GroupedMoments:
    """One pass over ``chunks`` (row blocks ``(m, d)`` in order) with ``labels (n,)`` codes in ``[0, classes)``; −1 is left out.

    Each sample is shifted by the first mean seen of its class, multiplied in float32 (float64 for float64 input or if ``double``), and
    summed in float64: an offset does not cost digits, nor does a collapsed class. Groups are filled in turn within each class, so each
    is a stratified sample. Memory: the group sums, one chunk and some 10 MB.
    ``device`` names a torch device that does the sums; None: NumPy.
    """
    running: _Running | DeviceSums | None = None
    turn, start = np.zeros(classes, np.int64), 0
    for chunk in chunks:
        y = np.asarray(labels[start : start + len(chunk)])
        start += len(chunk)
        running = running or _running(classes, chunk.shape[1], groups, shift, double, device)
        rows = np.flatnonzero(y >= 0)
        running.add(chunk, y, rows, _in_turn(y[rows], turn, groups))
    if running is None or not running.counts.any():
        raise GeometryError("Class moments need at least one labelled sample.")
    return GroupedMoments(*running.arrays())


def moments_device(n: int, d: int) -> str | None:
    """``"cuda"`` where there is one and so much to do that loading torch for it pays, else None."""
    if float(n) * d * d < DEVICE_WORK:
        return None
    import torch

    return "cuda" if torch.cuda.is_available() else None


def _running(classes: int, d: int, groups: int, shift: np.ndarray | None, double: bool, device: str | None) -> _Running | DeviceSums:
    if device is None:
        return _Running(classes, d, groups, shift, double)
    from repgeom_core.linalg.device_moments import DeviceSums

    return DeviceSums(classes, d, groups, shift, double, device)


class _Running:
    """The sums so far."""

    def __init__(self, classes: int, d: int, groups: int, shift: np.ndarray | None, double: bool) -> None:
        self.double = double
        self.shift = np.zeros((classes, d)) if shift is None else np.array(shift, np.float64)
        self.seen = np.full(classes, shift is not None)
        self.counts, self.squares = np.zeros((groups, classes)), np.zeros((groups, classes))
        self.sums, self.products = np.zeros((groups, classes, d)), np.zeros((groups, d, d))

    def add(self, chunk: np.ndarray, y: np.ndarray, labelled: np.ndarray, groups: np.ndarray) -> None:
        """The rows ``labelled`` of ``chunk`` with their ``groups``; ``y`` are the codes of the whole chunk."""
        # Everything is done to one part at a time, few enough rows to stay in the processor's cache from step to step.
        for group, rows in _parts(labelled, groups, len(self.counts)):
            whole = len(rows) == rows[-1] - rows[0] + 1
            block = chunk[rows[0] : rows[-1] + 1] if whole else chunk[rows]
            self._add_part(group, block.astype(np.float64 if self.double or block.dtype == np.float64 else np.float32, copy=False), y[rows])

    def _add_part(self, group: int, part: np.ndarray, y: np.ndarray) -> None:
        present, local = np.unique(y, return_inverse=True)
        # (classes present, rows): its product sums the rows of each class.
        members = sparse.csc_array((np.ones(len(y), part.dtype), local, np.arange(len(y) + 1)), shape=(len(present), len(y)))
        counts = np.bincount(local)
        if not (known := self.seen[present]).all():
            # Rounded to float32, so that float32 samples are shifted by exactly what is added back at the end.
            means = (members.astype(np.float64) @ part.astype(np.float64)) / counts[:, None]
            self.shift[present[~known]] = means[~known].astype(np.float32)
            self.seen[present] = True
        part = part - self.shift[present].astype(part.dtype)[local]
        self.counts[group, present] += counts
        self.sums[group, present] += members @ part
        self.squares[group, present] += np.bincount(local, weights=np.einsum("ij,ij->i", part, part))
        self.products[group] += part.T @ part

    def arrays(self) -> tuple[np.ndarray, ...]:
        """In the order of :class:`GroupedMoments`."""
        return self.shift, self.counts, self.sums, self.squares, self.products


def _parts(rows: np.ndarray, group: np.ndarray, groups: int) -> Iterator[tuple[int, np.ndarray]]:
    """``(group, its rows)``, at most ``PART`` rows at once, groups in order."""
    order = np.argsort(group, kind="stable") if groups > 1 else slice(None)
    edges = np.searchsorted(group[order], np.arange(groups + 1))
    for g in np.flatnonzero(np.diff(edges)):
        own = rows[order][edges[g] : edges[g + 1]]
        for first in range(0, len(own), PART):
            yield int(g), own[first : first + PART]


def _in_turn(y: np.ndarray, turn: np.ndarray, groups: int) -> np.ndarray:
    """Group of each sample: the classes' samples go to groups 0, 1, 2, ... in turn; ``turn`` is carried on between blocks."""
    if groups == 1:
        return np.zeros(len(y), np.int64)
    order = np.argsort(y, kind="stable")
    counts = np.bincount(y, minlength=len(turn))
    begin = np.concatenate([[0], np.cumsum(counts)[:-1]])
    rank = np.empty(len(y), np.int64)
    rank[order] = np.arange(len(y)) - begin[y[order]]
    # Classes start at different groups, so that small classes do not all fall into the first ones.
    found = (turn[y] + rank + y) % groups
    turn += counts
    return found
