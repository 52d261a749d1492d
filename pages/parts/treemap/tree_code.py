"""The Python that remakes what the Treemap page shows: *copy as code*."""

from __future__ import annotations

from pages.parts.treemap.tree_choice import LINKAGES, STORED, Shown
from pages.parts.treemap.tree_view import View


def opening(shown: Shown, *imports: str) -> list[str]:
    """The imports, the bundle and its ``tree``, whose leaf i is sample ``rows[i]``."""
    picked, whole = shown.picked, len(shown.rows) == len(shown.picked.rows)
    lines = [*imports, "from repgeom_core.bundle import open_bundle"]
    body = [f"bundle = open_bundle({str(picked.bundle.path)!r})"]
    if shown.name.startswith(STORED):
        lines += ["from repgeom_core.hierarchy.files.stored import stored_trees"]
        body += [f"found = stored_trees(bundle)[{shown.name.removeprefix(STORED)!r}]"]
    else:
        lines += ["from repgeom_core.hierarchy.bundle_trees import bundle_tree"]
        samples = f"split={picked.split!r}" if whole else "rows=rows"
        if not whole and shown.one_class is not None:
            body += [f"rows = bundle.rows({picked.split!r})", f"rows = rows[bundle.y[rows] == {shown.one_class}]"]
        elif not whole:
            lines = ["import numpy as np", "import pandas as pd", *lines]
            body += ["rows = np.flatnonzero(np.isin(bundle.ids, pd.read_csv('selection.csv', dtype=str)['id']))  # the selection's CSV"]
        body += [f"found = bundle_tree(bundle, {picked.layer!r}, {picked.checkpoint!r}, {samples}, method={LINKAGES[shown.name]!r})"]
    return [*lines, "", *body, "tree, rows = found.tree, found.rows"]


def of_dendrogram(shown: Shown, view: View, colour: str | None = None) -> str:
    """``colour``: what the bundle alone gives for all nodes (``box_colour.again``)."""
    imports = ["from repgeom_core.figures.dendrogram import dendrogram", "from repgeom_core.hierarchy.cut import cut"]
    made = f"nodes = cut(tree, {view.k}, root={view.root}, mode={view.mode!r})"
    return _coloured(shown, imports, made, f"dendrogram(tree, nodes, {view.root}", colour)


def of_treemap(shown: Shown, view: View, colour: str | None = None) -> str:
    """``colour``: what the bundle alone gives for all nodes (``box_colour.again``)."""
    imports = ["from repgeom_core.figures.treemap import treemap", "from repgeom_core.hierarchy.layout import layout"]
    made = f"boxes = layout(tree, {view.k}, 1000, 640, root={view.root}, mode={view.mode!r})"
    return _coloured(shown, imports, made, "treemap(tree, boxes", colour)


def _coloured(shown: Shown, imports: list[str], made: str, drawn: str, colour: str | None) -> str:
    if colour is None:
        return "\n".join([*opening(shown, *imports), made, f"{drawn}).show()", ""])
    checkpoint = shown.picked.checkpoint
    lines = [
        *opening(shown, *imports, "from repgeom_core.views.node_values import node_values"),
        made,
        f"samples, predicted = bundle.samples({checkpoint!r}), bundle.predicted({checkpoint!r})",
        "predicted = None if predicted is None else predicted[rows]",
        "values = node_values(tree, samples.iloc[rows], bundle.y[rows], predicted, bundle.classes)",
        f"colours = next(found for found in values if found.name == {colour!r}).colours",
        f"{drawn}, colours).show()",
        "",
    ]
    return "\n".join(lines)


def of_class_table(shown: Shown, view: View) -> str:
    start = opening(shown, "from repgeom_core.hierarchy.class_table import class_table")
    lines = [
        f"predictions = bundle.predicted({shown.picked.checkpoint!r})",
        f"print(class_table(bundle.y, predictions, bundle.classes, rows[tree.members({view.root})]))",
        "",
    ]
    return "\n".join([*start, *lines])


def of_profile(shown: Shown, row: int, code: int) -> str:
    """``code``: the class whose mean is drawn; negative: of all."""
    picked = shown.picked
    lines = [
        f"X = bundle.features({picked.layer!r}, {picked.checkpoint!r})",
        f"others = X.take(rows[bundle.y[rows] == {code}])" if code >= 0 else "others = X.take(rows)",
        f"profile(X.take([{row}])[0], others.mean(axis=0), others.std(axis=0), layer={picked.layer!r}).show()",
        "",
    ]
    return "\n".join([*opening(shown, "from repgeom_core.figures.profile import profile"), *lines])


def of_two_trees(shown: Shown, other: Shown, k: int, what: str) -> str:
    drawn = {
        "Tanglegram": "tangled(tree, tree_b, found).show()",
        "Broken clusters": "broken(found.broken, found.flow).show()",
    }.get(what, f"agreement(found.agreement, {k}).show()")
    function = drawn.partition("(")[0]
    start = opening(
        shown, f"from repgeom_core.figures.two_trees import {function}", "from repgeom_core.hierarchy.compare import aligned, compare"
    )
    if other.name.startswith(STORED):
        start.insert(start.index(""), "from repgeom_core.hierarchy.files.stored import stored_trees")
        second = f"second = stored_trees(bundle)[{other.name.removeprefix(STORED)!r}]"
    else:
        place = f"{other.picked.layer!r}, {other.picked.checkpoint!r}, rows=rows, method={LINKAGES[other.name]!r}"
        start.insert(start.index(""), "from repgeom_core.hierarchy.bundle_trees import bundle_tree")
        second = f"second = bundle_tree(bundle, {place})"
    lines = [
        second,
        "tree_b = aligned(rows, second.tree, second.rows)",
        f"found = compare(tree, tree_b, {k})",
        "print(found.correlation)",
        drawn,
        "",
    ]
    return "\n".join([*start, *lines])
