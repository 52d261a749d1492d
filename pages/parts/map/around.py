"""Around the focused sample: its neighbours among the features, and its neighbours on the map."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from pages.parts import linked
from pages.parts.sidebar import Picked
from repgeom_core.linalg.neighbours import neighbours_of
from repgeom_core.projections import Projection

K = 15


@dataclass(frozen=True)
class Around:
    """Positions among the rows of the split, nearest first, with Euclidean distances in the features and on the map."""

    position: int
    in_space: np.ndarray
    distances: np.ndarray
    on_map: np.ndarray
    map_distances: np.ndarray

    @property
    def shared(self) -> np.ndarray:
        """Positions that are near in both: what the map got right."""
        return np.intersect1d(self.in_space, self.on_map)


def focused(picked: Picked, placed: Projection) -> Around | None:
    """Of the sample that was clicked last; None where none was, or it is in another split."""
    row = linked.focus(picked.bundle)
    if row is None:
        return None
    position = int(np.searchsorted(picked.rows, row))
    k = min(K, len(picked.rows) - 1)
    if position >= len(picked.rows) or picked.rows[position] != row or k < 1:
        return None
    key = (picked.bundle.ids_digest, picked.layer, picked.checkpoint, picked.split, row)
    if st.session_state.get("around_space_key") != key:
        X = picked.bundle.features(picked.layer, picked.checkpoint)
        st.session_state["around_space"] = neighbours_of(X if len(picked.rows) == picked.bundle.n else X.take(picked.rows), [position], k)
        st.session_state["around_space_key"] = key
    space = st.session_state["around_space"]
    flat = neighbours_of(placed.xy, [position], k)
    return Around(position, space.indices[0], space.distances[0], flat.indices[0], flat.distances[0])
