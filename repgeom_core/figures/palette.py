"""Colours: palettes for classes, ramps for numbers, and the colour codes of a column.

Class colours are chosen greedily in OKLab, each as far as possible from those before it, seen by normal eyes and as
simulated for protanopia and deuteranopia (Machado, Oliveira & Fernandes 2009, severity 1).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from repgeom_core.errors import RepGeomError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MAX_CATEGORIES = 65_535
"""Category codes travel as uint16 and the highest one means "missing"."""

DISTINCT_COLOURS = 256
"""Beyond this many categories colours repeat."""

FEW_INTEGERS = 20
"""Integer columns with at most this many distinct values are coloured as categories."""

ROBUST_PERCENTILES = (1.0, 99.0)
"""A ramp spans these percentiles, so that one outlier does not flatten all the rest."""

READABLE = 4.5
"""The least contrast of small writing with its ground (WCAG)."""

# Okabe & Ito (2008) without black, and without yellow, which does not show on white.
RIGHT, WRONG = "#0072b2", "#d55e00"
"""Of predictions, in all views."""

_SEEDS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00")

_TO_LMS = np.array(
    [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566], [0.0883024619, 0.2817188376, 0.6299787005]]
)
_TO_LAB = np.array(
    [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099], [0.0259040371, 0.7827717662, -0.8086757660]]
)
_PROTANOPIA = np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]])
_DEUTERANOPIA = np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]])
# Dichromats see a plane of the colour space; their distances weigh a little more, so that lightness varies too.
_DICHROMAT_WEIGHT = 1.25

_RAMPS = {
    "viridis": "#440154 #482475 #414487 #355f8d #2a788e #21918c #22a884 #44bf70 #7ad151 #bddf26 #fde725",
    "cividis": "#00224e #083370 #35456c #4f576c #666970 #7d7c78 #948e77 #aea371 #c8b866 #e5cf52 #fee838",
    "diverging": "#2166ac #4393c3 #92c5de #c4dbe8 #dcdcdc #eccdbd #f4a582 #d6604d #b2182b",
}


class ColourError(RepGeomError):
    """A column cannot be turned into colours."""


@dataclass(frozen=True)
class Colours:
    """The colour code of every sample and what the codes mean.

    ``codes`` is (n,) uint8 or uint16; its type's highest value means *missing*. Categorical: code k is ``labels[k]``, drawn in
    ``palette[k]``, and ``counts[k]`` samples have it. Continuous: codes 0..254 run from ``low`` to ``high``; ``below`` and ``above``
    samples lie outside that range and have its end colours.
    """

    kind: Literal["categorical", "continuous"]
    codes: NDArray[np.uint8] | NDArray[np.uint16]
    palette: NDArray[np.uint8]
    title: str = ""
    labels: tuple[str, ...] = ()
    counts: NDArray[np.uint32] = field(default_factory=lambda: np.zeros(0, np.uint32))
    missing: int = 0
    low: float = 0.0
    high: float = 0.0
    below: int = 0
    above: int = 0
    units: str = ""

    @property
    def missing_code(self) -> int:
        """The code of samples without a value: 255 or 65535."""
        return int(np.iinfo(self.codes.dtype).max)


def _from_hex(colours: str) -> NDArray[np.uint8]:
    return np.array([[int(c[k : k + 2], 16) for k in (1, 3, 5)] for c in colours.split()], dtype=np.uint8)


def _linear(rgb: NDArray[Any]) -> NDArray[np.float64]:
    s = np.asarray(rgb, dtype=np.float64) / 255
    return np.where(s <= 0.04045, s / 12.92, ((s + 0.055) / 1.055) ** 2.4)


def _oklab(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.cbrt(np.clip(linear, 0, 1) @ _TO_LMS.T) @ _TO_LAB.T


def perceived(rgb: NDArray[np.uint8]) -> NDArray[np.float64]:
    """OKLab coordinates (3, k, 3) of colours (k, 3): as seen normally, with protanopia, and with deuteranopia."""
    linear = _linear(rgb)
    return np.stack([_oklab(linear), _oklab(linear @ _PROTANOPIA.T), _oklab(linear @ _DEUTERANOPIA.T)])


def _candidates() -> NDArray[np.uint8]:
    """sRGB colours that show on white and on black alike and do not glare: middle lightness, middle chroma."""
    levels = np.arange(0, 256, 12, dtype=np.uint8)
    rgb = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1).reshape(-1, 3)
    lab = _oklab(_linear(rgb))
    chroma = np.hypot(lab[:, 1], lab[:, 2])
    return rgb[(lab[:, 0] > 0.46) & (lab[:, 0] < 0.84) & (chroma > 0.05) & (chroma < 0.19)]


@lru_cache(maxsize=1)
def _distinct() -> NDArray[np.uint8]:
    """The palette's DISTINCT_COLOURS colours, in order."""
    candidates = _candidates()
    seen = perceived(candidates)
    weights = np.array([1.0, _DICHROMAT_WEIGHT, _DICHROMAT_WEIGHT])

    def separation(colour: NDArray[np.uint8]) -> NDArray[np.float64]:
        return (np.linalg.norm(seen - perceived(colour[None]), axis=2) * weights[:, None]).min(axis=0)

    chosen = list(_from_hex(" ".join(_SEEDS)))
    nearest = np.min([separation(colour) for colour in chosen], axis=0)
    while len(chosen) < DISTINCT_COLOURS:
        best = candidates[int(np.argmax(nearest))]
        chosen.append(best)
        nearest = np.minimum(nearest, separation(best))
    palette = np.array(chosen, dtype=np.uint8)
    palette.setflags(write=False)
    return palette


