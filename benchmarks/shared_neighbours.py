"""What dimension, hubness and local measures of 50,000 x 512 add to the neighbour graph that they share.

    python -m benchmarks.shared_neighbours [--n 50000] [--repeats 3]

The graph holds the 64 nearest neighbours, which every default asks for at most. All measures give their value with everything per sample,
without interval and null (those repeat the search on other samples). Prints medians in seconds, and the share that the measures add.
"""

from __future__ import annotations

import argparse
import statistics
import time

from benchmarks.neighbours import labelled_mixture
from repgeom_core.analyses.evaluate import evaluate
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.registry import find

MEASURES = ("twonn", "twonn_fit", "mle_id", "gride", "local_dimension", "hubness")
K = 64


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=50_000)
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    X, y = labelled_mixture(arguments.n, 512)
    Inputs(X[:2000], y[:2000]).neighbours(K)  # loops are compiled
    graph: list[float] = []
    added: dict[str, list[float]] = {name: [] for name in MEASURES}
    for _ in range(arguments.repeats):
        data = Inputs(X, y)
        start = time.perf_counter()
        data.neighbours(K)
        graph.append(time.perf_counter() - start)
        for name in MEASURES:
            declared = find(name)
            start = time.perf_counter()
            result = evaluate(declared, data, declared.validated({}), interval=False, null=False)
            added[name].append(time.perf_counter() - start)
            assert result.meta["n"] == arguments.n, f"{name} took a sample"
    search, costs = statistics.median(graph), {name: statistics.median(times) for name, times in added.items()}
    for name, cost in costs.items():
        print(f"{name:18s} {cost:6.3f} s")
    print(f"graph of {K} neighbours {search:.2f} s; all measures add {sum(costs.values()):.2f} s: {sum(costs.values()) / search:.1%}")


if __name__ == "__main__":
    main()
