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


def of_series(scope: Scope, name: str, title: str, over: str) -> str:
    """A curve over ``checkpoints``, over ``depth`` or against the ``loss``."""
    rows = "rows=rows" if scope.rows is not None else f"split={scope.split!r}"
    imports = ["from repgeom_core.analyses.series import series"]
    if over == "loss":
        imports += ["from repgeom_core.analyses.along_training import loss_by_checkpoint, rank_correlation"]
        imports += ["from repgeom_core.figures.against_loss import against_loss"]
        lines = [f"loss = loss_by_checkpoint(bundle, {rows})", f"print(rank_correlation(table[{name!r}], loss))"]
        lines += [f"against_loss(table[{name!r}], loss, {title!r}).show()"]
    elif over == "depth":
        imports += ["from repgeom_core.figures.curves import by_depth"]
        lines = [f"by_depth(table[{name!r}], {title!r}).show()"]
    else:
        imports += ["from repgeom_core.figures.curves import by_checkpoint"]
        lines = [f"by_checkpoint(table[{name!r}], [c.step for c in bundle.checkpoints], {title!r}).show()"]
    return "\n".join([opening(scope, *imports), f"table = series(bundle, [{name!r}], {rows})", *lines, ""])
