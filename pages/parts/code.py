"""The Python that remakes what is shown: *copy as code*."""

from __future__ import annotations

from typing import Any

from pages.parts.scope import Scope

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


def of_inputs(scope: Scope, imports: str, *lines: str) -> str:
    """Figures that are drawn from the features themselves; ``lines`` follow ``data = inputs_of(...)``."""
    start = opening(scope, "from repgeom_core.analyses.run import inputs_of", imports)
    return "\n".join([start, f"data = inputs_of(bundle, {place(scope)})", *lines, ""])


def of_series(scope: Scope, name: str, title: str, deep: bool) -> str:
    """A curve over checkpoints, or over depth."""
    draw = "by_depth" if deep else "by_checkpoint"
    start = opening(scope, "from repgeom_core.analyses.series import series", f"from repgeom_core.figures.curves import {draw}")
    rows = "rows=rows" if scope.rows is not None else f"split={scope.split!r}"
    steps = "" if deep else ", [c.step for c in bundle.checkpoints]"
    return f"{start}\ntable = series(bundle, [{name!r}], {rows})\n{draw}(table[{name!r}]{steps}, {title!r}).show()\n"
