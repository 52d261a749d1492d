"""Opening a bundle of 1,000,000 x 512: seconds and memory, against loading the same features with numpy.

    python benchmarks/bundle.py [--rows 1000000] [--folder DIR]

The bundle (2 GB) is made once in a temporary folder. Each figure is the median of five fresh processes; memory is what the process
holds after opening beyond what it held after its imports.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

OPEN = """
import json, resource, sys, time
import numpy as np, pandas, pyarrow.parquet
from repgeom_core.bundle import open_bundle
def megabytes():
    return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize() / 1e6
before, start = megabytes(), time.perf_counter()
bundle = open_bundle(sys.argv[1])
opened, memory = time.perf_counter() - start, megabytes() - before
start = time.perf_counter(); X = bundle.features("features", "only")
rows = np.random.default_rng(0).integers(0, bundle.n, 2000); X.take(rows); gather = time.perf_counter() - start
start = time.perf_counter(); bundle.samples("only"); table = time.perf_counter() - start
start = time.perf_counter(); np.asarray(X); load = time.perf_counter() - start
print(json.dumps(dict(open=opened, memory=memory, gather=gather, table=table, load=load, whole=megabytes())))
"""


def make(folder: Path, rows: int) -> Path:
    from repgeom_core.bundle import create_bundle
    from repgeom_core.sources.dataset import Dataset

    classes = tuple(f"class {i}" for i in range(100))
    samples = pd.DataFrame(
        {
            "id": [f"sample-{i:07d}" for i in range(rows)],
            "label": pd.Categorical.from_codes(np.arange(rows) % 100, categories=pd.Index(classes)),
        }
    )
    writer = create_bundle(folder / "large", Dataset("large", samples, classes))
    shards = writer.shards("only", "features", 512)
    rng = np.random.default_rng(0)
    for start in range(0, rows, 16_384):
        shards.append(rng.standard_normal((min(16_384, rows - start), 512), dtype=np.float32))
    writer.finish_checkpoint("only")
    return folder / "large"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        path = make(Path(folder), arguments.rows)
        runs = [
            json.loads(subprocess.run([sys.executable, "-c", OPEN, str(path)], capture_output=True, text=True, check=True).stdout)
            for _ in range(5)
        ]
    median = {name: statistics.median(run[name] for run in runs) for name in runs[0]}
    print(
        f"open {arguments.rows:,} x 512: {median['open']:.3f} s, {median['memory']:.0f} MB"
        f" | reading all of it: {median['load']:.2f} s ({median['load'] / median['open']:.0f} x as long)"
        f" | 2,000 random rows {median['gather'] * 1e3:.0f} ms | sample table {median['table']:.2f} s"
    )


if __name__ == "__main__":
    main()
