"""How much each sample's neighbourhood differs between two arrays of features of the same samples: two checkpoints, two layers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from repgeom_core.errors import GeometryError
from repgeom_core.linalg.shared import cached_neighbours, shared_neighbours
from repgeom_core.progress import Progress

if TYPE_CHECKING:
    from repgeom_core.bundle import Bundle


@dataclass(frozen=True)
class NeighbourhoodChange:
    """``values (m,)``: the share of each sample's k nearest neighbours in the one array that are none in the other, 0 to 1.

    ``mean`` is their mean, ``interval`` its central 95 % over samples (normal approximation, the neighbour graphs as they are),
    ``chance`` the mean for two unrelated arrays, 1 − k / (m − 1).
    """

    values: np.ndarray
    mean: float
    interval: tuple[float, float]
    chance: float


def neighbourhood_change(
    bundle: Bundle, at: tuple[str, str], other: tuple[str, str], split: str = "all", k: int = 15, progress: Progress | None = None
) -> NeighbourhoodChange:
    """Between two places ``(layer, checkpoint)`` of one bundle, for the rows of ``split`` among themselves.

    From the neighbour graphs that maps and analyses share: both are kept in the bundle's results. Symmetric in the two places. Raises
    :class:`GeometryError` for k outside 1..m − 1, and what the bundle says of a layer or checkpoint that it lacks.
    """
    one, two = (shared_neighbours(bundle, layer, checkpoint, split, k, progress).indices for layer, checkpoint in (at, other))
    return change_between(one, two)


def cached_change(
    bundle: Bundle, at: tuple[str, str], other: tuple[str, str], split: str = "all", k: int = 15
) -> NeighbourhoodChange | None:
    """What :func:`neighbourhood_change` would give, if both neighbour graphs are there; else None."""
    graphs = [cached_neighbours(bundle, layer, checkpoint, split, k) for layer, checkpoint in (at, other)]
    one, two = (None if graph is None else graph.indices for graph in graphs)
    return None if one is None or two is None else change_between(one, two)


def change_between(one: np.ndarray, two: np.ndarray) -> NeighbourhoodChange:
    """Between two lists ``(m, k)`` of the neighbours of the same samples."""
    values = 1 - shared_neighbour_share(one, two)
    mean, (m, k) = float(values.mean()), one.shape
    reach = 1.96 * float(values.std(ddof=1) / np.sqrt(m))
    return NeighbourhoodChange(values, mean, (max(mean - reach, 0.0), min(mean + reach, 1.0)), chance_of_change(m, k))


def shared_neighbour_share(one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """Share ``(n,)`` of the k neighbours that each row of two lists ``(n, k)`` of row numbers has in common; no list names one twice.

    Raises :class:`GeometryError` for lists of different shapes: then they are of other samples, or of another k.
    """
    if one.shape != two.shape:
        raise GeometryError(
            f"Expected the neighbours of the same samples, as many of each, got lists of shapes {one.shape} and {two.shape}."
        )
    both = np.sort(np.concatenate([one, two], axis=1), axis=1)
    return np.asarray((both[:, 1:] == both[:, :-1]).sum(axis=1) / one.shape[1])


def chance_of_change(n: int, k: int) -> float:
    """The mean for two unrelated lists of k among the n − 1 other samples."""
    return 1 - k / (n - 1)
