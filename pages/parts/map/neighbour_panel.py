"""The clicked sample between its true neighbours and those that the map gives it: what differs is the map's distortion."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.parts import linked
from pages.parts.map import around
from pages.parts.plain_text import plain
from pages.parts.samples import gallery
from pages.parts.sidebar import Picked
from repgeom_core.projections import Projection


def show(picked: Picked, placed: Projection) -> None:
    near = around.focused(picked, placed)
    if near is None:
        st.info(
            "Click a sample on the map, in the gallery or in the table to see its nearest neighbours here.", icon=":material/ads_click:"
        )
        return
    bundle = picked.bundle
    samples = bundle.samples(picked.checkpoint)
    row = int(picked.rows[near.position])
    shared = frozenset(int(r) for r in picked.rows[near.shared])
    left, right = st.columns([1, 5], gap="medium")
    with left:
        st.markdown(f"**{plain(samples['id'].iloc[row], 60)}**")
        gallery.show("focus", bundle, samples, [row], lambda r: linked.set_focus(bundle, r), size=130)
        for name in ("label", "prediction", "confidence", "loss", "split"):
            if name in samples:
                value = samples[name].iloc[row]
                st.caption(f"{name}: {plain(f'{value:.4g}' if isinstance(value, float | np.floating) else value, 60)}")
    with right:
        k = len(near.in_space)
        st.markdown(
            f"**Nearest in feature space** · Euclidean distance in the {placed.meta['d']:,} dimensions of {plain(picked.layer, 60)}"
        )
        _wall("in_space", picked, near.in_space, near.distances, shared)
        st.markdown(f"**Nearest on the map** · {len(near.shared)} of {k} are also nearest in the features (bold)")
        _wall("on_map", picked, near.on_map, near.map_distances, shared)


def _wall(key: str, picked: Picked, positions: np.ndarray, distances: np.ndarray, shared: frozenset[int]) -> None:
    bundle = picked.bundle
    samples = bundle.samples(picked.checkpoint)
    rows = picked.rows[positions]
    labels = samples["label"].astype(object).iloc[rows] if "label" in samples else samples["id"].iloc[rows]
    captions = [f"{distance:.3g} · {label}" for distance, label in zip(distances, labels, strict=True)]
    gallery.show(key, bundle, samples, rows, lambda row: linked.set_focus(bundle, row), captions, shared=shared, size=76)
