"""Results for each sample as columns of the sample table, so that the map can be coloured and samples filtered by them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from pages.parts import sidebar
from pages.parts.measures.scope import Scope
from repgeom_core.analyses import Result
from repgeom_core.bundle import Bundle

EXTRA = "extra_columns"
LARGEST = 40  # columns kept for a bundle; the oldest go first


def columns(bundle: Bundle) -> dict[str, np.ndarray]:
    """Name -> values (n,) over all rows of the bundle; NaN where a sample was not analysed."""
    found: dict[str, np.ndarray] = st.session_state.setdefault(EXTRA, {}).setdefault(bundle.ids_digest, {})
    return found


def joined(bundle: Bundle, samples: pd.DataFrame) -> pd.DataFrame:
    """The sample table with these columns; itself where there are none."""
    extra = columns(bundle)
    return samples.assign(**extra) if extra else samples


def digests(bundle: Bundle) -> list[str]:
    """What stands for these columns in the key of a cache."""
    return [f"{name} {hash(values.tobytes())}" for name, values in columns(bundle).items()]


def add(bundle: Bundle, name: str, rows: np.ndarray, values: np.ndarray) -> None:
    """Offers ``values (m,)`` of the samples ``rows (m,)`` as a column; an older one of that name gives way."""
    column = np.full(bundle.n, np.nan)
    column[rows] = values
    extra = columns(bundle)
    extra.pop(name, None)
    extra[name] = column
    while len(extra) > LARGEST:
        extra.pop(next(iter(extra)))


def per_sample(scope: Scope, result: Result) -> dict[str, np.ndarray]:
    """Details with one number for each sample of the scope, in its order. None where only a subsample was analysed."""
    if result.meta.get("n") != scope.n:
        return {}
    return {
        name: np.asarray(values, np.float64)
        for name, values in result.details.items()
        if np.ndim(values) == 1 and len(values) == scope.n and np.issubdtype(np.asarray(values).dtype, np.number)
    }


def offer_details(scope: Scope, result: Result) -> None:
    """A button for each per-sample detail of a result: to the map with it, as colour."""
    for name, values in per_sample(scope, result).items():
        title = (result.name if name in ("per_sample", "labels") else f"{result.name} {name}").replace("_", " ")
        label = "it" if name == "per_sample" else name.replace("_", " ")
        offer(scope, f"{title} · {scope.layer} · {scope.checkpoint}", scope.shown, values, label)


def offer(scope: Scope, name: str, rows: np.ndarray, values: np.ndarray, label: str = "it") -> None:
    """A button that puts the column on offer and opens the map coloured by it."""
    if st.button(f"Colour the map by {label}", key=f"paint_{name}", icon=":material/palette:", help=f"Column “{name}”"):
        add(scope.bundle, name, rows, values)
        st.session_state["colour"] = name
        sidebar.go_to_map()
