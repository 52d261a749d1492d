"""A treemap as one HTML file that needs no server and no network: for papers, classes, colleagues."""

from __future__ import annotations

import base64
import html
import json
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from repgeom_core.errors import RepGeomError
from repgeom_core.figures.palette import encode_column
from repgeom_core.suggest import did_you_mean
from repgeom_core.views import payloads
from repgeom_core.views.central_order import short_vectors
from repgeom_core.views.node_values import NodeValues, node_values

if TYPE_CHECKING:
    from repgeom_core.bundle import Bundle
    from repgeom_core.hierarchy.bundle_trees import BundleTree
    from repgeom_core.hierarchy.tree import Tree
    from repgeom_core.views.payloads import Payload

SCRIPT = Path(__file__).parents[2] / "assets" / "components" / "dist" / "offline.js"
SPRITES = "thumbnails"
MOST_VECTORS = 50_000  # samples: the order of centrality takes 33 bytes of each, a sparkline 64
POINTS = 64  # of a sparkline
# Nothing is fetched: the browser itself forbids it.
POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"


class OfflineError(RepGeomError):
    """The page cannot be made as asked."""


class OfflinePage(NamedTuple):
    """A page (UTF-8), and what it could not hold: the page says so, too."""

    data: bytes
    left_out: tuple[str, ...]


