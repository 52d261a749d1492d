"""Entropy of a diffusion over the samples: the spectrum of a Gaussian kernel, normalised symmetrically."""

from __future__ import annotations

from typing import Any

import numpy as np

from repgeom_core.analyses.parameters import Choice, Float, Int, Parameter

CAP = 2000
SAME = 1e-12  # squared distances below this share of the largest are rounding
NEARLY = 0.97  # share of the ceiling log₂ n above which an entropy says little

SIGMA: dict[str, Parameter] = {
    "width": Choice(
        "median distance", ("median distance", "fixed"), "is σ in units of the median distance (scale does not matter), or as is"
    ),
    "sigma": Float(0.5, 1e-3, 1e4, "σ of the kernel: times the median distance between samples that differ, or as is (10 in the paper)"),
}
POWER = Int(1, 1, 100, "steps of the diffusion: more of them look at coarser structure")


def squared_distances(X: np.ndarray) -> np.ndarray:
    """``(n, n)`` squared Euclidean distances of the rows of ``X (n, d)`` in float64; copies are at 0."""
    Z = X.astype(np.float64) - X.mean(axis=0, dtype=np.float64)
    own = np.einsum("ij,ij->i", Z, Z)
    squared = own[:, None] + own - 2 * (Z @ Z.T)
    squared[squared <= SAME * own.max(initial=0)] = 0
    np.fill_diagonal(squared, 0)
    return np.asarray(squared)


def kernel_width(squared: np.ndarray, width: str, sigma: float) -> float:
    """σ: ``sigma``, or that many times the median of the distances that are not 0 (0 where all are)."""
    if width == "fixed":
        return sigma
    positive = squared[squared > 0]
    return sigma * float(np.sqrt(np.median(positive))) if len(positive) else 0.0


def diffusion_eigenvalues(squared: np.ndarray, width: float) -> np.ndarray:
    """|λ| ``(n,)``, falling, of D^−½ G D^−½ with G = exp(−squared/2σ²); of samples that are all equal: 1, 0, 0, ..."""
    kernel = np.exp(-squared / (2 * width**2)) if width > 0 else np.ones_like(squared)
    root = 1 / np.sqrt(kernel.sum(axis=1))
    return np.sort(np.abs(np.linalg.eigvalsh(kernel * root[:, None] * root)))[::-1]


def entropy_bits(weights: np.ndarray) -> float:
    """−Σ p log₂ p of ``weights`` ≥ 0, scaled to sum 1."""
    p = weights[weights > 0] / weights.sum()
    return max(0.0, float(-(p * np.log2(p)).sum()))


def diffusion_entropy(squared: np.ndarray, width: float, t: int) -> float:
    """Entropy in bits of the diffusion matrix's eigenvalues to the power ``t``; ``squared (n, n)`` distances, ``width`` of the kernel."""
    return entropy_bits(diffusion_eigenvalues(squared, width) ** t)


def saturation(entropy: float, n: int) -> dict[str, Any]:
    """The ceiling of an entropy of n samples, and a warning where it is nearly reached or nothing is left."""
    ceiling = float(np.log2(n))
    notes: dict[str, Any] = {"ceiling": ceiling}
    if n > 1 and entropy > NEARLY * ceiling:
        notes["warning"] = (
            "nearly every sample is by itself: raise σ (or use fewer bins), or the value says only how many samples there are"
        )
    elif n > 1 and entropy < (1 - NEARLY) * ceiling:
        notes["warning"] = "all samples are nearly one: lower σ"
    return notes


def class_information(
    squared: np.ndarray, y: np.ndarray, width: float, t: int, repeats: int, rng: np.random.Generator
) -> tuple[float, np.ndarray]:
    """Σ_b p(b) (mean DSE of ``repeats`` random sets of the size of class b − DSE of class b), and the differences ``(K,)``."""
    differences, shares = [], []
    for code in np.unique(y):
        rows = np.flatnonzero(y == code)
        own = diffusion_entropy(squared[np.ix_(rows, rows)], width, t)
        others = []
        for _ in range(repeats):
            drawn = np.sort(rng.choice(len(y), len(rows), replace=False))
            others.append(diffusion_entropy(squared[np.ix_(drawn, drawn)], width, t))
        differences.append(float(np.mean(others)) - own)
        shares.append(len(rows) / len(y))
    return float(np.dot(shares, differences)), np.array(differences)
