"""The sidebar that all pages share: which bundle, checkpoint, layer and split; below it the selection."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NoReturn

import numpy as np
import streamlit as st

from pages.parts import library, linked, selection_panel
from pages.parts.plain_text import counted, plain
from repgeom_core.bundle import Bundle, CheckpointEntry

PICKED = "picked_view"
ADDRESS = ("checkpoint", "layer", "split")  # what the sidebar's choices are called in the address, beside the bundle
ASKED = "asked_by_address"  # session state: what the address said on arrival, until the choices are drawn
LEFT = "left_address"  # session state: a page was left whose address the next one takes over


@dataclass(frozen=True)
class Picked:
    """What the sidebar shows: one bundle at one checkpoint, layer and split. ``layer`` is empty where there are no features (but trees)."""

    bundle: Bundle
    checkpoint: str
    layer: str
    split: str

    @cached_property
    def rows(self) -> np.ndarray:
        """Row numbers of the split."""
        return self.bundle.rows(self.split)


def current() -> Picked | None:
    """What is picked; None where there is no bundle with features yet."""
    picked: Picked | None = st.session_state.get(PICKED)
    return picked


def go_to_treemap() -> NoReturn:
    """To the page that shows what is picked where there are no features but trees."""
    st.session_state[LEFT] = True
    st.switch_page("pages/treemap.py", query_params={})


def go_to_map(address: dict[str, str] | None = None) -> NoReturn:
    """To the map of what is picked; ``address``: parameters that the map's own widgets read."""
    st.session_state[LEFT] = True
    # Streamlit empties the address when it switches pages, and refuses any other for parameters that widgets are bound to.
    st.switch_page("pages/map.py", query_params=address or {})


def show(page: str) -> None:
    """Draws the sidebar of a page; it then asks :func:`current`."""
    linked.begin_run(page)
    st.session_state.setdefault(ASKED, st.query_params.to_dict())
    if st.session_state.pop(LEFT, False):
        for name in (name for name in ADDRESS if name in st.session_state):
            st.session_state[name] = st.session_state[name]  # what is assigned is written to the address
    st.session_state[PICKED] = None
    with st.sidebar:
        bundle = _pick_bundle()
        if bundle is None:
            return
        if not bundle.checkpoints:
            st.info(
                "This bundle has samples but no features yet. Resume its extraction on the Load page.", icon=":material/hourglass_empty:"
            )
            return
        checkpoint = _pick_checkpoint(bundle)
        layer = _pick_layer(checkpoint)
        split = _pick("Split", "split", ["all", *bundle.splits], default=0) if len(bundle.splits) > 1 else "all"
        st.session_state[PICKED] = Picked(bundle, checkpoint.name, layer, split)
        _describe(bundle, checkpoint, layer, split)
        st.divider()
        selection_panel.show(bundle, checkpoint.name)


def _pick_bundle() -> Bundle | None:
    if library.CHOSEN in st.session_state:
        st.session_state["bundle"] = library.name_of(Path(st.session_state.pop(library.CHOSEN)))
    names = library.bundles()
    if not names:
        st.caption("No bundle yet: load data on the **Load** page.")
        return None
    # What is chosen by default is left out of the address, but which bundle comes first changes with the next import: there is no default.
    # An address that names one wins over this assignment.
    _say_if_unknown("bundle", list(names))
    chosen = st.session_state.get("bundle")
    st.session_state["bundle"] = chosen if chosen in names else next(iter(names))
    name = st.selectbox(
        "Bundle", list(names), index=None, required=True, key="bundle", help="A run's features on disk.", bind="query-params"
    )
    return library.opened(names[str(name)])


def _pick_checkpoint(bundle: Bundle) -> CheckpointEntry:
    names = [c.name for c in bundle.checkpoints]
    if len(names) > 2:
        _say_if_unknown("checkpoint", names)
        _fall_back(names, "checkpoint", names[-1])
        chosen = st.select_slider("Checkpoint", names, value=names[-1], key="checkpoint", bind="query-params")
    else:
        chosen = _pick("Checkpoint", "checkpoint", names, default=-1)
    return bundle.checkpoint(chosen)


def _pick_layer(checkpoint: CheckpointEntry) -> str:
    if not checkpoint.layers:
        st.session_state[ASKED].pop("layer", None)
        return ""
    return _pick("Layer", "layer", list(checkpoint.layers), default=-1, help="Features of this module's output, pooled to a vector.")


def _pick(label: str, key: str, options: list[str], default: int, help: str | None = None) -> str:
    _say_if_unknown(key, options)
    _fall_back(options, key, options[default])
    return st.selectbox(label, options, index=default % len(options), key=key, help=help, bind="query-params")


def _say_if_unknown(key: str, options: list[str]) -> None:
    """A link may name what is not here (any more); the page then shows something else, which should not pass for what was sent."""
    asked = st.session_state[ASKED].pop(key, None)
    if asked and asked not in options:
        st.toast(f"The link asks for the {key} {plain(asked)}, which is not here; another is shown.", icon=":material/link_off:")


def _fall_back(options: list[str], key: str, default: str) -> None:
    """A choice that this bundle does not offer gives way to the default, by assignment: what is only deleted stays in box and address."""
    if key in st.session_state and st.session_state[key] not in options:
        st.session_state[key] = default


def _describe(bundle: Bundle, checkpoint: CheckpointEntry, layer: str, split: str) -> None:
    shown = f"{bundle.n:,} samples" if split == "all" else f"{len(bundle.rows(split)):,} of {bundle.n:,} samples"
    parts = [shown]
    if layer:
        entry = checkpoint.layers[layer]
        parts += [counted(entry.dim, "dimension"), entry.dtype, *([f"pooled: {entry.pooling}"] if entry.pooling else [])]
    else:
        parts.append("no features")
    if checkpoint.step is not None:
        parts.append(f"step {checkpoint.step:,}")
    parts += [f"accuracy {split} {value:.2%}" for split, value in checkpoint.accuracy.items()]
    st.caption(plain(" · ".join(parts)))