def offline_page(
    bundle: Bundle,
    bundle_tree: BundleTree,
    checkpoint: str,
    title: str,
    k: int = 20,
    colour: str = "accuracy",
    thumbnails: bool = True,
    neighbours: np.ndarray | None = None,
    layer: str | None = None,
) -> OfflinePage:
    """The treemap of a bundle's tree as a page that opens from a file: scripts, data and thumbnails lie in it.

    What it holds of the samples are id, label, prediction and all other columns of the table at ``checkpoint``, and the thumbnails of the
    tree's samples unless ``thumbnails`` is false. ``k`` clusters are shown at first, coloured by ``colour``, one of
    :func:`repgeom_core.views.node_values.node_values`; where the data have no accuracy, by what they do have. ``neighbours (n, k)`` are
    leaves, for the details of a sample. With the ``layer`` that the tree is of, up to ``MOST_VECTORS`` samples can be shown most central
    first, and samples without picture and text are shown as sparklines of their vectors.

    Raises:
        OfflineError: an unknown colour.
    """
    tree, rows = bundle_tree.tree, bundle_tree.rows
    samples = bundle.samples(checkpoint).iloc[rows].reset_index(drop=True)
    classes, y = bundle.classes, bundle.y[rows]
    predicted = bundle.predicted(checkpoint)
    predictions = None if predicted is None else predicted[rows]
    values = node_values(tree, samples, y, predictions, classes)
    nodes = [found.packed() for found in values]
    wrong = bundle.wrong(checkpoint)
    sent = _messages(bundle_tree, samples, y, predictions, None if wrong is None else wrong[rows], classes, values)
    if neighbours is not None:
        sent["neighbours"] = payloads.pack_neighbours(neighbours)
    pictures = thumbnails and bundle.thumbnails is not None
    left_out = sent["columns"].left_out
    if layer is not None:
        drawn = not pictures and "text" not in samples
        if tree.n <= MOST_VECTORS:
            sent |= _vectors(bundle.features(layer, checkpoint).take(rows), drawn)
        else:
            left_out += (f"the order of centrality{' and the sparklines' if drawn else ''} (of more than {MOST_VECTORS:,} samples)",)
    page: dict[str, Any] = {
        "title": title,
        "about": _about(bundle, checkpoint, tree, left_out),
        "k": int(k),
        "colours": [{"name": found.name, "nodes": payload.digest} for found, payload in zip(values, nodes, strict=True)],
        "colour": _first_colour(values, colour),
        "handles": {name: payload.digest for name, payload in sent.items()},
        "text": "text" if "text" in samples else None,
        "sprites": None,
    }
    sheets: list[bytes] = []
    if pictures and bundle.thumbnails is not None:
        own = bundle.thumbnails if np.array_equal(rows, np.arange(bundle.n)) else bundle.thumbnails.of_rows(rows)
        sheets = [own.sheet_bytes(number) for number in range(-(-len(rows) // own.cells))]
        page["sprites"] = {"set": SPRITES, "cells": own.cells, "columns": own.columns, "width": own.size[0], "height": own.size[1]}
    return OfflinePage(_html(title, page, [*sent.values(), *nodes], sheets), left_out)


def _about(bundle: Bundle, checkpoint: str, tree: Tree, left_out: tuple[str, ...]) -> str:
    said = f"{bundle.name}, {checkpoint}: {tree.n:,} samples, {tree.method.replace('_', ' ')} linkage"
    return f"{said}. Too large for this page: {', '.join(left_out)}" if left_out else said


def _messages(
    bundle_tree: BundleTree,
    samples: pd.DataFrame,
    y: np.ndarray,
    predictions: np.ndarray | None,
    wrong: np.ndarray | None,
    classes: tuple[str, ...],
    values: list[NodeValues],
) -> dict[str, Payload]:
    """What the treemap and the page around it draw, besides the colours of the nodes."""
    tree, known = bundle_tree.tree, {found.name: found.values for found in values}
    sent = {
        "tree": payloads.pack_tree(tree),
        "columns": payloads.pack_columns(samples[["id", *(c for c in samples.columns if c != "id")]]),
        "labels": payloads.pack_labels(y, predictions, classes),
    }
    wrong = wrong if "accuracy" in known else None  # the bundle may know of other samples than these
    if wrong is not None:
        sent["errors"] = payloads.pack_flags(wrong)
    if "majority class" in known:
        majority = np.nan_to_num(known["majority class"], nan=-1).astype(int)
        errors = None if wrong is None else tree.sums(wrong)
        sent["node_labels"] = payloads.pack_node_labels(majority, classes, known.get("accuracy"), errors)
        sent["colours"] = payloads.pack_colours(encode_column(samples["label"]))
    return sent


def _vectors(X: np.ndarray, drawn: bool) -> dict[str, Payload]:
    """For the order of centrality, where all features are finite, and the sparklines."""
    sent = {"vectors": payloads.pack_vectors(short_vectors(X))} if np.isfinite(X).all() else {}
    return {**sent, "sparks": payloads.pack_sparks(X, POINTS)} if drawn else sent


def _first_colour(values: list[NodeValues], colour: str) -> str:
    names = [found.name for found in values]
    if colour in names:
        return colour
    if colour != "accuracy":
        raise OfflineError(f"The boxes of this tree cannot be coloured by {colour!r}. {did_you_mean(colour, names)}")
    return names[0]


def _html(title: str, page: dict[str, Any], sent: list[Payload], sheets: list[bytes]) -> bytes:
    if not SCRIPT.exists():
        raise OfflineError(f"{SCRIPT} is missing: it comes with RepGeom's source.")
    script = SCRIPT.read_text(encoding="utf-8").replace("</script", "<\\/script")
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{html.escape(title)}</title></head><body>",
        f'<script type="application/json" id="page">{_json(page)}</script>',
    ]
    for payload in sent:
        packed = base64.b64encode(zlib.compress(payload.data, 6)).decode()
        parts.append(f'<script type="text/plain" class="payload" data-digest="{payload.digest}">{packed}</script>')
    parts += [f'<script type="text/plain" class="sheet">{base64.b64encode(sheet).decode()}</script>' for sheet in sheets]
    parts.append(f'<noscript>This page draws with JavaScript.</noscript>\n<script type="module">\n{script}</script></body></html>\n')
    return "\n".join(parts).encode()


def _json(value: dict[str, Any]) -> str:
    """JSON that cannot end the script element it stands in."""
    return json.dumps(value).replace("<", "\\u003c")
