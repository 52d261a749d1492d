"""The tree beside another over the same samples: how far they agree, where clusters break apart, and both as treemaps."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from pages.parts import chart, job_wait, library, linked
from pages.parts.plain_text import plain
from pages.parts.sidebar import Picked
from pages.parts.treemap import address, box_colour, tree_choice, tree_code, tree_view, treemap_panel
from pages.parts.treemap.tree_choice import LINKAGES, STORED, Shown
from repgeom_core.figures.frame import number
from repgeom_core.figures.two_trees import agreement, broken, tangled
from repgeom_core.hierarchy.bundle_comparison import bundle_comparison, cached_comparison
from repgeom_core.hierarchy.compare import Comparison, aligned, recut
from repgeom_core.jobs import commands

AGREEMENT, TANGLEGRAM, BROKEN, BESIDE = VIEWS = ["By k", "Tanglegram", "Broken clusters", "Treemap B"]
AT_ONCE = 20_000  # samples up to which the page waits for a comparison; larger ones are made by a job
FEWEST = 4  # samples whose trees are compared
HINT = "Click a cluster, or a band, to select its samples."


def choose(shown: Shown) -> Shown | None:
    """Tree B over the same samples; None while there is none, which is said here."""
    picked = shown.picked
    bundle = picked.bundle
    kinds = [*(LINKAGES if picked.layer else ()), *(f"{STORED}{name}" for name in _stored(shown))]
    if not kinds:
        st.caption("There is no other tree over the same samples, and no features to make one from.")
        return None
    like = _unlike(shown, kinds)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        kind = _choose("Tree B", kinds, "tree_b", 116, like[0])
        if kind.startswith(STORED):
            name = kind.removeprefix(STORED)
            kept = tree_choice.stored(bundle)[name]
            return Shown(picked, aligned(shown.rows, kept.tree, kept.rows), shown.rows, f"the tree “{name}”", kind)
        checkpoint = _choose("Checkpoint B", [c.name for c in bundle.checkpoints if c.layers], "checkpoint_b", 108, like[1])
        layers = list(bundle.checkpoint(checkpoint).layers)
        layer = _choose("Layer B", layers, "layer_b", 108, like[2] if like[2] in layers else layers[-1])
    if (kind, checkpoint, layer) == (shown.name, picked.checkpoint, picked.layer):
        st.info("Tree B is the tree shown. Choose another checkpoint, layer or linkage for B.", icon=":material/compare_arrows:")
        return None
    rows = None if np.array_equal(shown.rows, picked.rows) else shown.rows
    found = tree_choice.linkage_of(picked, tree_choice.Wanted(kind, rows, ""), layer, checkpoint, "tree_b")
    if found is None:
        return None
    there = Picked(bundle, checkpoint, layer, picked.split)
    return Shown(there, aligned(shown.rows, found.tree, found.rows), shown.rows, f"{layer} at {checkpoint}", kind)


def _unlike(shown: Shown, kinds: list[str]) -> tuple[str, str, str]:
    """Linkage, checkpoint and layer to begin with: as shown but for the checkpoint, else for the layer, else for the linkage."""
    picked = shown.picked
    kind = shown.name if shown.name in kinds else kinds[0]
    checkpoints = [c.name for c in picked.bundle.checkpoints if picked.layer in c.layers]
    layers = list(picked.bundle.checkpoint(picked.checkpoint).layers)
    if len(checkpoints) > 1:
        at = checkpoints.index(picked.checkpoint)
        return kind, checkpoints[at - 1 if at else 1], picked.layer
    if len(layers) > 1:
        return kind, picked.checkpoint, next(layer for layer in layers if layer != picked.layer)
    return next((other for other in kinds if other != kind), kind), picked.checkpoint, picked.layer


def _choose(label: str, options: list[str], key: str, width: int, default: str) -> str:
    address.known(key, options, label, f"{default} is shown")
    if st.session_state.get(key) not in options:
        st.session_state[key] = default
    return str(st.selectbox(label, options, key=key, width=width, bind="query-params"))


def _stored(shown: Shown) -> list[str]:
    everyone = np.sort(shown.rows)
    found = tree_choice.stored(shown.picked.bundle)
    return [name for name, one in found.items() if f"{STORED}{name}" != shown.name and np.array_equal(np.sort(one.rows), everyone)]


def show(shown: Shown) -> None:
    """Chooses tree B, and compares."""
    if shown.tree.n < FEWEST:
        st.info(f"Trees of fewer than {FEWEST} samples do not differ enough to be compared.", icon=":material/compare_arrows:")
        return
    other = choose(shown)
    if other is not None:
        compared(shown, other)


@tree_view.view("two_trees_panel")
def compared(shown: Shown, other: Shown) -> None:
    k = min(tree_view.current(shown).k, shown.tree.n)
    found = _found(shown, other, k)
    if found is None:
        return
    correlation = found.correlation
    st.markdown(f"**Cophenetic correlation {number(correlation.value)}**")
    ends = correlation.interval
    told = f"no interval: {correlation.why}" if ends is None else f"95 % interval {number(ends[0])} to {number(ends[1])}"
    null = f"null (leaves in random order) {correlation.null_mean:.4f} ± {correlation.null_sd:.4f}"
    st.caption(plain(f"{told} · {null} · {correlation.pairs:,} of {correlation.total:,} pairs of samples", 300))
    what = st.segmented_control("Of two trees", VIEWS, default=AGREEMENT, key="two_trees", label_visibility="collapsed", required=True)
    if what == BESIDE:
        treemap_panel.second(shown, other)
        return
    names = (f"A: {shown.of}", f"B: {other.of}")
    told_a, told_b = _told(shown, found.flow.nodes_a), _told(other, found.flow.nodes_b)
    selected = partial(_select_samples, shown, found)
    text = tree_code.of_two_trees(shown, other, k, str(what))
    if what == TANGLEGRAM:
        chosen = linked.history(shown.picked.bundle).current.mask[shown.rows]
        figure = tangled(shown.tree, other.tree, found, names, told_a, told_b, selected=chosen if chosen.any() else None)
        chart.show(figure, "tanglegram", text, selected, hint=HINT)
    elif what == BROKEN:
        chart.show(broken(found.broken, found.flow, told_a, told_b), "broken_clusters", text, selected, hint=HINT)
    else:
        note = "1: the same clusters in both trees. 0: what chance gives. A click on a point shows that many clusters."
        chart.show(agreement(found.agreement, k), "agreement", text, _show_clusters, note)
    st.button(
        "Colour the boxes by tree B", key="colour_by_b", icon=":material/palette:", on_click=_colour, args=(shown, other, found),
        help="The share of a box's samples that lie in one and the same cluster of B",
    )  # fmt: skip


def _found(shown: Shown, other: Shown, k: int) -> Comparison | None:
    """The comparison at ``k`` clusters, from the cache, at once, or by a job (None meanwhile, which is said here)."""
    n, key = shown.tree.n, (shown.key, other.key)
    try:
        with st.spinner("Comparing the trees"):
            return _recut(_whole(shown, other, key, n <= AT_ONCE), shown, other, (*key, k))
    except LookupError:
        bundle, picked = shown.picked.bundle, shown.picked
    queue = library.jobs()
    rows = None if np.array_equal(shown.rows, picked.rows) else shown.rows
    arguments = commands.compare_arguments(queue, bundle.path, _said(shown), _said(other), picked.split, rows)
    title = f"Comparison of {shown.of} and {other.of}"

    def again() -> None:
        commands.submit(queue, arguments, title, rows)

    job = job_wait.latest(bundle, arguments) or commands.submit(queue, arguments, title, rows)
    job_wait.show(job, f"The comparison of two trees of {n:,} samples", again, "comparison")
    return None


def _said(shown: Shown) -> dict[str, str]:
    """The tree as the command line says it."""
    if shown.name.startswith(STORED):
        return {"tree": shown.name.removeprefix(STORED)}
    return {"layer": shown.picked.layer, "checkpoint": shown.picked.checkpoint, "method": LINKAGES[shown.name]}


@st.cache_resource(max_entries=8, show_spinner=False)
def _whole(_shown: Shown, _other: Shown, key: tuple[str, str], now: bool) -> Comparison:
    """``LookupError``, which no cache keeps, where it is neither known nor to be made ``now``."""
    made = bundle_comparison if now else cached_comparison
    found = made(_shown.picked.bundle, _shown.tree, _other.tree)
    if found is None:
        raise LookupError
    return found


@st.cache_resource(max_entries=16, show_spinner=False)
def _recut(_found: Comparison, _shown: Shown, _other: Shown, key: tuple[str, str, int]) -> Comparison:
    return recut(_found, _shown.tree, _other.tree, key[2])


def _told(shown: Shown, nodes: np.ndarray) -> list[str]:
    """The most frequent class of each cluster; its number where there are no labels."""
    found = box_colour.statistics(shown)
    classes = shown.picked.bundle.classes
    return [classes[found.majority[node]] if found.majority[node] >= 0 else f"cluster {place + 1}" for place, node in enumerate(nodes)]


def _select_samples(shown: Shown, found: Comparison, point: list[int]) -> None:
    a, b = (int(place) for place in point)
    linked.select_rows(shown.picked.bundle, shown.rows[found.flow.members(a, b)], writer="two trees")


def _show_clusters(point: list[int]) -> None:
    st.session_state["k"] = int(np.clip(int(point[0]), tree_view.FEWEST, tree_view.MOST))
    tree_view.redraw()


def _colour(shown: Shown, other: Shown, found: Comparison) -> None:
    st.session_state[box_colour.OF_B] = {shown.key: (found.flow.labels_b, f"{other.of} cut into {len(found.flow.nodes_b)}")}
    st.session_state["box_colour"] = box_colour.AGREEMENT
    tree_view.redraw()
