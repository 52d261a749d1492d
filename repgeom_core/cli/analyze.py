"""Run one analysis on layers of a bundle, with its interval and its null; results are kept in the bundle.

examples:
  repgeom analyze .repgeom/bundles/demo --analysis nc1_pinv
  repgeom analyze .repgeom/bundles/demo --analysis nc1_pinv --layer features --checkpoint step-02800 --split test
  repgeom analyze .repgeom/bundles/demo --analysis mle_id --param k=10 --no-null --json | jq .value
  repgeom analyze .repgeom/bundles/demo --analysis nc1_pinv --layer features --rows rows.npy
"""

from __future__ import annotations

import argparse
import json
import math
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from repgeom_core.cli.parsing import add_progress
from repgeom_core.cli.table import table
from repgeom_core.errors import GeometryError
from repgeom_core.progress import JsonProgress, Progress
from repgeom_core.sentences import closed

if TYPE_CHECKING:
    from repgeom_core.analyses.result import Result
    from repgeom_core.bundle import Bundle


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("bundle", type=Path, metavar="BUNDLE")
    parser.add_argument("--analysis", required=True, metavar="NAME", help="a name that `repgeom analyses` lists")
    parser.add_argument("--layer", metavar="L", help="(default: all)")
    parser.add_argument("--checkpoint", metavar="C", help="(default: all)")
    samples = parser.add_mutually_exclusive_group()
    samples.add_argument("--split", default="all", metavar="S", help="(default: all samples)")
    samples.add_argument(
        "--rows",
        type=Path,
        metavar="FILE",
        help="only these samples: a .npy file of their row numbers in the bundle (whole numbers from 0, each once)",
    )
    parser.add_argument("--param", action="append", default=[], type=_pair, metavar="K=V", help="a parameter of the analysis; repeatable")
    parser.add_argument("--no-interval", action="store_true", help="leave out the interval over samples: faster")
    parser.add_argument("--no-null", action="store_true", help="leave out the null model: faster")
    parser.add_argument("--json", action="store_true", help="one JSON object a line for each layer and checkpoint, on stdout")
    add_progress(parser)


