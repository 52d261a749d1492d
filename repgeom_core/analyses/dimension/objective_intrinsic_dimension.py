"""Intrinsic dimension of an objective: how few directions of a head's parameters suffice to train it."""

from __future__ import annotations

import numpy as np
from scipy.special import log_softmax

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.dimension.random_subspace import RandomSubspace
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Float, Int

DECAY = 1e-4  # ½·DECAY·‖θ‖² is added to the loss, so that separable classes have an optimum
STEPS = 200


@analysis(
    title="Objective intrinsic dimension of a head",
    needs=("features", "labels"),
    parameters={
        "share": Float(0.9, 0.5, 0.99, "of the accuracy that training all parameters reaches"),
        "largest": Int(512, 2, 4096, "subspaces up to this dimension are tried; their basis takes 8 K (d + 1) bytes per dimension"),
    },
    invariant_to=("translation", "scaling"),
    interval="none",
    cost="some 2 log₂ D trainings of a linear head on half of the samples",
    cap=2000,
    unit="parameters",
    bounds=(1, None),
    formula="min {D : accuracy(θ = P v, v ∈ R^D) ≥ share · accuracy(all parameters)}",
    reference="Li et al., ICLR 2018 (d_int90), dense P with unit random columns, θ₀ = 0; a softmax head W, b on the features as they are",
    oracle="sklearn's LogisticRegression for all parameters; scipy.optimize.check_grad; least squares for the toy of the paper",
    truths="1000 parameters under ten group sums: 10 directions reach residual 0, 9 do not; two classes at ±e: 1 to 3",
)
def objective_intrinsic_dimension(data: Inputs, share: float = 0.9, largest: int = 512) -> Outcome:
    """How many random directions of a linear head's parameters must be trained to reach 90 % of its full accuracy.

    Small when the features make the task easy. The head has K(d + 1) parameters; it is trained by L-BFGS on one half of the samples
    and judged on the other half (split within classes, seeded). D doubles until it suffices, then is bisected; the subspaces are nested.
    Accuracy against D is in the details, and ``compression`` = parameters / D in the notes. One random subspace and one split: the value
    moves by some 10 to 20 % with the seed, so there is no interval. NaN with one class, where samples are equal, or where ``largest`` does
    not suffice.
    """
    X, y = data.X.astype(np.float64), data.y
    classes, codes = np.unique(y, return_inverse=True)
    X = X - X.mean(axis=0)
    size = float(np.sqrt((X**2).mean()))
    if len(classes) < 2 or size <= 1e-12 * np.abs(data.X).max():
        return Outcome(float("nan"), notes={"why": "there is one class only" if len(classes) < 2 else "all samples are equal"})
    rng = data.rng
    test = _other_half(codes, rng)
    if not test.any():
        return Outcome(float("nan"), notes={"why": "no class has two samples, one to train on and one to judge by"})
    head = _Head(np.column_stack([X / size, np.ones(len(X))]), codes, len(classes), test)
    full = head.accuracy(None)
    subspace = RandomSubspace(head.parameters, rng)
    reached: dict[int, float] = {}

    def suffices(dimensions: int) -> bool:
        reached[dimensions] = head.accuracy(subspace.basis(dimensions))
        return reached[dimensions] >= share * full

    most = min(largest, head.parameters)
    few, enough = 0, 1
    while not suffices(enough):
        if enough == most:
            break
        few, enough = enough, min(2 * enough, most)
    found = reached[enough] >= share * full
    while found and enough - few > 1:
        middle = (few + enough) // 2
        few, enough = (few, middle) if suffices(middle) else (middle, enough)
    tried = np.array(sorted(reached))
    notes: dict[str, object] = {"full_accuracy": full, "parameters": head.parameters, "held_out": int(test.sum())}
    details = {"dimensions": tried, "accuracy": np.array([reached[int(D)] for D in tried])}
    if not found:
        why = f"{most} random directions reach {reached[most]:.3f}, not {share:g} of {full:.3f}; try a larger 'largest'"
        return Outcome(float("nan"), details=details, notes={**notes, "why": why})
    return Outcome(float(enough), details=details, notes={**notes, "compression": head.parameters / enough})


def _other_half(codes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """True for every second sample of each class, in random order; a class of one sample is trained on."""
    order = rng.permutation(len(codes))
    by_class = order[np.argsort(codes[order], kind="stable")]
    counts = np.bincount(codes)
    place = np.arange(len(codes)) - np.repeat(np.cumsum(counts) - counts, counts)
    test = np.zeros(len(codes), bool)
    test[by_class] = place % 2 == 1
    return test


class _Head:
    """A softmax head on ``X (n, d + 1)``, whose last column is 1, trained in a subspace of its parameters from θ₀ = 0."""

    def __init__(self, X: np.ndarray, codes: np.ndarray, classes: int, test: np.ndarray) -> None:
        self.train, self.test = X[~test], X[test]
        self.codes, self.test_codes, self.classes = codes[~test], codes[test], classes
        self.parameters = classes * X.shape[1]
        self.targets = np.eye(classes)[self.codes]

    def loss(self, v: np.ndarray, basis: np.ndarray | None) -> tuple[float, np.ndarray]:
        """Cross-entropy and decay at θ = P v with their gradient in v; without ``basis``, θ = v."""
        theta = v if basis is None else basis @ v
        log_p = log_softmax(self.train @ theta.reshape(-1, self.classes), axis=1)
        n = len(self.codes)
        value = -(log_p * self.targets).sum() / n + DECAY / 2 * (theta @ theta)
        gradient = (self.train.T @ (np.exp(log_p) - self.targets) / n).ravel() + DECAY * theta
        return float(value), gradient if basis is None else basis.T @ gradient

    def accuracy(self, basis: np.ndarray | None) -> float:
        """On the samples held out, after training within the columns of ``basis`` (without: of all parameters)."""
        from scipy.optimize import minimize

        start = np.zeros(self.parameters if basis is None else basis.shape[1])
        v = minimize(self.loss, start, args=(basis,), jac=True, method="L-BFGS-B", options={"maxiter": STEPS}).x
        theta = v if basis is None else basis @ v
        return float(((self.test @ theta.reshape(-1, self.classes)).argmax(axis=1) == self.test_codes).mean())
