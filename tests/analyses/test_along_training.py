"""Rank correlations with the loss: known orders, an oracle, and what drift alone gives."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kendalltau, rankdata

from repgeom_core.analyses.along_training import FEWEST, loss_by_checkpoint, rank_correlation
from repgeom_core.bundle import open_bundle

NAMES = [f"step-{i}" for i in range(8)]
LOSS = pd.Series([2.3, 1.7, 1.1, 0.8, 0.5, 0.45, 0.3, 0.1], index=NAMES)


def values(*lines: list[float]) -> pd.Series:
    index = pd.MultiIndex.from_product([[f"layer{i}" for i in range(len(lines))], NAMES], names=["layer", "checkpoint"])
    return pd.Series(np.concatenate(lines), index=index)


def test_same_order_gives_one_and_opposite_order_minus_one_whatever_the_scale() -> None:
    found = rank_correlation(values(np.exp(LOSS.to_numpy() * 3), -(LOSS.to_numpy() ** 3)), LOSS)
    np.testing.assert_allclose(found["rho"], [1, -1])
    np.testing.assert_allclose(found[["low", "high"]], [[1, 1], [-1, -1]])
    assert list(found["checkpoints"]) == [8, 8]


def test_rho_equals_the_correlation_of_the_ranks_and_agrees_in_sign_with_kendall() -> None:
    line = np.random.default_rng(3).normal(size=8)
    found = rank_correlation(values(line), LOSS).loc["layer0"]
    assert found.rho == pytest.approx(np.corrcoef(rankdata(line), rankdata(LOSS))[0, 1])
    assert np.sign(found.rho) == np.sign(kendalltau(line, LOSS).statistic)
    left_out = [np.corrcoef(rankdata(np.delete(line, i)), rankdata(np.delete(LOSS.to_numpy(), i)))[0, 1] for i in range(8)]
    assert (found.low, found.high) == (pytest.approx(min(left_out)), pytest.approx(max(left_out)))


def test_the_share_by_chance_counts_the_run_itself_and_is_large_for_noise() -> None:
    assert rank_correlation(values(LOSS.to_numpy()), LOSS).loc["layer0"].by_chance == pytest.approx(1 / 8)
    rng = np.random.default_rng(0)
    shares = [rank_correlation(values(rng.normal(size=8)), LOSS).loc["layer0"].by_chance for _ in range(200)]
    # On noise all shifts are equally likely to be the largest: the share is uniform over 1/8, 2/8, ..., 1.
    assert np.mean(shares) == pytest.approx(4.5 / 8, abs=0.06)
    assert np.mean(np.array(shares) <= 1 / 8) == pytest.approx(1 / 8, abs=0.07)


def test_gaps_are_left_out_and_too_few_or_constant_values_are_undefined() -> None:
    line = LOSS.to_numpy().copy()
    line[[1, 5]] = np.nan
    assert rank_correlation(values(line), LOSS).loc["layer0", "checkpoints"] == 6
    line[[2, 3]] = np.nan
    assert np.isnan(rank_correlation(values(line), LOSS).loc["layer0", "rho"])
    assert np.isnan(rank_correlation(values(np.ones(8)), LOSS).loc["layer0", "rho"])
    assert FEWEST == 5


def test_losses_are_those_of_the_split(digits_bundle: Path) -> None:
    bundle = open_bundle(digits_bundle)
    name = bundle.checkpoints[-1].name
    table = bundle.samples(name)
    for split in ("train", "test"):
        expected = table.loc[table["split"] == split, "loss"].astype(float).mean()
        assert loss_by_checkpoint(bundle, split)[name] == pytest.approx(expected)
    few = np.flatnonzero(table["split"] == "test")[:7]
    assert loss_by_checkpoint(bundle, "test", few)[name] == pytest.approx(table["loss"].iloc[few].astype(float).mean())
