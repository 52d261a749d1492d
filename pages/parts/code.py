"""The Python that remakes what is shown: *copy as code*."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pages.parts.measures.scope import Scope
from repgeom_core.analyses.contract import Analysis

SAVED = "selection.csv"


def opening(scope: Scope, *imports: str) -> str:
    """The imports, the bundle, and the selected rows where only they are shown."""
    lines = [*imports, "from repgeom_core.bundle import open_bundle"]
    body = [f"bundle = open_bundle({str(scope.bundle.path)!r})"]
    if scope.rows is not None:
        lines = ["import numpy as np", "import pandas as pd", "", *lines]
        body.append(f"rows = np.flatnonzero(np.isin(bundle.ids, pd.read_csv({SAVED!r}, dtype=str)['id']))  # the selection's CSV")
    return "\n".join([*lines, "", *body])


def place(scope: Scope) -> str:
    """The arguments that name the layer, the checkpoint and the samples."""
    rows = "rows=rows" if scope.rows is not None else f"split={scope.split!r}"
    return f"layer={scope.layer!r}, checkpoint={scope.checkpoint!r}, {rows}"


def of_analysis(scope: Scope, name: str, parameters: dict[str, Any] | None = None, uncertain: bool = True) -> str:
    """One analysis with its parameters, printed and drawn."""
    start = opening(scope, "from repgeom_core.analyses import analyze", "from repgeom_core.figures import figure_of")
    options = "".join(f", {key}={value!r}" for key, value in (parameters or {}).items())
    options += "" if uncertain else ", interval=False, null=False"
    call = f"result = analyze(bundle, {name!r}, {place(scope)}{options})"
    return f"{start}\n{call}\nprint(result)\nfigure_of(result, bundle.classes).show()\n"


def of_figure(scope: Scope, name: str, parameters: dict[str, Any], imports: str, *lines: str) -> str:
    """One analysis, and the figure that ``lines`` draw of its ``result``."""
    options = "".join(f", {key}={value!r}" for key, value in parameters.items())
    call = f"result = analyze(bundle, {name!r}, {place(scope)}{options}, interval=False, null=False)"
    return "\n".join([opening(scope, "from repgeom_core.analyses import analyze", imports), call, *lines, ""])


def of_inputs(scope: Scope, imports: str, *lines: str) -> str:
    """Figures that are drawn from the features themselves; ``lines`` follow ``data = inputs_of(...)``."""
    start = opening(scope, "from repgeom_core.analyses.run import inputs_of", imports)
    return "\n".join([start, f"data = inputs_of(bundle, {place(scope)})", *lines, ""])


def chosen(name: str, codes: Sequence[Any]) -> str:
    """An argument for what is picked out; none where nothing is."""
    return f", {name}={list(codes)!r}" if codes else ""


def of_series(scope: Scope, declared: Analysis, over: str, null: bool) -> str:
    """A curve over ``checkpoints``, over ``depth`` or against the ``loss``; ``null``: with that of the layer shown."""
    rows = "rows=rows" if scope.rows is not None else f"split={scope.split!r}"
    name, needed = declared.name, "null_series, series" if null else "series"
    imports = [f"from repgeom_core.analyses.series import {needed}"]
    table, picked = f"table[{name!r}], ", f"{declared.title!r}, {(scope.layer, scope.checkpoint)!r}"
    about = f", unit={declared.unit!r}, bounds={declared.bounds!r}"
    lines = [f"table = series(bundle, [{name!r}], {rows})"]
    if over == "loss":
        imports += ["from repgeom_core.analyses.along_training import loss_by_checkpoint, rank_correlation"]
        imports += ["from repgeom_core.figures.against_loss import against_loss"]
        lines += [f"loss = loss_by_checkpoint(bundle, {rows})", f"correlations = rank_correlation(table[{name!r}], loss)"]
        lines += ["print(correlations)", f"against_loss({table}loss, {picked}, correlations{about}).show()"]
    elif over == "depth":
        imports += ["from repgeom_core.figures.curves import by_depth"]
        lines += [f"by_depth({table}{picked}{about}).show()"]
    else:
        imports += ["from repgeom_core.figures.curves import by_checkpoint"]
        shaded = ""
        if null:
            lines += [f"null = null_series(bundle, [{name!r}], {scope.layer!r}, {rows})"]
            shaded = f", null[{name!r}], {declared.null or ''!r}"
        lines += [f"by_checkpoint({table}[c.step for c in bundle.checkpoints], {picked}{shaded}{about}).show()"]
    return "\n".join([opening(scope, *imports), *lines, ""])
