from __future__ import annotations

from repgeom_core.extract.input_presets import INPUT_PRESETS
from repgeom_core.extract.recipe import Recipe


def test_every_preset_is_a_valid_inputs_table() -> None:
    for inputs in INPUT_PRESETS.values():
        recipe = {"model": {"builtin": "mlp"}, "data": [{"path": "x"}], "checkpoints": [{"name": "random"}], "inputs": inputs}
        read = Recipe.from_dict(recipe).inputs
        assert len(read.mean) == len(read.std)
