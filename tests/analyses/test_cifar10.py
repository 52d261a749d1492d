"""Analyses of third-party CIFAR-10 ResNets (pooled features) give the values that two independent derivations gave, to 0.5 %."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.cifar10_acceptance import CHECKPOINTS, FIGURES
from repgeom_core import measure
from repgeom_core.bundle import Bundle, open_bundle

BUNDLE = Path(__file__).resolve().parents[2] / ".repgeom" / "bundles" / "cifar10_resnets"
MADE_BY = "repgeom extract examples/cifar10_resnets.toml --out .repgeom/bundles/cifar10_resnets"
pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not (BUNDLE / "manifest.json").exists(), reason=f"the CIFAR-10 bundle is not here; make it with: {MADE_BY}"),
]
NEEDS_HEAD = ("self_duality_error", "nc4_agreement")


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return open_bundle(BUNDLE)


@pytest.mark.parametrize(("split", "name"), [(split, name) for split, names in FIGURES.items() for name in names])
def test_values_are_those_of_two_derivations(bundle: Bundle, split: str, name: str) -> None:
    rows = bundle.rows(split)
    for checkpoint, expected in zip(CHECKPOINTS, FIGURES[split][name], strict=True):
        head = bundle.head(checkpoint)
        assert head is not None
        W, b = (head.W, head.b) if name in NEEDS_HEAD else (None, None)
        X = bundle.features("features", checkpoint).take(rows)
        found = measure(name, X, bundle.y[rows], W, b, interval=False, null=False)
        assert found.value == pytest.approx(expected, rel=0.005)
