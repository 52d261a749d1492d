"""A table of samples with what tables have: classes with and without samples, gaps, text that looks like a pattern."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest


@pytest.fixture
def samples() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "id": ["a1", "a10", "b.2", "B3", "c(4"],
            "label": pd.Categorical(["cat", "cattle", "dog", None, "cat"], categories=["dog", "cat", "cattle", "emu"]),
            "loss": [0.1, np.nan, 0.5, 2.0, 0.3],
            "correct": pd.array([True, False, None, True, True], dtype="boolean"),
            "caption": ["A cat", "50% off", None, "<b>dog</b>", "two\nlines"],
        }
    )
