"""The published ResNets on CIFAR-10, from checkpoint to figures: accuracies and collapse figures against two independent derivations.

    python benchmarks/cifar10_acceptance.py [--bundle DIR]

Needs ../shared/data (third-party checkpoints and images). Without ``--bundle`` it extracts examples/cifar10_resnets.toml first
(some minutes on two cores). Exits with 1 if a figure is off by more than its tolerance: 0.0003 for accuracies, 0.5 % for the others.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from repgeom_core.analyses import analyze
from repgeom_core.bundle import Bundle, open_bundle

ROOT = Path(__file__).parents[1]
CHECKPOINTS = ("resnet20", "resnet56")
ACCURACY = {"test": (0.9173, 0.9339), "train": (0.9980, 1.0000)}
FIGURES = {
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


def compare(bundle: Bundle) -> bool:
    fine = True
    print(f"{'figure':22}{'split':7}" + "".join(f"{name:>12}{'expected':>10}" for name in CHECKPOINTS))
    for split, expected in ACCURACY.items():
        found = [bundle.checkpoint(name).accuracy[split] for name in CHECKPOINTS]
        fine &= all(abs(f - e) <= 0.0003 for f, e in zip(found, expected, strict=True))
        print(f"{'accuracy':22}{split:7}" + "".join(f"{f:12.4f}{e:10.4f}" for f, e in zip(found, expected, strict=True)))
    for split, figures in FIGURES.items():
        for name, expected in figures.items():
            found = [analyze(bundle, name, "features", c, split, interval=False, null=False).value for c in CHECKPOINTS]
            fine &= all(abs(f / e - 1) <= 0.005 for f, e in zip(found, expected, strict=True))
            print(f"{name:22}{split:7}" + "".join(f"{f:12.4f}{e:10.4f}" for f, e in zip(found, expected, strict=True)))
    return fine


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bundle", type=Path)
    arguments = parser.parse_args()
    if arguments.bundle:
        fine = compare(open_bundle(arguments.bundle))
    else:
        from repgeom_core.extract import extract, load_recipe
        from repgeom_core.progress import BarProgress

        with tempfile.TemporaryDirectory() as folder:
            fine = compare(
                open_bundle(extract(load_recipe(ROOT / "examples" / "cifar10_resnets.toml"), Path(folder) / "b", progress=BarProgress()))
            )
    print("all within tolerance" if fine else "NOT all within tolerance")
    sys.exit(not fine)


if __name__ == "__main__":
    main()
