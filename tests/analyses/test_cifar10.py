"""Analyses of third-party CIFAR-10 ResNets (pooled features) give the values that two independent derivations gave, to 0.5 %."""

from __future__ import annotations

from pathlib import Path

import pytest

from repgeom_core import measure
from repgeom_core.bundle import Bundle, open_bundle

BUNDLE = Path(__file__).resolve().parents[2] / ".repgeom" / "bundles" / "cifar10_resnets"
MADE_BY = "repgeom extract examples/cifar10_resnets.toml --out .repgeom/bundles/cifar10_resnets"
pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not (BUNDLE / "manifest.json").exists(), reason=f"the CIFAR-10 bundle is not here; make it with: {MADE_BY}"),
]
NEEDS_HEAD = ("self_duality_error", "nc4_agreement")
EXPECTED = {
    "test": {
        "nc1_pinv": (0.4956, 0.3509),
        "nc1_quotient": (0.5743, 0.4854),
        "self_duality_error": (0.3299, 0.3011),
        "nc4_agreement": (0.9730, 0.9879),
        "cdnv": (0.2880, 0.2310),
        "participation_ratio": (9.093, 10.149),
        "twonn": (14.93, 14.04),
    },
    "train": {
        "nc1_pinv": (0.3489, 0.2094),
        "nc1_quotient": (0.4666, 0.3521),
        "self_duality_error": (0.3074, 0.2901),
        "cdnv": (0.2254, 0.1624),
        "participation_ratio": (9.195, 10.203),
    },
}


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return open_bundle(BUNDLE)


@pytest.mark.parametrize(("split", "name"), [(split, name) for split, names in EXPECTED.items() for name in names])
def test_values_are_those_of_two_derivations(bundle: Bundle, split: str, name: str) -> None:
    rows = bundle.rows(split)
    for checkpoint, expected in zip(("resnet20", "resnet56"), EXPECTED[split][name], strict=True):
        head = bundle.head(checkpoint)
        assert head is not None
        W, b = (head.W, head.b) if name in NEEDS_HEAD else (None, None)
        X = bundle.features("features", checkpoint).take(rows)
        found = measure(name, X, bundle.y[rows], W, b, interval=False, null=False)
        assert found.value == pytest.approx(expected, rel=0.005)