def categorical_palette(k: int) -> NDArray[np.uint8]:
    """RGB colours (k, 3) for k categories, always the same; the first of a longer palette are a shorter one.

    Beyond ``DISTINCT_COLOURS`` they repeat from the start.
    """
    return _distinct()[np.arange(k) % DISTINCT_COLOURS]


def continuous_ramp(name: str = "viridis") -> NDArray[np.uint8]:
    """A ramp (256, 3) from low to high: "viridis", "cividis" (made for colour-blind eyes) or "diverging" (blue, grey, red).

    Raises ColourError for another name.
    """
    if name not in _RAMPS:
        raise ColourError(f"Expected a ramp out of {', '.join(_RAMPS)}, got {name!r}.")
    stops = _from_hex(_RAMPS[name]).astype(np.float64)
    at = np.linspace(0, len(stops) - 1, 256)
    return np.stack([np.interp(at, np.arange(len(stops)), stops[:, c]) for c in range(3)], axis=1).round().astype(np.uint8)


def hex_colours(palette: NDArray[np.uint8]) -> list[str]:
    """The palette's colours as "#rrggbb", for plotly."""
    return [f"#{r:02x}{g:02x}{b:02x}" for r, g, b in palette.tolist()]


def encode_column(
    column: pd.Series, title: str | None = None, ramp: str = "viridis", units: str = "", limits: tuple[float, float] | None = None
) -> Colours:
    """Colours of a column (n,): categories for strings, booleans, categoricals and few integers, a ramp for other numbers.

    A ramp spans ``limits``, else the 1st to 99th percentile (a diverging one symmetrically about 0). NaN, None and infinities are
    missing. Raises ColourError when there are more than 65,535 categories.
    """
    name = str(column.name if title is None else title)
    if _is_categorical(column):
        return _encode_categories(column, name)
    values = np.asarray(pd.to_numeric(column), dtype=np.float64)
    finite = np.isfinite(values)
    known = values[finite]
    low, high = limits if limits is not None else _robust_range(known, symmetric=ramp == "diverging")
    span = high - low
    codes = np.full(len(values), 255, dtype=np.uint8)
    codes[finite] = np.clip(np.round((known - low) / span * 254), 0, 254) if span > 0 else 127
    return Colours(
        "continuous", codes, continuous_ramp(ramp), name, missing=int((~finite).sum()), low=low, high=high,
        below=int((known < low).sum()), above=int((known > high).sum()), units=units,
    )  # fmt: skip


def _is_categorical(column: pd.Series) -> bool:
    if pd.api.types.is_bool_dtype(column) or not pd.api.types.is_numeric_dtype(column):
        return True
    return pd.api.types.is_integer_dtype(column) and column.nunique() <= FEW_INTEGERS


def _encode_categories(column: pd.Series, title: str) -> Colours:
    if isinstance(column.dtype, pd.CategoricalDtype):
        raw, labels = column.cat.codes.to_numpy(), column.cat.categories
    else:
        raw, found = pd.factorize(column, sort=False)
        labels = pd.Index(found)
        try:
            order = np.argsort(labels.to_numpy())
        except TypeError:  # values of different types have no order: keep that of their appearance
            order = np.arange(len(labels))
        rank = np.empty(len(order) + 1, dtype=np.int64)
        rank[order], rank[-1] = np.arange(len(order)), -1
        raw, labels = rank[raw], labels[order]
    k = len(labels)
    if k > MAX_CATEGORIES:
        raise ColourError(
            f"Column {title!r} has {k:,} different values; at most {MAX_CATEGORIES:,} can be coloured. Colour by another column."
        )
    known = raw >= 0
    codes: NDArray[np.uint8] | NDArray[np.uint16]
    if k <= 255:
        codes = np.where(known, raw, 255).astype(np.uint8)
    else:
        codes = np.where(known, raw, 65_535).astype(np.uint16)
    counts = np.bincount(raw[known], minlength=k).astype(np.uint32)
    palette = categorical_palette(k)
    if title == "correct" and set(map(str, labels)) <= {"True", "False"}:
        palette = _from_hex(" ".join(RIGHT if str(label) == "True" else WRONG for label in labels)) if k else palette
    return Colours("categorical", codes, palette, title, tuple(map(str, labels)), counts, int((~known).sum()))


def ink(rgb: Sequence[float] | NDArray[np.float64]) -> str:
    """The colour of writing on a ground (3,) of sRGB values 0..255, with a contrast (WCAG) of 4.5 at least: dark or white, on some middle
    greys black."""
    light = float(_linear(np.asarray(rgb)) @ (0.2126, 0.7152, 0.0722)) + 0.05
    if light / 0.0670817 >= READABLE:
        return "#1B2430"
    return "#FFFFFF" if 1.05 / light >= READABLE else "#000000"


def _robust_range(known: NDArray[np.float64], *, symmetric: bool) -> tuple[float, float]:
    if len(known) == 0:
        return 0.0, 0.0
    low, high = (float(v) for v in np.percentile(known, ROBUST_PERCENTILES))
    if low == high:
        low, high = float(known.min()), float(known.max())
    if symmetric:
        high = max(abs(low), abs(high))
        low = -high
    return low, high
