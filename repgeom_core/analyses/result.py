"""A result: the value, its interval and null, details as arrays, and everything that says what it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True)
class NullSample:
    """Values under a null model: its name, mean, standard deviation, and the draws."""

    name: str
    mean: float
    sd: float
    draws: tuple[float, ...]


@dataclass(frozen=True)
class Result:
    """What an analysis found.

    ``interval`` is the central 95 % (None: switched off or undefined); ``details`` are arrays by name, ``notes`` facts. ``meta`` has
    variant, n, d, K, centring, seed, cap, parameters, how interval and null were made, and versions.
    """

    name: str
    value: float
    interval: tuple[float, float] | None = None
    null: NullSample | None = None
    details: dict[str, np.ndarray] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)
    meta: dict[str, Any] = field(default_factory=dict)

    def record(self) -> dict[str, Any]:
        """Everything but the arrays, as JSON takes it (a value that is not a number is null)."""
        return {
            "analysis": self.name,
            "value": self.value if np.isfinite(self.value) else None,
            "interval": None if self.interval is None else [float(v) for v in self.interval],
            "null": None
            if self.null is None
            else {"name": self.null.name, "mean": self.null.mean, "sd": self.null.sd, "draws": list(self.null.draws)},
            "notes": self.notes,
            "meta": self.meta,
        }

    @classmethod
    def of_record(cls, record: dict[str, Any], details: dict[str, np.ndarray]) -> Result:
        """The result that :meth:`record` was made of; its arrays are kept beside it, and are ``details``."""
        null, interval = record["null"], record["interval"]
        return cls(
            name=record["analysis"],
            value=float("nan") if record["value"] is None else float(record["value"]),
            interval=None if interval is None else (interval[0], interval[1]),
            null=None if null is None else NullSample(null["name"], null["mean"], null["sd"], tuple(null["draws"])),
            details=details,
            notes=record["notes"],
            meta=record["meta"],
        )

    def __str__(self) -> str:
        parts = [f"{self.name} = {self.value:.6g}"]
        if not np.isfinite(self.value) and self.notes.get("why"):
            parts.append(f"({self.notes['why']})")
        if self.interval:
            parts.append(f"[{self.interval[0]:.4g}, {self.interval[1]:.4g}]")
        if self.null:
            parts.append(f"({self.null.name}: {self.null.mean:.4g} ± {self.null.sd:.3g})")
        return " ".join(parts)
