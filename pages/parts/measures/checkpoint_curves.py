"""Curves over checkpoints, a line for each layer, with the null of the layer in the sidebar shaded; over depth; against the loss."""

from __future__ import annotations

import time
from collections.abc import Sequence
from math import isfinite
from typing import Any

import streamlit as st

from pages.parts import chart, code
from pages.parts.measures.scope import Scope
from pages.parts.plain_text import plain
from repgeom_core.analyses import find
from repgeom_core.analyses.along_training import has_losses, loss_by_checkpoint, rank_correlation
from repgeom_core.analyses.registry import analyses
from repgeom_core.analyses.series import NULL_DRAWS, SUMS, light, null_series, one_pass, quick, series
from repgeom_core.figures.against_loss import against_loss
from repgeom_core.figures.curves import by_checkpoint, by_depth
from repgeom_core.progress import Progress

CHECKPOINTS, DEPTH, LOSS = "Checkpoints", "Depth", "Loss"
AGAINST_LOSS = (
    "ρ: Spearman's rank correlation with the cross-entropy of this split. Both drift along a run, so chance is judged by the same curve "
    "shifted around the run."
)


def show(scope: Scope, family_names: Sequence[str], first: Sequence[str]) -> None:
    """On offer is all of the families that one pass serves, and what the page names ``first``, which is drawn at the start."""
    offered = [name for family in family_names for name in one_pass(family)]
    small = [name for name in first if name in analyses() and quick(find(name), scope.n, scope.d)]
    offered += [name for name in small if name not in offered]
    start = small or offered[:4]
    if not offered:
        return
    checkpoints = [c.name for c in scope.bundle.checkpoints]
    if len(checkpoints) == 1 and len(scope.bundle.checkpoints[0].layers) == 1:
        return  # a single place has no curve; its values are on the cards
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.subheader("Over checkpoints and depth", anchor=False)
        over = DEPTH
        if len(checkpoints) > 1:
            # Without steps, checkpoints are no axis of time.
            start_at = DEPTH if any(c.step is None for c in scope.bundle.checkpoints) else CHECKPOINTS
            axes = [CHECKPOINTS, DEPTH, *([LOSS] if has_losses(scope.bundle) else [])]
            over = st.segmented_control("Over", axes, default=start_at, key="curves_over", label_visibility="collapsed", required=True)
        with st.popover("Measures", icon=":material/show_chart:"):
            chosen = st.pills(
                "Measures to draw", offered, selection_mode="multi", default=start, key=f"curves_{'_'.join(family_names)}",
                format_func=lambda name: find(name).title,
            )  # fmt: skip
            shaded = st.toggle(
                "Shade the null",
                light(scope.n, scope.d),
                key=f"curves_null_{light(scope.n, scope.d)}",
                help=f"{NULL_DRAWS} draws at every checkpoint.",
            )
    chosen = [name for name in offered if name in (chosen or [])]
    chosen.sort(key=lambda name: list(first).index(name) if name in first else len(first))
    if not chosen:
        st.caption("Choose measures to draw.")
        return
    waiting = st.empty()
    shaded = shaded and over == CHECKPOINTS
    deep = over == DEPTH
    tables = _tables(scope, chosen, offered, shaded, Bar(waiting))
    waiting.empty()
    words = ["Click a point to go to its layer and checkpoint."]
    if over == LOSS:
        words.append(AGAINST_LOSS)
    if shaded:
        words.append(f"Grey: the null of {plain(scope.layer)}, ± 2 sd of {NULL_DRAWS} draws.")
    drawn = [name for name in chosen if tables[name][0].dropna().index.get_level_values("layer").nunique() > deep]
    if left_out := [plain(find(name).title) for name in chosen if name not in drawn]:
        words.append(f"Not drawn, for want of {'two layers' if deep else 'a layer'} that have it: {', '.join(left_out)}.")
    st.caption(" ".join(words))
    across = 3 if len(drawn) == 3 else 2
    with st.container(key="three_curves" if across == 3 else "curves"):
        for row in range(0, len(drawn), across):
            for column, name in zip(st.columns(across, gap="medium"), drawn[row : row + across], strict=False):
                with column:
                    _one(scope, name, *tables[name], over)


class Bar(Progress):
    """A progress bar in a place of the page, once there is something to wait for."""

    def __init__(self, place: Any) -> None:
        super().__init__()
        self.place, self.start = place, time.monotonic()

    def update(self, stage: str, done: int, total: int) -> None:
        if time.monotonic() - self.start > 0.5:
            self.place.progress(done / max(total, 1), f"Every layer at every checkpoint: {done} of {total}")


def _tables(scope: Scope, chosen: list[str], offered: list[str], shaded: bool, progress: Progress) -> dict[str, tuple[Any, Any]]:
    """Values and nulls. All that one pass serves is computed together, so that choosing another of them computes nothing."""
    sums = [name for name in offered if find(name).needs <= SUMS]
    groups = [sums] if set(sums) & set(chosen) else []
    groups += [[name] for name in chosen if name not in sums]
    tables: dict[str, tuple[Any, Any]] = {}
    for together in groups:
        values = series(scope.bundle, together, split=scope.split, rows=scope.rows, progress=progress)
        nulls = null_series(scope.bundle, together, scope.layer, split=scope.split, rows=scope.rows) if shaded else None
        for name in together:
            tables[name] = (values[name], nulls[name] if nulls is not None and name in nulls.columns.get_level_values(0) else None)
    return tables


def _one(scope: Scope, name: str, values: Any, null: Any, over: str) -> None:
    declared = find(name)
    here = (scope.layer, scope.checkpoint)
    note = plain(declared.summary, longest=400)
    if over == DEPTH:
        figure = by_depth(values, declared.title, here, unit=declared.unit, bounds=declared.bounds)
    elif over == LOSS:
        loss = loss_by_checkpoint(scope.bundle, scope.split, scope.rows)
        correlations = rank_correlation(values, loss)
        figure = against_loss(values, loss, declared.title, here, correlations, unit=declared.unit, bounds=declared.bounds)
        note = _correlation(scope.layer, correlations) + note
    else:
        steps, null_of = [c.step for c in scope.bundle.checkpoints], declared.null or ""
        figure = by_checkpoint(values, steps, declared.title, here, null, null_of, unit=declared.unit, bounds=declared.bounds)
    chart.show(figure, f"curve_{name}", code.of_series(scope, declared, over.lower(), null is not None), _go_there, note)


def _correlation(layer: str, correlations: Any) -> str:
    if layer not in correlations.index or not isfinite(correlations.loc[layer, "rho"]):
        return ""
    found = correlations.loc[layer]
    return (
        f"{plain(layer)}: ρ = {found.rho:+.2f} over {int(found.checkpoints)} checkpoints ({found.low:+.2f} to {found.high:+.2f} with any "
        f"one left out; {found.by_chance:.0%} of shifted runs reach it). "
    )


def _go_there(point: list[str]) -> None:
    """The sidebar then shows the layer and the checkpoint of the clicked point."""
    st.session_state["layer"], st.session_state["checkpoint"] = point
    st.rerun()
