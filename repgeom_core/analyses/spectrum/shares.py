"""What the effective ranks share: values as shares of their sum, and the entropy of shares."""

from __future__ import annotations

import numpy as np

from repgeom_core.analyses.contract import Outcome


def entropy_of_shares(values: np.ndarray) -> float:
    """H(p) = −Σ p log p in nats, p = values / Σ values; zeros count nothing."""
    shares = values / values.sum()
    shares = shares[shares > 0]
    return float(-(shares * np.log(shares)).sum())


def no_variance() -> Outcome:
    """The outcome where all samples are equal."""
    return Outcome(float("nan"), notes={"why": "all samples are equal: there is no variance to share out"})