def run(args: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    from repgeom_core.analyses.evaluate import lacking
    from repgeom_core.analyses.parameters import parsed
    from repgeom_core.analyses.registry import find
    from repgeom_core.analyses.run import analyze, inputs_of, unavailable
    from repgeom_core.bundle import open_bundle
    from repgeom_core.selection.row_file import read_rows

    if args.json and isinstance(progress, JsonProgress):
        args.parser.error("--json and --progress json both write to stdout: choose one")
    declared = find(args.analysis)
    parameters = parsed(declared.name, declared.parameters, dict(args.param))
    bundle = open_bundle(args.bundle)
    bundle.rows(args.split)
    rows = None if args.rows is None else read_rows(args.rows, bundle.n)
    checkpoints = [bundle.checkpoint(args.checkpoint)] if args.checkpoint else list(bundle.checkpoints)
    places = [(c.name, layer) for c in checkpoints for layer in ([args.layer] if args.layer else c.layers)]
    found: list[tuple[str, str, Result | str]] = []
    for done, (checkpoint, layer) in enumerate(places):
        if len(places) > 1:
            progress.update(declared.name, done, len(places))
        outcome: Result | str | None = unavailable(bundle, declared.name, layer, checkpoint, args.split, rows)
        if outcome is None:
            try:
                outcome = analyze(
                    bundle,
                    declared.name,
                    layer,
                    checkpoint,
                    args.split,
                    rows,
                    interval=not args.no_interval,
                    null=not args.no_null,
                    progress=progress if len(places) == 1 else Within(progress, f"{layer} at {checkpoint}"),
                    **parameters,
                )
            except GeometryError as error:
                outcome = str(error)
        found.append((checkpoint, layer, outcome))
    progress.update(declared.name, len(places), len(places))
    reasons = [outcome for _, _, outcome in found if isinstance(outcome, str)]
    if len(reasons) == len(found):
        if not found:
            raise GeometryError(f"{declared.name}: the bundle has no {'layers' if checkpoints else 'checkpoints yet'}.")
        checkpoint, layer, _ = found[0]
        wanted = lacking(declared, inputs_of(bundle, layer, checkpoint, args.split, rows))
        remedies = [_remedy(need, bundle, checkpoint) for need in wanted if need in REMEDIES]
        raise GeometryError(f"{declared.name}: {'. '.join([closed(reasons[0])[:-1], *remedies])}.")
    samples = {"split": args.split} if args.rows is None else {"rows": str(args.rows)}
    lines = [json.dumps(_plain(place, samples)) for place in found] if args.json else [_for_people(found)]
    return {"bundle": str(bundle.path), "message": "\n".join(lines)}


# What to do where a bundle lacks what an analysis needs.
REMEDIES = {
    "labels": "Import data with a column of classes (repgeom import PATH --role COLUMN=label), or choose samples that have labels",
    "head": "Import W and b with the features (--role W=weight --role b=bias), or extract them from a model that ends in a linear layer",
    "predictions": "Import data with a column of predictions (repgeom import PATH --role COLUMN=prediction)",
    "columns": "Import a parquet file with a second column of classes of type category (pandas: astype('category'))",
    "views": "Only Python can give them: repgeom_core.measure(NAME, X, views=...)",
}


def _remedy(need: str, bundle: Bundle, checkpoint: str) -> str:
    head = bundle.head(checkpoint) if need == "head" else None
    return REMEDIES[need] if head is None else f"The classifier reads the layer {head.layer!r}: --layer {shlex.quote(head.layer)}"


class Within(Progress):
    """Progress of one of several places, which its stages then name."""

    def __init__(self, outer: Progress, place: str) -> None:
        super().__init__()
        self._outer, self._place = outer, place

    def update(self, stage: str, done: int, total: int) -> None:
        self._outer.update(f"{self._place}: {stage}", done, total)


def _plain(place: tuple[str, str, Result | str], samples: dict[str, str]) -> dict[str, Any]:
    checkpoint, layer, outcome = place
    where = {"checkpoint": checkpoint, "layer": layer, **samples}
    record = _json_numbers({**where, **({"unavailable": outcome} if isinstance(outcome, str) else outcome.record())})
    assert isinstance(record, dict)
    return record


def _json_numbers(value: Any) -> Any:
    """NaN and infinities as null: JSON has no word for them."""
    if isinstance(value, dict):
        return {name: _json_numbers(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_json_numbers(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _for_people(found: list[tuple[str, str, Result | str]]) -> str:
    rows = []
    for checkpoint, layer, outcome in found:
        if isinstance(outcome, str):
            rows.append([checkpoint, layer, None, "", "", "", outcome])
            continue
        n, notes = outcome.meta["n"], dict(outcome.notes)
        if outcome.meta["cap"] is not None:
            notes["subsample of"] = outcome.meta["given"]
        rows.append(
            [
                checkpoint,
                layer,
                n,
                f"{outcome.value:.6g}",
                "" if outcome.interval is None else f"[{outcome.interval[0]:.4g}, {outcome.interval[1]:.4g}]",
                "" if outcome.null is None else f"{outcome.null.mean:.4g} ± {outcome.null.sd:.2g}",
                "; ".join(f"{name}: {_short(value)}" for name, value in notes.items()),
            ]
        )
    results = [outcome for _, _, outcome in found if not isinstance(outcome, str)]
    null = results[0].null
    header = ["checkpoint", "layer", "n", results[0].name, "95 %", f"null ({null.name})" if null else "null", "notes"]
    kept = [i for i, name in enumerate(header) if i < 4 or any(row[i] for row in rows)]
    how = [] if results[0].interval is None else [f"Interval: {results[0].meta['interval']}."]
    return "\n".join([table([header[i] for i in kept], [[row[i] for i in kept] for row in rows]), *how])


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _pair(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not (separator and name):
        raise argparse.ArgumentTypeError(f"expected NAME=VALUE, got {text!r}")
    return name.strip(), value
