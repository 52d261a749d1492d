"""Selected rows leave with all columns, and no spreadsheet runs what they hold."""

from __future__ import annotations

import io
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pytest

from repgeom_core.errors import SelectionError
from repgeom_core.selection import Selection, export


@dataclass
class FewSamples:
    """What the selection relies on of a bundle."""

    n: int = 6
    name: str = "few"
    ids_digest: str = "d"
    frame: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def ids(self) -> np.ndarray:
        return np.array([f"s{i}" for i in range(self.n)])

    def samples(self, checkpoint: str | None = None) -> pd.DataFrame:
        return self.frame if checkpoint is None else self.frame.assign(confidence=np.linspace(0, 1, self.n))


def some(*rows: int, n: int = 6, digest: str = "d") -> Selection:
    return Selection.of_rows(rows, n, digest)


def mask(*rows: int, n: int = 6) -> np.ndarray:
    return some(*rows, n=n).mask


@pytest.fixture
def bundle() -> FewSamples:
    return FewSamples(
        frame=pd.DataFrame(
            {
                "id": ["s0", "=1+1", "s2", "s3", "s4", "s5"],
                "label": pd.Categorical(["@cat", "dog", None, "dog", "@cat", "dog"]),
                "score": [-1.5, 2.0, np.nan, 1e-9, -0.0, 3.0],
                "text": ["+49", "-x", "a,b", 'q"', "new\nline", None],
                "=cmd": [1, 2, 3, 4, 5, 6],
            }
        )
    )


def test_csv_has_all_columns_of_the_selected_rows(bundle: FewSamples) -> None:
    back = pd.read_csv(io.BytesIO(export(bundle, "last", mask(2, 3, 4), "csv")))
    assert back["id"].tolist() == ["s2", "s3", "s4"]
    assert back.columns.tolist() == ["id", "label", "score", "text", "'=cmd", "checkpoint", "confidence"]
    assert back["checkpoint"].tolist() == ["last"] * 3
    assert back["text"].tolist() == ["a,b", 'q"', "new\nline"]
    assert back["score"].iloc[1] == 1e-9


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_predictions_say_which_checkpoint_they_are_of(bundle: FewSamples, format: str) -> None:
    read = {"csv": pd.read_csv, "parquet": pd.read_parquet}[format]
    bundle.frame["checkpoint"] = "mine"
    table = read(io.BytesIO(export(bundle, "=first", mask(0, 1), format)))
    assert table.columns.tolist()[-3:] == ["checkpoint", "checkpoint (of predictions)", "confidence"]
    assert table["checkpoint"].tolist() == ["mine"] * 2
    assert table["checkpoint (of predictions)"].tolist() == ["'=first" if format == "csv" else "=first"] * 2
    assert bundle.samples("=first").columns.tolist()[-2:] == ["checkpoint", "confidence"], "the bundle's own table is left as it is"


def test_a_checkpoint_without_predictions_adds_no_column(bundle: FewSamples, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FewSamples, "samples", lambda self, checkpoint=None: self.frame)
    assert b"checkpoint" not in export(bundle, "last", mask(0), "csv")


def test_csv_text_that_starts_a_formula_gets_an_apostrophe_and_numbers_do_not(bundle: FewSamples) -> None:
    back = pd.read_csv(io.BytesIO(export(bundle, None, mask(0, 1), "csv")))
    assert back["id"].tolist() == ["s0", "'=1+1"]
    assert back["label"].tolist() == ["'@cat", "dog"]
    assert back["text"].tolist() == ["'+49", "'-x"]
    assert back["score"].tolist() == [-1.5, 2.0]


def test_parquet_keeps_every_value(bundle: FewSamples) -> None:
    back = pd.read_parquet(io.BytesIO(export(bundle, None, mask(0, 1, 5), "parquet")))
    pd.testing.assert_frame_equal(back, bundle.frame.iloc[[0, 1, 5]].reset_index(drop=True))


def test_empty_selection_exports_only_the_columns(bundle: FewSamples) -> None:
    assert export(bundle, None, mask(), "csv").decode().splitlines() == ["id,label,score,text,'=cmd"]


def test_export_to_another_format_is_refused(bundle: FewSamples) -> None:
    with pytest.raises(SelectionError, match="csv or parquet, got 'xlsx'"):
        export(bundle, None, mask(0), "xlsx")
