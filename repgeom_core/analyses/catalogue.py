"""All analyses as a page of documentation: ``python -m repgeom_core.analyses.catalogue > docs/analyses.md``."""

from __future__ import annotations

from typing import Any

from repgeom_core.analyses.contract import INVARIANCES, NEEDS, Analysis
from repgeom_core.analyses.parameters import Choice, Float, Int
from repgeom_core.analyses.registry import families

INTERVALS = {
    "groups": "bootstrap over groups of samples; jackknife where that is biased",
    "jackknife": "jackknife over groups of samples",
    "rows": "bootstrap over samples; random halves where that is biased",
    "halves": "random halves",
    "none": "none",
}
INTRODUCTION = """# Analyses

Generated from the declarations by `python -m repgeom_core.analyses.catalogue > docs/analyses.md`; do not edit. How to add one:
[adding_an_analysis.md](adding_an_analysis.md). Run any of them with `repgeom analyze BUNDLE --analysis NAME`, or in Python:

```python
from repgeom_core import measure
result = measure("nc1_pinv", X, y)
result.value, result.interval, result.null, result.details, result.meta
```

Each is tested against the *oracle* and the *truths* named here. Contract tests check for every one that its invariances hold and
no other does, that the order of samples does not matter, that float32 agrees with float64, and that data at the edge of sense
(one class, one sample, constant features, ...) gives a number, NaN with the reason, or one clear sentence.
"""


def description(declared: Analysis) -> dict[str, Any]:
    """Everything a declaration says, as plain values."""
    return {
        "name": declared.name,
        "family": declared.family,
        "title": declared.title,
        "summary": declared.summary,
        "formula": declared.formula,
        "needs": sorted(declared.needs),
        "parameters": {
            name: {"default": p.default, "expected": p.expected, "help": p.help, "kind": type(p).__name__.lower()}
            for name, p in declared.parameters.items()
        },
        "invariant_to": [name for name in INVARIANCES if name in declared.invariant_to],
        "better": declared.better,
        "null": declared.null,
        "interval": declared.interval,
        "cost": declared.cost,
        "cap": declared.cap,
        "version": declared.version,
        "unit": declared.unit,
        "bounds": list(declared.bounds),
        "reference": declared.reference,
        "oracle": declared.oracle,
        "truths": declared.truths,
    }


def markdown() -> str:
    """The whole page: an index by family, what the words mean, and each analysis."""
    known = families()
    parts = [INTRODUCTION]
    for family, members in known.items():
        parts.append(f"**{family}** ({len(members)}): " + " · ".join(f"[{a.name}](#{a.name})" for a in members) + "\n")
    parts.append("## Words\n\n" + _list([(f"*{name}*", meaning) for name, meaning in INVARIANCES.items()]))
    for family, members in known.items():
        parts.append(f"## {family}\n")
        parts += [_section(declared) for declared in members]
    return "\n".join(parts)


def facts(declared: Analysis) -> list[tuple[str, str]]:
    """What is declared besides title and summary, as names and words."""
    needs = ", ".join(f"{need} ({NEEDS[need]})" if need != NEEDS[need] else need for need in sorted(declared.needs))
    return [
        ("formula", declared.formula),
        ("reference", declared.reference),
        ("oracle", declared.oracle),
        ("truths", declared.truths),
        ("invariant to", ", ".join(name for name in INVARIANCES if name in declared.invariant_to) or "nothing"),
        ("needs", needs),
        ("parameters", "; ".join(_parameter(name, p) for name, p in declared.parameters.items()) or "none"),
        ("bounds", _bounds(declared)),
        ("better", {"none": "neither way"}.get(declared.better, declared.better)),
        ("null", declared.null or "none"),
        ("interval", INTERVALS[declared.interval]),
        ("cost", declared.cost + (f"; above {declared.cap:,} samples a stratified subsample" if declared.cap else "")),
    ]


def _section(declared: Analysis) -> str:
    table = "\n".join(f"| {name} | {_cell(text)} |" for name, text in facts(declared))
    return f"### {declared.name}\n\n**{declared.title}**. {declared.summary}\n\n| | |\n|---|---|\n{table}\n"


def _parameter(name: str, parameter: Any) -> str:
    shown = f"`{name}` = {parameter.default!r}"
    within = f", {parameter.expected}" if isinstance(parameter, Int | Float | Choice) else ""
    return f"{shown}{within}: {parameter.help.rstrip('.')}"


def _bounds(declared: Analysis) -> str:
    low, high = (None if bound is None else f"{bound:g}" for bound in declared.bounds)
    text = f"{low} to {high}" if low and high else f"at least {low}" if low else f"at most {high}" if high else "none"
    return f"{text} ({declared.unit})" if declared.unit else text


def _list(pairs: list[tuple[str, str]]) -> str:
    return "\n".join(f"- {name}: {meaning}" for name, meaning in pairs) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    print(markdown(), end="")
