from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from repgeom_core.config import Config
from repgeom_core.errors import CheckpointError, ConfigError
from repgeom_core.models import load_weights, weights_digest


def network(seed: int = 0, width: int = 4) -> nn.Module:
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(3, width), nn.BatchNorm1d(width), nn.ReLU(), nn.Linear(width, 2))


@pytest.mark.parametrize("prefix", ["", "module.", "_orig_mod.", "model.", "module._orig_mod.", "model.net."])
def test_prefix_of_a_training_framework_is_stripped(tmp_path: Path, prefix: str) -> None:
    trained, model = network(1), network(2)
    torch.save({"state_dict": {prefix + name: t for name, t in trained.state_dict().items()}}, tmp_path / "weights.ckpt")
    info = load_weights(model, tmp_path / "weights.ckpt")
    assert info.digest == weights_digest(trained) == weights_digest(model)


def test_compiled_submodule_is_recognised(tmp_path: Path) -> None:
    trained, model = network(1), network(2)
    torch.save({name.replace("0.", "0._orig_mod.", 1): t for name, t in trained.state_dict().items()}, tmp_path / "weights.pt")
    load_weights(model, tmp_path / "weights.pt")
    assert weights_digest(trained) == weights_digest(model)


def test_model_whose_own_modules_are_called_module_keeps_its_names(tmp_path: Path) -> None:
    def wrapped(seed: int) -> nn.Module:
        outer = nn.Module()
        outer.module = network(seed)
        return outer

    trained, model = wrapped(1), wrapped(2)
    torch.save(trained.state_dict(), tmp_path / "weights.pt")
    load_weights(model, tmp_path / "weights.pt")
    assert weights_digest(trained) == weights_digest(model)


def test_missing_names_are_listed_shortly_with_the_nearest(tmp_path: Path) -> None:
    torch.save({name.replace("weight", "wieght"): t for name, t in network().state_dict().items()}, tmp_path / "weights.pt")
    with pytest.raises(CheckpointError) as error:
        load_weights(network(), tmp_path / "weights.pt")
    message = str(error.value)
    assert "3 missing (0.weight, 1.weight, 3.weight)" in message
    assert "0.wieght in the file may be 0.weight" in message
    assert "3 unexpected" in message
    assert "allow_mismatch" in message


def test_long_lists_of_names_are_cut_with_a_count(tmp_path: Path) -> None:
    deep = nn.Sequential(*(nn.Linear(2, 2) for _ in range(50)))
    torch.save(nn.Sequential(nn.Linear(2, 2)).state_dict(), tmp_path / "weights.pt")
    with pytest.raises(CheckpointError, match=r"98 missing \(1.weight, 1.bias, 2.weight, 2.bias, 3.weight and 93 more\)"):
        load_weights(deep, tmp_path / "weights.pt")


def test_other_shape_is_refused_with_both_shapes(tmp_path: Path) -> None:
    torch.save(network(width=5).state_dict(), tmp_path / "weights.pt")
    with pytest.raises(CheckpointError, match=r"0.weight \(5, 3\) \(the model has \(4, 3\)\)"):
        load_weights(network(), tmp_path / "weights.pt")


def test_refused_weights_leave_the_model_as_it_was(tmp_path: Path) -> None:
    model = network(1)
    before = weights_digest(model)
    torch.save({**network(2).state_dict(), "extra": torch.ones(1)}, tmp_path / "weights.pt")
    with pytest.raises(CheckpointError, match="1 unexpected"):
        load_weights(model, tmp_path / "weights.pt")
    assert weights_digest(model) == before


def test_allowed_mismatch_loads_what_fits_and_lists_the_rest(tmp_path: Path) -> None:
    trained, model = network(1), network(2)
    own_head = model[3].weight.clone()
    state = trained.state_dict()
    state["3.weight"] = torch.ones(7, 4)
    torch.save(state, tmp_path / "weights.pt")
    info = load_weights(model, tmp_path / "weights.pt", allow_mismatch=True)
    assert torch.equal(model[0].weight, trained[0].weight)
    assert torch.equal(model[3].weight, own_head)
    assert len(info.mismatches) == 1


def test_weights_of_which_nothing_fits_are_refused_even_then(tmp_path: Path) -> None:
    torch.save({"something.else": torch.ones(3)}, tmp_path / "weights.pt")
    with pytest.raises(CheckpointError, match="No weight"):
        load_weights(network(), tmp_path / "weights.pt", allow_mismatch=True)


def test_tied_weight_stored_once_is_not_missing(tmp_path: Path) -> None:
    model = nn.ModuleDict({"embedding": nn.Embedding(5, 3), "head": nn.Linear(3, 5, bias=False)})
    model["head"].weight = model["embedding"].weight
    save_file({"embedding.weight": torch.ones(5, 3)}, tmp_path / "weights.safetensors")
    assert load_weights(model, tmp_path / "weights.safetensors").mismatches == ()
    assert torch.equal(model["head"].weight, torch.ones(5, 3))


def test_batch_counts_that_old_files_lack_are_not_missed(tmp_path: Path) -> None:
    state = {name: t for name, t in network(1).state_dict().items() if not name.endswith("num_batches_tracked")}
    torch.save(state, tmp_path / "weights.pt")
    assert load_weights(network(2), tmp_path / "weights.pt").mismatches == ()


def test_step_in_the_file_goes_before_the_one_in_its_name(tmp_path: Path) -> None:
    torch.save({"state_dict": network().state_dict(), "epoch": 3}, tmp_path / "epoch_12.pt")
    torch.save(network().state_dict(), tmp_path / "epoch_13.pt")
    assert load_weights(network(), tmp_path / "epoch_12.pt").step == 3
    assert load_weights(network(), tmp_path / "epoch_13.pt").step == 13


def test_digest_tells_weights_apart_by_bytes_names_and_types() -> None:
    model = network(1)
    digest = weights_digest(model)
    assert digest == weights_digest(network(1))
    with torch.no_grad():
        model[0].weight[0, 0] = torch.nextafter(model[0].weight[0, 0], torch.tensor(9.0))
    assert weights_digest(model) != digest
    assert weights_digest(network(1).to(torch.bfloat16)) != digest


def test_restricted_checkpoint_outside_the_roots_is_refused_also_behind_a_link(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    torch.save(network().state_dict(), tmp_path / "weights.pt")
    (inside / "link.pt").symlink_to(tmp_path / "weights.pt")
    for path in (tmp_path / "weights.pt", inside / "link.pt"):
        with pytest.raises(ConfigError, match="outside"):
            load_weights(network(), path, restricted_to=Config(workspace=inside.resolve()))
