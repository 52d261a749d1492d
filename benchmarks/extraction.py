"""Throughput of extraction against the bare forward loop of the same model, and its peak memory at 10,000 and 50,000 images.

    python benchmarks/extraction.py                   resnet20 on the CPU, 10,000 images: goal ratio >= 0.95; peak memory: no growth
    python benchmarks/extraction.py --only speed      or memory alone
    python benchmarks/extraction.py --device cuda     resnet56 and a ViT-B-sized model, batch 512: goal ratio >= 0.9

The bare loop runs the model on batches that are already normalised and lie on the device; extraction starts from uint8
images on disk and ends with verified shards on disk. Both use the same batch size, memory format and precision, and
alternate in one process; medians of the rounds are compared. "Extraction" is from the first batch to the finished
checkpoint (predictions and digests included); "whole call" adds reading the recipe, building and tracing the model.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from repgeom_core.extract import Recipe, extract  # noqa: E402
from repgeom_core.extract.run import choose_device  # noqa: E402
from repgeom_core.models import build_model  # noqa: E402
from repgeom_core.progress import Progress  # noqa: E402

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
RESNET_LAYERS = ["stem", "layer1", "layer2", "layer3", "features"]


class Block(nn.Module):
    """Attention and a two-layer perceptron, each after a layer norm. Not torch's own block, which runs slower once it has hooks."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.project = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = self.qkv(self.norm1(x)).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        x = x + self.project(scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2))
        return x + self.mlp(self.norm2(x))


