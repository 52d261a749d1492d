"""How measures go with the loss over the checkpoints of a run: rank correlations with what they may owe to chance."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from repgeom_core.bundle import Bundle

FEWEST = 5
"""Checkpoints under which a rank correlation says nothing: with four, one order in twelve gives +-1 by chance."""


def has_losses(bundle: Bundle) -> bool:
    """Whether enough checkpoints have logits, and the samples labels, for a rank correlation with the loss."""
    return "label" in bundle.samples() and sum(entry.logits is not None for entry in bundle.checkpoints) >= FEWEST


def loss_by_checkpoint(bundle: Bundle, split: str = "all", rows: np.ndarray | None = None) -> pd.Series:
    """Mean cross-entropy (nats) of the labelled samples of a split at each checkpoint; NaN where the bundle has no predictions of it.

    ``rows`` are row numbers to which the samples are further limited.
    """
    chosen = bundle.rows(split) if rows is None else np.intersect1d(bundle.rows(split), rows)
    losses = {}
    for entry in bundle.checkpoints:
        table = bundle.samples(entry.name)
        losses[entry.name] = float(table["loss"].to_numpy(np.float64, na_value=np.nan)[chosen].mean()) if "loss" in table else np.nan
    return pd.Series(losses, dtype=np.float64, name="loss")


def rank_correlation(values: pd.Series, loss: pd.Series) -> pd.DataFrame:
    """Spearman's rank correlation of a measure with the loss, for each layer.

    ``values`` are indexed by (layer, checkpoint), as columns of :func:`series` are; ``loss`` by checkpoint. A row for each layer with
    ``rho``, the smallest and largest rho when any one checkpoint is left out (``low``, ``high``), the share of circular shifts of the
    measure along the run with at least that size of rho (``by_chance``) and the number of ``checkpoints`` that have both. Shifts, not
    permutations: two curves that merely drift correlate, and shifted curves drift as much. NaN with fewer than ``FEWEST`` checkpoints
    or where either is constant.
    """
    rows = {}
    for layer, line in values.groupby(level="layer", sort=False):
        line = line.droplevel("layer")
        pairs = pd.DataFrame({"measure": line, "loss": loss.reindex(line.index)}).dropna()
        rows[layer] = _correlated(pairs["measure"].to_numpy(np.float64), pairs["loss"].to_numpy(np.float64))
    return pd.DataFrame.from_dict(rows, orient="index", columns=["rho", "low", "high", "by_chance", "checkpoints"]).rename_axis("layer")


def _correlated(measure: np.ndarray, loss: np.ndarray) -> tuple[float, float, float, float, int]:
    n = len(measure)
    if n < FEWEST or np.ptp(measure) == 0 or np.ptp(loss) == 0:
        return np.nan, np.nan, np.nan, np.nan, n
    rho = _spearman(measure, loss)
    without = [_spearman(np.delete(measure, i), np.delete(loss, i)) for i in range(n)]
    shifted = np.array([_spearman(np.roll(measure, k), loss) for k in range(1, n)])
    # The run as it was counts as one of the shifts: the share is never 0.
    by_chance = (1 + (np.abs(shifted) >= abs(rho) - 1e-12).sum()) / n
    return rho, float(np.nanmin(without)), float(np.nanmax(without)), float(by_chance), n


def _spearman(a: np.ndarray, b: np.ndarray) -> float:
    return float("nan") if np.ptp(a) == 0 or np.ptp(b) == 0 else float(spearmanr(a, b).statistic)
