"""How fast a kernel machine on the features learns the labels as it sees more samples."""

from __future__ import annotations

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.spatial.distance import cdist

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Choice, Float, Int
from repgeom_core.linalg.one_thread import one_thread

SMALLEST = 8  # training samples at the start of the curve


@analysis(
    title="Exponent of the learning curve",
    needs=("features", "labels"),
    parameters={
        "kernel": Choice("linear", ("linear", "laplace"), "x·x′, or exp(−‖x − x′‖/σ) with σ the median distance"),
        "ridge": Float(1e-3, 1e-8, 10.0, "penalty in units of the mean diagonal of the kernel"),
        "window_from": Int(0, 0, 100_000, "training samples from which the line is fitted; 0: the larger half of the sizes"),
        "orders": Int(5, 1, 50, "random orders of the samples that are averaged"),
    },
    invariant_to=("rotation", "scaling"),
    better="higher",
    null="shuffled labels",
    interval="none",
    repeats="few",
    cost="O(orders · (n² d + n³)) of at most 2000 samples",
    cap=2000,
    formula="−slope of log ε(m) on log m,  ε(m) = Σ‖ŷ_m(x) − y‖² / Σ‖y‖² on held-out samples, y one-hot labels less the class shares",
    reference="learning curves ε ~ m^−β of kernel ridge regression (Spigler, Geiger & Wyart 2020; Cagnetti, Favero & Wyart, ICML 2023), "
    "here of one-hot labels on m = 8, 16, ... samples, half of all held out; no intercept; mean error over orders, line unweighted",
    oracle="sklearn.linear_model.Ridge and KernelRidge on the same samples",
    truths="isotropic Gaussian features and a noiseless linear target: ε(m) = 1 − m/d for m < d; labels that are no function of the "
    "features: about 0",
)
def learning_curve_exponent(data: Inputs, kernel: str, ridge: float, window_from: int, orders: int) -> Outcome:
    """How fast the error of a simple learner on the features falls with the number of labelled samples it sees.

    The exponent β of error ~ m^−β, fitted over the window in the notes; ``size`` and ``error`` in the details are the curve, with
    ``error_by_order`` for each random order (half of the samples are held out anew each time). A linear kernel stops learning once m is
    well above d: the exponent is small then, and r² says how straight the curve is. It moves with the seed; ``spread over orders`` is in
    the notes. NaN with one class, fewer than two sizes in the window (some 32 samples), or an error of 0.
    """
    X, y = data.X.astype(np.float64), data.y
    classes, codes, counts = np.unique(y, return_inverse=True, return_counts=True)
    if len(classes) < 2 or not X.any():
        return Outcome(float("nan"), notes={"why": "there is one class only" if len(classes) < 2 else "all features are zero"})
    targets = np.eye(len(classes))[codes] - counts / data.n
    products = _kernel(X, kernel)
    if products is None:
        return Outcome(float("nan"), notes={"why": "all samples are equal"})
    half = data.n - data.n // 2
    sizes = np.unique(np.append(SMALLEST * 2 ** np.arange(max(0, int(np.log2(max(half / SMALLEST, 1)))) + 1), half))
    sizes = sizes[sizes <= half]
    chosen = sizes >= (window_from or np.sqrt(sizes[0] * sizes[-1]))
    if chosen.sum() < 2:
        return Outcome(float("nan"), notes={"why": f"{int(chosen.sum())} of the sizes {', '.join(map(str, sizes))} lie in the window"})
    rng = data.rng
    with one_thread():
        errors = np.array([error_curve(products, targets, rng.permutation(data.n), sizes, ridge) for _ in range(orders)])
    error = errors.mean(axis=0)
    details = {"size": sizes, "error": error, "error_by_order": errors}
    notes: dict[str, object] = {"window": f"{sizes[chosen][0]} to {sizes[-1]} samples", "error at the end": float(error[-1])}
    if not (error[chosen] > 1e-14).all():
        return Outcome(float("nan"), details, notes | {"why": "the error is 0 within the window"})
    x, z = np.log(sizes[chosen]), np.log(error[chosen])
    x, z = x - x.mean(), z - z.mean()
    slopes = np.log(np.maximum(errors[:, chosen], 1e-300)) @ x / (x @ x)
    notes["r_squared"] = float((x @ z) ** 2 / ((x @ x) * (z @ z))) if z.any() else 1.0
    notes["spread over orders"] = float(slopes.std(ddof=1)) if orders > 1 else None
    return Outcome(float(-(x @ z) / (x @ x)), details, notes)


def _kernel(X: np.ndarray, kind: str) -> np.ndarray | None:
    if kind == "linear":
        return np.asarray(X @ X.T)
    distances = cdist(X, X)
    positive = distances[distances > 0]
    return np.exp(-distances / np.median(positive)) if len(positive) else None


def error_curve(products: np.ndarray, targets: np.ndarray, order: np.ndarray, sizes: np.ndarray, ridge: float) -> np.ndarray:
    """Share of the held-out targets' squares that is not explained, for each of ``sizes``: trained on the first of ``order``, tried on
    those beyond the largest size. ``products (n, n)`` is the kernel, ``targets (n, c)``."""
    test = order[sizes[-1] :]
    scale = ridge * float(np.diag(products)[order[: sizes[-1]]].mean())
    found = []
    for m in sizes:
        train = order[:m]
        factor = cho_factor(products[np.ix_(train, train)] + scale * np.eye(m), lower=True, check_finite=False)
        fitted = products[np.ix_(test, train)] @ cho_solve(factor, targets[train], check_finite=False)
        found.append(((fitted - targets[test]) ** 2).sum() / (targets[test] ** 2).sum())
    return np.array(found)
