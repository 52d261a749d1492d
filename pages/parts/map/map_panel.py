"""The map itself: what it is coloured by, how its points look, and how its selection reaches the other views."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from pages.parts import channel, extra_columns, linked
from pages.parts.map import around, map_component
from pages.parts.map.map_component import MapEvent
from pages.parts.plain_text import plain
from pages.parts.sidebar import Picked
from repgeom_core.figures.palette import MAX_CATEGORIES, encode_column
from repgeom_core.projections import Projection
from repgeom_core.views import payloads
from repgeom_core.views.payloads import Payload

FIRST = ["label", "prediction", "correct", "confidence", "loss", "split"]
HEIGHT = 640
ONE_COLOUR = "all samples"  # the choice where no column can be shown
MOST_VALUES = 1_000  # of a text column that can be coloured: beyond, colours say nothing


@dataclass(frozen=True)
class Style:
    """Diameter in pixels and opacity of a point; None: from the density."""

    size: float | None
    opacity: float | None


def choose_colour(samples: pd.DataFrame) -> str:
    """One of the columns that colours can show: the network's view of the samples first, then the data's own columns."""
    first = [c for c in FIRST if c in samples and samples[c].notna().any()]
    wanted = first + [str(c) for c in samples.columns if c not in FIRST and c != "id"]
    columns = [c for c in wanted if _colourable(samples[c])]
    if st.session_state.get("colour") not in columns:
        st.session_state.pop("colour", None)
    left_out = [plain(c, 40) for c in wanted if c not in columns]
    help = f"Not offered: {', '.join(left_out)}. At most {MOST_VALUES:,} texts or {MAX_CATEGORIES:,} classes have colours."
    return st.selectbox("Colour by", columns or [ONE_COLOUR], key="colour", bind="query-params", width=160, help=help if left_out else None)


def _colourable(column: pd.Series) -> bool:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return len(column.cat.categories) <= MAX_CATEGORIES
    return pd.api.types.is_numeric_dtype(column) or column.nunique() <= MOST_VALUES


def choose_style() -> Style:
    with st.popover("Points", icon=":material/blur_on:"):
        automatic = st.toggle("Size and opacity from the density", value=True, key="points_auto", persist_state="session")
        size = st.slider("Size (pixels)", 1.0, 20.0, 5.0, 0.5, key="points_size", disabled=automatic, persist_state="session")
        opacity = st.slider("Opacity", 0.05, 1.0, 0.8, 0.05, key="points_opacity", disabled=automatic, persist_state="session")
    return Style(None, None) if automatic else Style(size, opacity)


def show(picked: Picked, rows: np.ndarray, placed: Projection, colour: str, style: Style) -> None:
    """Sends what the map draws, once, and draws it; ``rows`` are those that pass the filters."""
    bundle = picked.bundle
    samples = extra_columns.joined(bundle, bundle.samples(picked.checkpoint))
    ids = f"{bundle.ids_digest}:{picked.split}"
    predictions = bundle.checkpoint(picked.checkpoint).predictions or ""  # a checkpoint can be deleted and appended anew
    stamp = (str(bundle.path), bundle.manifest.created, picked.checkpoint, predictions, picked.split, *extra_columns.digests(bundle))
    made = json.dumps([placed.method, picked.layer, placed.meta], sort_keys=True, default=str)
    geometry = channel.send(_geometry(placed.xy, ids, made, stamp), "geometry")
    colours = channel.send(_colours(samples, picked.rows, colour, stamp), "colours")
    hover = _hover(samples, picked.rows, stamp)
    columns = channel.send(hover, "columns")
    rows_of_points = None
    if len(picked.rows) < bundle.n:
        rows_of_points = channel.send(_rows(picked.rows, bundle.ids_digest, picked.split), "rows")
    thumbnails = None
    if bundle.thumbnails is not None:
        thumbnails = bundle.ids_digest
        channel.send_thumbnails(bundle.thumbnails, thumbnails, "thumbnails")
    hidden = np.ones(bundle.n, bool)
    hidden[rows] = False
    draw(picked, placed, (ids, geometry, colours, columns, rows_of_points, thumbnails), hidden[picked.rows], style)
    st.caption(_about(picked, placed, hover))


@linked.view("map")
def draw(
    picked: Picked, placed: Projection, sent: tuple[str, str, str, str, str | None, str | None], hidden: np.ndarray, style: Style
) -> None:
    bundle = picked.bundle
    ids, geometry, colours, columns, rows_of_points, thumbnails = sent
    near = around.focused(picked, placed)

    def selected(event: MapEvent) -> None:
        mask = np.zeros(bundle.n, bool)
        mask[picked.rows[event.mask]] = True
        if event.tool in ("click", "clear"):
            st.session_state[linked.focus_key(bundle)] = None if event.focus is None else int(picked.rows[event.focus])
        linked.select(bundle, mask, writer=f"map, {event.tool}")

    map_component.map_view(
        "map_view",
        n=len(picked.rows),
        ids_digest=ids,
        geometry=geometry,
        colours=colours,
        columns=columns,
        thumbnails=thumbnails,
        universe=bundle.ids_digest,
        rows=rows_of_points,
        selection=linked.history(bundle).current.mask[picked.rows],
        hidden=hidden,
        focus=None if near is None else near.position,
        neighbours=[] if near is None else near.in_space.tolist(),
        map_neighbours=[] if near is None else near.on_map.tolist(),
        size=style.size,
        opacity=style.opacity,
        title=f"{picked.layer} at {picked.checkpoint}",
        height=HEIGHT,
        on_selection=selected,
    )


@st.cache_resource(max_entries=16, show_spinner=False)
def _geometry(_xy: np.ndarray, ids: str, made: str, stamp: tuple[str, ...]) -> Payload:
    """Packed once per map; ``made`` and ``stamp`` name the coordinates, which are not hashed."""
    return payloads.pack_geometry(_xy, ids)


@st.cache_resource(max_entries=32, show_spinner=False)
def _colours(_samples: pd.DataFrame, _rows: np.ndarray, column: str, stamp: tuple[str, ...]) -> Payload:
    """Packed once per column; ``stamp`` names the table and the rows, which are not hashed."""
    values = pd.Series(ONE_COLOUR, _samples.index, name=ONE_COLOUR) if column == ONE_COLOUR else _samples[column]
    return payloads.pack_colours(encode_column(values.iloc[_rows]))


@st.cache_resource(max_entries=8, show_spinner=False)
def _hover(_samples: pd.DataFrame, _rows: np.ndarray, stamp: tuple[str, ...]) -> Payload:
    return payloads.pack_columns(_samples.iloc[_rows])


@st.cache_resource(max_entries=8, show_spinner=False)
def _rows(_rows: np.ndarray, ids_digest: str, split: str) -> Payload:
    return payloads.pack_rows(_rows, ids_digest)


def _about(picked: Picked, placed: Projection, hover: Payload) -> str:
    meta = placed.meta
    parts = [f"{placed.method.upper()} of {len(picked.rows):,} samples in {meta['d']:,} dimensions"]
    if placed.method == "pca":
        parts.append(f"this plane holds {sum(meta['explained_variance_ratio'][:2]):.1%} of the variance")
    if placed.method == "umap":
        parts.append(f"{meta['n_neighbors']} neighbours, minimum distance {meta['min_dist']}, seed {meta['seed']}")
    if meta.get("trustworthiness") is not None:
        parts.append(f"trustworthiness {meta['trustworthiness']:.3f}")
    if meta.get("neighbourhood_preservation") is not None:
        chance = 15 / max(meta["n"] - 1, 1)
        parts.append(f"{meta['neighbourhood_preservation']:.0%} of the 15 nearest neighbours kept (by chance {chance:.1%})")
    if hover.left_out:
        parts.append(f"not shown on hover, too large: {', '.join(hover.left_out)}")
    return plain(" · ".join(parts), longest=1000)
