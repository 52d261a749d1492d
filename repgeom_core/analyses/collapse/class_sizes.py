"""How something about classes changes with their sizes."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome


def slope_against_sizes(norms: np.ndarray, sizes: np.ndarray, classes: np.ndarray) -> Outcome:
    """Least-squares slope of log norm on log class size, all (K,); NaN where sizes are equal or a norm is 0."""
    details = {"per_class": norms, "class_sizes": sizes, "classes": classes}
    if len(sizes) < 2:
        return Outcome(float("nan"), details, {"why": "one class"})
    if np.ptp(sizes) <= 1e-9 * sizes.max():
        return Outcome(float("nan"), details, {"why": "all classes have the same size"})
    if not (norms > 0).all():
        return Outcome(float("nan"), details, {"why": f"the norm of class {classes[norms <= 0][0]} is 0"})
    x, y = np.log(sizes), np.log(norms)
    x, y = x - x.mean(), y - y.mean()
    slope = float(x @ y / (x @ x))
    shared = float((x @ y) ** 2 / ((x @ x) * (y @ y))) if y.any() else 1.0
    level = np.log(norms).mean() - slope * np.log(sizes).mean()
    ends = np.array([sizes.min(), sizes.max()])
    return Outcome(slope, {**details, "line_sizes": ends, "line_norms": np.exp(level) * ends**slope}, {"r_squared": shared})
