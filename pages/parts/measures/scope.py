"""What an analysis page is about: one layer at one checkpoint, over a split or over the selected samples only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from pages.parts import linked
from pages.parts.sidebar import Picked
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.run import inputs_of
from repgeom_core.bundle import Bundle


@dataclass(frozen=True)
class Scope:
    """``rows``: row numbers of the selected samples; None: the whole split."""

    bundle: Bundle
    checkpoint: str
    layer: str
    split: str
    rows: np.ndarray | None = None

    @property
    def shown(self) -> np.ndarray:
        """Row numbers of the samples."""
        return self.bundle.rows(self.split) if self.rows is None else self.rows

    @property
    def labels(self) -> np.ndarray:
        """Their class codes; −1 without a label."""
        return self.bundle.y[self.shown]

    @property
    def n(self) -> int:
        return len(self.shown)

    @property
    def d(self) -> int:
        return int(self.bundle.features(self.layer, self.checkpoint).shape[1])

    @property
    def where(self) -> str:
        """Names this place in a widget's or chart's key: state made for one place is not shown at another."""
        return f"{self.bundle.ids_digest[:6]}_{self.checkpoint}_{self.layer}_{self.split}_{'all' if self.rows is None else 'selection'}"

    @property
    def steps(self) -> list[int | None]:
        return [c.step for c in self.bundle.checkpoints if self.layer in c.layers]

    def inputs(self, checkpoint: str | None = None) -> Inputs:
        """Everything computed from these features, shared between all that ask."""
        return inputs_of(self.bundle, self.layer, checkpoint or self.checkpoint, self.split, self.rows)

    def over(self, split: str) -> Scope:
        return Scope(self.bundle, self.checkpoint, self.layer, split)

    def selected_classes(self) -> list[int]:
        """Codes of the classes that the current selection lies in, where it is not all of them."""
        mask = linked.history(self.bundle).current.mask
        codes = np.unique(self.bundle.y[mask])
        codes = codes[codes >= 0]
        return [] if len(codes) == len(self.bundle.classes) else [int(k) for k in codes]

    def select_classes(self, codes: list[int], writer: str) -> None:
        """From a callback: select the samples of these classes within the split."""
        rows = self.bundle.rows(self.split)
        linked.select_rows(self.bundle, rows[np.isin(self.bundle.y[rows], codes)], writer)


def header(picked: Picked, title: str, sentence: str) -> Scope:
    """The page's title and one sentence, and the two choices that all its parts follow."""
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        st.title(title, anchor=False)
        st.caption(sentence)
    chosen = linked.history(picked.bundle).current.mask
    rows = picked.rows[chosen[picked.rows]]
    with right, st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center", gap="medium"):
        only = st.toggle(
            f"Selection only ({len(rows):,})",
            key="selection_only",
            bind="query-params",
            help="Everything on this page is computed from the selected samples of this split alone.",
        )
        st.segmented_control(
            "Pictures as", ["PNG", "SVG"], default="PNG", key="picture_format", label_visibility="collapsed", required=True,
            help="The format in which the camera above a chart saves it.", persist_state="session",
        )  # fmt: skip
    if only and not len(rows):
        st.info("No sample of this split is selected: the whole split is shown.", icon=":material/deselect:")
        only = False
    return Scope(picked.bundle, picked.checkpoint, picked.layer, picked.split, rows if only else None)
