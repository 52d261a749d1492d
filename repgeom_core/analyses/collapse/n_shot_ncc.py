"""How well do a few examples of each class, by their mean, tell the class of others?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from repgeom_core.analyses.contract import Outcome, analysis
from repgeom_core.analyses.inputs import Inputs
from repgeom_core.analyses.parameters import Int

AT_ONCE = 2**22  # numbers held at once


@analysis(
    title="n-shot accuracy of nearest class means",
    needs=("features", "labels"),
    parameters={
        "shots": Int(5, 1, 100, "examples of each class that make its mean"),
        "ways": Int(5, 2, 1000, "classes to choose from in an episode; all where there are fewer"),
        "queries": Int(15, 1, 100, "samples of each class to be classified in an episode"),
        "episodes": Int(600, 20, 10_000, "random tasks"),
    },
    invariant_to=("rotation", "translation", "scaling"),
    better="higher",
    null="shuffled labels",
    interval="none",
    cost="O(episodes · ways · (shots + ways · queries) · d)",
    cap=50_000,
    bounds=(0, 1),
    formula="share of queries with argmin_k ‖x − m_k‖ = y, m_k the mean of the shots; mean over episodes ± 1.96 sd/√episodes",
    reference="Galanti, György & Hutter, ICLR 2022 (n-shot nearest class mean); episodes as in Snell et al., NeurIPS 2017",
    oracle="sklearn NearestCentroid episode by episode",
    truths="1 for collapsed features; error for two isotropic Gaussians in closed form: 0.2965 (d=64, δ=4, σ=1, 1 shot), 0.1225 (5 shots)",
)
def n_shot_ncc(data: Inputs, shots: int, ways: int, queries: int, episodes: int) -> Outcome:
    """How often a sample is recognised from a few examples of each class: the nearest mean of the examples decides.

    Each episode draws classes, then examples and queries of each without repetition. Classes with no sample beyond the shots are left out,
    and an episode has as many queries as the smallest class allows. The 95 % interval over episodes, and what was drawn, are in the notes;
    ``per_episode`` are the accuracies, ``per_class`` the accuracy on queries of each class (NaN: never drawn). Without learning the
    accuracy is 1/ways. NaN where fewer than two classes have enough samples.
    """
    classes, code, counts = np.unique(data.y, return_inverse=True, return_counts=True)
    able = np.flatnonzero(counts > shots)
    if len(able) < 2:
        return Outcome(float("nan"), notes={"why": f"fewer than two classes have more than {shots} samples"})
    ways, queries = min(ways, len(able)), int(min(queries, (counts[able] - shots).min()))
    X = data.X
    origin = X.mean(axis=0, dtype=np.float64)
    # Within a class samples are numbered by their distance from the mean: what is drawn does not depend on their order.
    distance = np.concatenate([((block - origin) ** 2).sum(axis=1) for _, block in data.chunks()])
    by_class, starts = np.lexsort((distance, code)), np.concatenate([[0], np.cumsum(counts)[:-1]])
    accuracies, hits, asked = [], np.zeros(len(classes)), np.zeros(len(classes))
    at_once = max(1, AT_ONCE // max(len(able), ways * (shots + queries) * data.d))
    for chosen, picks in _episodes(counts, able, ways, shots + queries, episodes, at_once, data.rng):
        drawn = X[by_class[starts[chosen][..., None] + picks]] - origin
        means, asks = drawn[:, :, :shots].mean(axis=2), drawn[:, :, shots:].reshape(len(drawn), ways * queries, data.d)
        nearest = (asks @ means.swapaxes(1, 2) - (means**2).sum(axis=2)[:, None] / 2).argmax(axis=2)
        right = nearest.reshape(len(drawn), ways, queries) == np.arange(ways)[:, None]
        accuracies.append(right.mean(axis=(1, 2)))
        hits += np.bincount(chosen.ravel(), right.sum(axis=2).ravel(), minlength=len(classes))
        asked += np.bincount(chosen.ravel(), minlength=len(classes)) * queries
    found = np.concatenate(accuracies)
    value, reach = float(found.mean()), float(1.96 * found.std(ddof=1) / np.sqrt(episodes))
    per_class = np.divide(hits, asked, out=np.full(len(classes), np.nan), where=asked > 0)
    notes = {"interval over episodes": [value - reach, value + reach], "ways": ways, "queries of each class": queries}
    return Outcome(value, {"per_episode": found, "per_class": per_class, "classes": classes}, notes)


def _episodes(
    counts: np.ndarray, able: np.ndarray, ways: int, size: int, episodes: int, at_once: int, rng: np.random.Generator
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Blocks of episodes: classes (e, ways), and for each ``size`` different places (e, ways, size) among its samples."""
    for start in range(0, episodes, at_once):
        block = min(at_once, episodes - start)
        chosen = able[rng.random((block, len(able))).argpartition(ways - 1, axis=1)[:, :ways]]
        yield chosen, _different(counts[chosen], size, rng)


def _different(population: np.ndarray, size: int, rng: np.random.Generator) -> np.ndarray:
    """For each entry N of ``population (...)`` ``size`` different numbers below N in random order (Floyd's algorithm)."""
    picks = np.empty((*population.shape, size), np.int64)
    for i in range(size):
        last = population - size + i
        drawn = rng.integers(0, last + 1)
        taken = (picks[..., :i] == drawn[..., None]).any(axis=-1)
        picks[..., i] = np.where(taken, last, drawn)
    return np.take_along_axis(picks, np.argsort(rng.random(picks.shape), axis=-1), axis=-1)
