"""What an analysis gets: arrays of one layer at one checkpoint, and the intermediates that all analyses of them share."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from repgeom_core.errors import GeometryError
from repgeom_core.hierarchy.linkages.methods import linkage
from repgeom_core.hierarchy.tree import Tree
from repgeom_core.linalg.class_moments import DEVICE_ROWS, ClassMoments, GroupedMoments, class_moments, group_count, moments_device
from repgeom_core.linalg.duplicates import DistinctRows, distinct_rows
from repgeom_core.linalg.neighbours import NeighbourGraph, neighbours
from repgeom_core.linalg.rows import finite_rows, row_chunks
from repgeom_core.linalg.spectrum import Spectrum, spectrum_of
from repgeom_core.progress import Progress
from repgeom_core.suggest import did_you_mean

OF_FEATURES = "of features: "
LABEL_FREE = {"X", "neighbours", "distinct", "distinct neighbours", "spectrum", "grouped False"}  # shared by all labellings of the samples
SHARED_BYTES = 4e7  # of sums of draws that are made at once


class UndeclaredNeedError(RuntimeError):
    """An analysis touched something that its declaration does not name: a mistake in its file."""


class Inputs:
    """Features ``X (n, d)`` with what belongs to their rows. Everything derived is computed when asked for, once.

    ``X`` is an array, a memory map, or has ``shape``, ``chunks()`` and ``take()`` as the arrays of a bundle do. ``y (n,)`` are class codes
    (−1: no label), ``W (K, d)`` and ``b (K,)`` the head, ``predictions (n,)`` codes, ``columns`` further codes by name, and
    ``views (n, d)`` the features of a second view of each sample, and ``names (n,)`` what samples are called in words for people: their
    ids, or else their row numbers. ``value_only`` is set while intervals and nulls are drawn: nobody then
    looks at details, so a function may leave out the curves and tables that cost more than its value. ``progress`` is where a long
    function reports how far it is (``data.progress.update("restarts", 3, 10)``), and where it stops when cancelled.
    """

    def __init__(
        self,
        X: Any,
        y: np.ndarray | None = None,
        W: np.ndarray | None = None,
        b: np.ndarray | None = None,
        predictions: np.ndarray | None = None,
        columns: Mapping[str, np.ndarray] | None = None,
        views: Any | None = None,
        classes: tuple[str, ...] = (),
        seed: int = 0,
        names: np.ndarray | None = None,
    ) -> None:
        if len(X.shape) != 2:
            raise GeometryError(f"Expected features of shape (n, d), got an array with {len(X.shape)} dimensions: {tuple(X.shape)}.")
        if X.shape[0] == 0:
            raise GeometryError("There are no samples.")
        self._X, self._y, self.seed, self.classes = X, None if y is None else _codes(y, X.shape[0]), seed, classes
        self._W = None if W is None else np.asarray(W, np.float64)
        self._b = None if W is None else np.zeros(len(W)) if b is None else np.asarray(b, np.float64)
        if self._W is not None and (self._W.ndim != 2 or self._W.shape[1] != X.shape[1]):
            raise GeometryError(f"Expected a head W of shape (K, {X.shape[1]}), got {self._W.shape}.")
        if self._W is not None and self._b is not None and self._b.shape != (len(self._W),):
            raise GeometryError(f"Expected a bias b of shape ({len(self._W)},), got {self._b.shape}.")
        self._predictions, self._columns, self._views = predictions, dict(columns or {}), views
        self.names = np.arange(X.shape[0]) if names is None else names
        self._made: dict[str, Any] = {}
        self._allowed: frozenset[str] | None = None
        self.value_only = False
        self.progress = Progress()

    # -- what a function may ask for --------------------------------------------------------------------------------

    @property
    def n(self) -> int:
        return int(self._X.shape[0])

    @property
    def d(self) -> int:
        return int(self._X.shape[1])

    @property
    def K(self) -> int:  # noqa: N802 - the field's own letter
        """Number of classes: of the names where they are known, else the largest code + 1 (classes without samples count)."""
        self._need("labels", "moments")
        return self._class_count()

    def _class_count(self) -> int:
        if self.classes:
            return len(self.classes)
        return 0 if self._y is None else int(self._y.max(initial=-1)) + 1

    @property
    def rng(self) -> np.random.Generator:
        """A generator that starts anew from the seed: call it once in a function."""
        return np.random.default_rng(self.seed)

    @property
    def X(self) -> np.ndarray:  # noqa: N802
        """All features in memory, ``(n, d)`` float32 or float64, finite."""
        self._need("features", "neighbours")
        return self._features()

    def chunks(self, rows: int = 16_384) -> Iterator[tuple[slice, np.ndarray]]:
        """Row blocks ``(slice, (m, d))`` in order, finite: for what need not hold all features at once."""
        self._need("features")
        for where, block in row_chunks(self._X, rows):
            yield where, finite_rows(block, self.names[where])

    @property
    def y(self) -> np.ndarray:
        """Class codes (n,); every sample has one (those without were left out before)."""
        self._need("labels")
        return self._labels()

    @property
    def head(self) -> tuple[np.ndarray, np.ndarray]:
        """``W (K, d)`` and ``b (K,)`` in float64."""
        self._need("head")
        assert self._W is not None and self._b is not None
        return self._W, self._b

    @property
    def predictions(self) -> np.ndarray:
        self._need("predictions")
        assert self._predictions is not None
        return self._predictions

    def column(self, name: str) -> np.ndarray:
        """Codes (n,) of a further column of labels."""
        self._need("columns")
        if name not in self._columns:
            raise GeometryError(f"There is no column {name!r} of labels. {did_you_mean(name, self._columns)}")
        return np.asarray(self._columns[name])

    @property
    def views(self) -> np.ndarray:
        """Features (n, d) of a second view of each sample."""
        self._need("views")
        assert self._views is not None
        return finite_rows(np.asarray(self._views), self.names)

    @property
    def moments(self) -> ClassMoments:
        """Class moments of the labelled samples."""
        self._need("moments")
        found: ClassMoments = self._once("moments", lambda: self.grouped().merged())
        return found

    @property
    def spectrum(self) -> Spectrum:
        """The spectrum of all samples."""
        self._need("spectrum")
        found: Spectrum = self._once("spectrum", lambda: spectrum_of(self.grouped(labelled=False).merged()))
        return found

    def neighbours(self, k: int) -> NeighbourGraph:
        """The ``k`` nearest neighbours of every sample (k at most n − 1)."""
        self._need("neighbours")
        graph: NeighbourGraph | None = self._made.get("neighbours")
        if graph is None or graph.k < k:
            graph = self._made["neighbours"] = self._find_neighbours(k)
        return graph.nearest(k)

    def distinct_neighbours(self, k: int) -> tuple[NeighbourGraph, np.ndarray]:
        """The ``k`` nearest neighbours among the u samples that differ (u − 1 where u ≤ k), and each sample's row ``(n,)`` in that graph.

        For measures that divide by the distance of the nearest neighbour, where a copy would be a neighbour at distance 0.
        """
        reach = min(k, self.n - 1)
        if reach and (self.neighbours(reach).distances[:, 0] > 0).all():
            return self.neighbours(reach), np.arange(self.n)
        distinct: DistinctRows = self._once("distinct", lambda: distinct_rows(self._features()))
        reach = min(k, len(distinct.first) - 1)
        if reach == 0:
            return NeighbourGraph(np.empty((1, 0), np.int32), np.empty((1, 0), np.float32)), distinct.group
        among: NeighbourGraph | None = self._made.get("distinct neighbours")
        if among is None or among.k < reach:
            among = self._made["distinct neighbours"] = neighbours(self._features()[distinct.first], reach, progress=self.progress)
        return among.nearest(reach), distinct.group

    def _find_neighbours(self, k: int) -> NeighbourGraph:
        return neighbours(self._features(), k, progress=self.progress)

    def tree(self, method: str = "ward") -> Tree:
        """The hierarchical clustering of all samples by a linkage (:data:`repgeom_core.hierarchy.linkages.methods.METHODS`)."""
        self._need("tree")
        found: Tree = self.of_features(f"tree, {method}", lambda: self._make_tree(method))
        return found

    def _make_tree(self, method: str) -> Tree:
        return linkage(self._features(), method, self.seed, self.progress)

    def of_features(self, name: str, compute: Callable[[], Any]) -> Any:
        """What depends on the features alone, computed once for them whatever the labels: shuffled labels need it no second time."""
        return self._once(OF_FEATURES + name, compute)

    # -- what the machinery around functions uses --------------------------------------------------------------------

    def grouped(self, labelled: bool = True, groups: int | None = None) -> GroupedMoments:
        """Sums over groups of samples, from one pass; without ``labelled`` all samples are one class."""
        y = self._labels() if labelled else np.zeros(self.n, np.int64)
        classes = self._class_count() if labelled else 1
        wanted = groups or self._made.get("groups", 1)
        key = f"grouped {labelled}"
        found: GroupedMoments | None = self._made.get(key)
        if found is None or found.groups < min(wanted, group_count(self.n, self.d, classes)):
            fit = group_count(self.n, self.d, classes, wanted)
            # A spectrum is read down to its smallest eigenvalues: products in float32 would leave noise for zeros.
            found = self._made[key] = self._summed(y, classes, fit, double=not labelled)
        return found

    def _summed(self, y: np.ndarray, classes: int, groups: int, double: bool) -> GroupedMoments:
        def finite_blocks() -> Iterator[np.ndarray]:
            return (finite_rows(block, self.names[where]) for where, block in row_chunks(self._X))

        device = moments_device(self.n, self.d)
        if device is None:
            return class_moments(finite_blocks(), y, classes, groups, double=double)
        found = class_moments((block for _, block in row_chunks(self._X, DEVICE_ROWS)), y, classes, groups, double=double, device=device)
        if not np.isfinite(found.products).all():
            deque(finite_blocks(), maxlen=0)  # only now look for the row, and name it
        return found

    def for_analysis(self, needs: frozenset[str]) -> Inputs:
        """The same inputs, of which only ``needs`` may be touched; what is computed is shared."""
        view = object.__new__(type(self))
        view.__dict__.update(self.__dict__)
        view._allowed = needs
        return view

    def take(self, rows: np.ndarray) -> Inputs:
        """The inputs of some rows, in that order, in memory; nothing derived is carried over."""
        X = self._X.take(rows) if hasattr(self._X, "chunks") else np.asarray(self._X)[rows]

        def of(values: Any) -> Any:
            return None if values is None else np.asarray(values)[rows]

        columns = {name: of(codes) for name, codes in self._columns.items()}
        classes = self.classes or (tuple(str(i) for i in range(self._class_count())) if self._y is not None else ())
        return Inputs(
            X, of(self._y), self._W, self._b, of(self._predictions), columns, of(self._views), classes, self.seed, self.names[rows]
        )

    def labelled(self) -> Inputs:
        """Without the samples that have no label."""
        if self._y is None or (self._y >= 0).all():
            return self
        return self.take(np.flatnonzero(self._y >= 0))

    def replaced(self, **arrays: Any) -> Inputs:
        """With other ``X``, ``y``, ``W`` or ``b``: what null models are made of."""
        own = {"X": self._X, "y": self._y, "W": self._W, "b": self._b, "predictions": self._predictions}
        rest = {"columns": self._columns, "views": self._views, "classes": self.classes, "seed": self.seed}
        other = Inputs(**{**own, **rest, **arrays})
        if "X" not in arrays:
            other._made.update({k: v for k, v in self._made.items() if k in LABEL_FREE or k.startswith(OF_FEATURES)})
        return other

    def grouped_into(self, groups: int) -> list[str]:
        """Which sums there are over so many groups."""
        return [key for key in ("grouped True", "grouped False") if key in self._made and self._made[key].groups == groups]

    def reweighted(self, weights: np.ndarray) -> Iterator[Inputs]:
        """Only moments, spectrum and head, with the groups of samples weighted by each row of ``weights (m, G)``: bootstrap over groups.

        A few draws at a time share one product of their sums.
        """
        there = self.grouped_into(weights.shape[1])  # the other sums may be over fewer groups, by an analysis without interval
        step = max(1, int(SHARED_BYTES / (8 * self.d**2)))
        for start in range(0, len(weights), step):
            some = weights[start : start + step]
            of = {key: self._made[key].merged_many(some) for key in there}
            for at in range(len(some)):
                view = self.for_analysis(frozenset({"moments", "spectrum", "head"}))
                view._made = {}
                if "grouped True" in of:
                    view._made["moments"] = of["grouped True"][at]
                if "grouped False" in of:
                    view._made["spectrum"] = spectrum_of(of["grouped False"][at])
                yield view

    def _features(self) -> np.ndarray:
        found: np.ndarray = self._once("X", lambda: finite_rows(np.asarray(self._X), self.names))
        return found

    def _labels(self) -> np.ndarray:
        if self._y is None:
            raise GeometryError("This analysis needs labels, and there are none.")
        return self._y

    def _once(self, name: str, compute: Any) -> Any:
        if name not in self._made:
            self._made[name] = compute()
        return self._made[name]

    def _need(self, *any_of: str) -> None:
        if self._allowed is not None and not self._allowed.intersection(any_of):
            raise UndeclaredNeedError(f"This analysis touches {' or '.join(any_of)} but declares only: {', '.join(sorted(self._allowed))}.")


def _codes(y: Any, n: int) -> np.ndarray:
    codes = np.asarray(y)
    if codes.shape != (n,):
        raise GeometryError(f"Expected one label for each of {n:,} samples, got shape {codes.shape}.")
    if not np.issubdtype(codes.dtype, np.integer):
        raise GeometryError(
            f"Expected whole class codes 0..K−1 (−1: no label), got {codes.dtype}. Encode the labels first: "
            "classes, y = np.unique(y, return_inverse=True)."
        )
    return codes.astype(np.int64)