class VisionTransformer(nn.Module):
    """The size of ViT-B/16 (86 million parameters), with random weights: what matters here is its speed."""

    def __init__(self, width: int = 768, depth: int = 12, heads: int = 12, patch: int = 16, side: int = 224, classes: int = 1000) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, width, patch, patch)
        self.cls = nn.Parameter(torch.zeros(1, 1, width))
        self.position = nn.Parameter(0.02 * torch.randn(1, (side // patch) ** 2 + 1, width))
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(depth))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, classes)

    def forward(self, x: Tensor) -> Tensor:
        tokens = self.patches(x).flatten(2).transpose(1, 2)
        tokens = torch.cat([self.cls.expand(len(x), -1, -1), tokens], 1) + self.position
        for block in self.blocks:
            tokens = block(tokens)
        return self.head(self.norm(tokens)[:, 0])


def vit_b() -> VisionTransformer:
    return VisionTransformer()


class Clock(Progress):
    """When the first batch began to be waited for (the log is silent) and when a checkpoint was finished."""

    def __init__(self) -> None:
        super().__init__()
        self.first: tuple[float, int] | None = None
        self.finished = 0.0

    def update(self, stage: str, done: int, total: int) -> None:
        if stage == "extract" and self.first is None:
            self.first = (time.perf_counter(), done)
        super().update(stage, done, total)

    def log(self, message: str) -> None:
        self.finished = time.perf_counter()

    def rate(self, n: int) -> float:
        """Samples a second after the first batch, whose start nobody sees."""
        assert self.first is not None
        return (n - self.first[1]) / (self.finished - self.first[0])


def random_images(folder: Path, n: int, side: int) -> Path:
    path = folder / f"images_{n}_{side}.npy"
    rng = np.random.default_rng(0)
    images = np.lib.format.open_memmap(path, "w+", np.uint8, (n, side, side, 3))
    for start in range(0, n, 1000):
        images[start : start + 1000] = rng.integers(0, 256, images[start : start + 1000].shape, np.uint8)
    images.flush()
    return path


def recipe_for(model: dict[str, Any], layers: list[str], data: Path, **options: Any) -> Recipe:
    tables = {
        "name": "benchmark",
        "model": {**model, "python_path": [str(ROOT)]},
        "data": [{"path": str(data), "roles": {"images": "input"}}],
        "inputs": {"scale": 255, "mean": list(MEAN), "std": list(STD), "layout": "nchw"},
        "checkpoints": [{"name": "random"}],
        "extract": {"layers": layers, **options},
    }
    return Recipe.from_dict(tables, ROOT)


def bare_loop(recipe: Recipe, batches: list[Tensor], device: torch.device) -> float:
    """Samples a second of ``model(batch)`` alone."""
    assert recipe.model is not None
    torch.manual_seed(0)
    model = build_model(recipe.model, ROOT).to(device)
    if recipe.extract.channels_last:
        model = model.to(memory_format=torch.channels_last)
    precision = {"bf16": torch.bfloat16, "fp16": torch.float16}.get(recipe.extract.precision)
    with torch.inference_mode(), torch.autocast(device.type, precision or torch.bfloat16, enabled=precision is not None):
        model(batches[0])
        if device.type == "cuda":
            torch.cuda.synchronize()
        started = time.perf_counter()
        for batch in batches:
            model(batch)
        if device.type == "cuda":
            torch.cuda.synchronize()
    return sum(len(batch) for batch in batches) / (time.perf_counter() - started)


def compare(title: str, recipe: Recipe, device: torch.device, rounds: int, folder: Path) -> float:
    images = np.load(recipe.data[0].path, mmap_mode="r")
    n, size = len(images), recipe.extract.batch_size
    form = torch.channels_last if recipe.extract.channels_last else torch.contiguous_format
    mean, std = torch.tensor(MEAN).view(3, 1, 1), torch.tensor(STD).view(3, 1, 1)
    kept = range(0, n, size) if device.type == "cpu" else range(0, min(n, 4 * size), size)  # a GPU sees few, often
    batches = [
        ((torch.from_numpy(np.array(images[i : i + size])).permute(0, 3, 1, 2) / 255 - mean) / std)
        .to(device)
        .contiguous(memory_format=form)
        for i in kept
    ]
    batches = [batches[i % len(batches)] for i in range(-(-n // size))] if device.type == "cuda" else batches
    bare, extraction, whole = [], [], []
    for k in range(rounds):
        bare.append(bare_loop(recipe, batches, device))
        clock = Clock()
        started = time.perf_counter()
        extract(recipe, folder / f"{title.replace(' ', '_')}_{k}", device.type, progress=clock)
        whole.append(n / (time.perf_counter() - started))
        extraction.append(clock.rate(n))
    ratio = statistics.median(extraction) / statistics.median(bare)
    print(
        f"{title}: bare {statistics.median(bare):,.0f}/s, extraction {statistics.median(extraction):,.0f}/s, ratio {ratio:.3f} "
        f"(rounds {', '.join(f'{e / b:.3f}' for e, b in zip(extraction, bare, strict=True))}); "
        f"whole call {statistics.median(whole):,.0f}/s, ratio {statistics.median(whole) / statistics.median(bare):.3f}",
        flush=True,
    )
    return ratio


RESNET20 = {"factory": "examples.cifar10_resnets:resnet20"}
RESNET56 = {"factory": "examples.cifar10_resnets:resnet56"}


def peak_memory(n: int) -> float:
    """Peak memory in MiB of a process of its own that extracts ``n`` images."""
    answer = subprocess.run([sys.executable, __file__, "--one-memory-run", str(n)], check=True, capture_output=True, text=True)
    return float(answer.stdout.splitlines()[-1])


def one_memory_run(n: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        # Written by another process, so that this one's peak is extraction's alone.
        make = f"import sys; sys.path.insert(0, {str(ROOT / 'benchmarks')!r}); import extraction; from pathlib import Path"
        subprocess.run([sys.executable, "-c", f"{make}; extraction.random_images(Path({folder!r}), {n}, 32)"], check=True)
        recipe = recipe_for(RESNET20, RESNET_LAYERS, Path(folder) / f"images_{n}_32.npy", channels_last=True)
        extract(recipe, Path(folder) / "bundle", "cpu")
    # Not ru_maxrss, which a process inherits from the one that started it.
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    print(int(peak.split()[1]) / 1024)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="cpu")
    parser.add_argument("--images", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=("speed", "memory"), help="measure one of them")
    parser.add_argument("--one-memory-run", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one_memory_run:
        one_memory_run(args.one_memory_run)
        return
    device = choose_device(args.device)
    if args.only != "memory":
        measure_speed(device, args.images, args.rounds)
    if args.only != "speed":
        for n in (10_000, 50_000):
            print(f"peak memory at {n:,} images: {peak_memory(n):,.0f} MiB", flush=True)


def measure_speed(device: torch.device, n: int, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if device.type == "cuda":
            small, large = random_images(folder, 8 * n, 32), random_images(folder, n, 224)
            for precision in ("float32", "bf16"):
                options: dict[str, Any] = {"batch_size": 512, "channels_last": True, "precision": precision}
                compare(f"resnet56 {precision}", recipe_for(RESNET56, RESNET_LAYERS, small, **options), device, rounds, folder)
                layers = [f"blocks.{i}" for i in range(0, 12, 3)]
                vit = recipe_for({"factory": "benchmarks.extraction:vit_b"}, layers, large, **options, pooling="cls")
                compare(f"ViT-B {precision}", vit, device, rounds, folder)
        else:
            data = random_images(folder, n, 32)
            for channels_last in (False, True):
                title = f"resnet20 {'channels last' if channels_last else 'channels first'}"
                recipe = recipe_for(RESNET20, RESNET_LAYERS, data, channels_last=channels_last)
                compare(title, recipe, device, rounds, folder)


if __name__ == "__main__":
    main()
