from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repgeom_core.errors import ConfigError, RecipeError
from repgeom_core.toml_table import Table, read_toml, to_toml


def table(**values: Any) -> Table:
    return Table(values, "settings.toml", ConfigError)


def test_fault_is_raised_as_the_error_of_whoever_reads() -> None:
    with pytest.raises(ConfigError, match=r"settings\.toml: 'seed' must be a whole number"):
        table(seed="one").integer("seed")
    with pytest.raises(RecipeError, match=r"\[inner\] in x: 'a' must be a text"):
        Table({"inner": {"a": 1}}, "x", RecipeError).table("inner").text("a")


def test_key_that_was_only_looked_for_is_known_and_suggested() -> None:
    settings = table(modle=1)
    assert "model" not in settings
    with pytest.raises(ConfigError, match="unknown key 'modle'. Did you mean 'model'"):
        settings.finish()


def test_file_that_is_missing_or_no_toml_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"There is no recipe .*gone\.toml"):
        read_toml(tmp_path / "gone.toml", RecipeError, "recipe")
    (tmp_path / "bad.toml").write_text("a = ")
    with pytest.raises(ConfigError, match=r"bad\.toml is not valid TOML"):
        read_toml(tmp_path / "bad.toml", ConfigError, "configuration")


@given(st.dictionaries(st.text(), st.one_of(st.text(), st.booleans(), st.integers(-(2**60), 2**60), st.lists(st.text()))))
def test_written_values_are_read_back_equal(values: dict[str, Any]) -> None:
    assert tomllib.loads(to_toml({"section": values, "top": 1})) == {"section": values, "top": 1}
