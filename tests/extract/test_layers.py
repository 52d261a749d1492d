"""Hooks and layer names: every kind of output, repeated calls, in-place changes, and that no hook stays behind."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from repgeom_core.errors import ExtractionError, ModelError
from repgeom_core.extract.forward import LOGITS, LayerReader, check_head, read_head
from repgeom_core.extract.layers import LayerPlan, plan_layers, trace


class ModelOutput(OrderedDict):
    """What transformers returns: a mapping that is also a dataclass."""


class Body(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(3, 4)

    def forward(self, x: Tensor) -> Any:
        h = self.first(x)
        return ModelOutput(last_hidden_state=h, attentions=(h + 1, h + 2), ids=torch.arange(len(x)))


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body = Body()
        self.single = nn.Identity()
        self.relu = nn.ReLU(inplace=True)
        self.unused = nn.Linear(2, 2)
        self.head = nn.Linear(4, 2)

    def forward(self, x: Tensor) -> Tensor:
        h = self.body(x)["last_hidden_state"]
        h = self.relu(self.single((h - 1,))[0])
        h = self.relu(h - 0.1)
        return self.head(h).mul_(3)  # in place, after the hook


@pytest.fixture
def net() -> Net:
    torch.manual_seed(0)
    return Net().eval()


X = torch.randn(5, 3, generator=torch.Generator().manual_seed(1))


def plan(model: nn.Module, *patterns: str, classifier: str = "auto", pooling: dict[str, str] | None = None) -> LayerPlan:
    return plan_layers(trace(model, X[:2], pooling), patterns, classifier)


def hooks(model: nn.Module) -> int:
    return sum(len(module._forward_hooks) + len(module._forward_pre_hooks) for module in model.modules())


def test_names_of_layers_in_the_order_in_which_they_run(net: Net) -> None:
    assert [layer.name for layer in trace(net, X[:2]).layers] == [
        "body.first",
        "body.last_hidden_state",
        "body.attentions.0",
        "body.attentions.1",
        "single",
        "relu",
        "relu#2",
        "head",
        "output",
    ]


def test_every_kind_of_output_is_read_by_its_name(net: Net) -> None:
    with LayerReader(net, plan(net, "body.*", "single", "relu*")) as reader:
        values = {name: v.clone() for name, v in reader(X).items()}
    with torch.no_grad():
        h = net.body.first(X)
        torch.testing.assert_close(values["body.last_hidden_state"], h)
        torch.testing.assert_close(values["body.attentions.1"], h + 2)
        first = torch.relu(h - 1)
        torch.testing.assert_close(values["relu"], first)
        torch.testing.assert_close(values["relu#2"], torch.relu(first - 0.1))


def test_in_place_changes_after_a_layer_do_not_reach_what_was_kept(net: Net) -> None:
    with LayerReader(net, plan(net, "single")) as reader:
        values = reader(X)
    with torch.no_grad():
        expected = net.body.first(X) - 1
        torch.testing.assert_close(values["single"], expected)  # the in-place ReLU came after
        torch.testing.assert_close(values[LOGITS], net.head(values["features"]))  # and so did the factor of 3
    assert (values["single"] < 0).any()


def test_hooks_are_gone_afterwards_also_when_the_model_fails(net: Net) -> None:
    with LayerReader(net, plan(net)) as reader:
        assert hooks(net) > 0
        reader(X)
    assert hooks(net) == 0
    with pytest.raises(ExtractionError, match=r"shape \(5, 9\)"), LayerReader(net, plan(net)) as reader:
        reader(torch.zeros(5, 9))
    assert hooks(net) == 0
    with pytest.raises(ModelError, match=r"\[inputs\]"):
        trace(net, torch.zeros(2, 9))
    assert hooks(net) == 0
    with pytest.raises(KeyboardInterrupt), LayerReader(net, plan(net)):
        raise KeyboardInterrupt
    assert hooks(net) == 0


def test_child_module_of_the_same_name_is_not_mistaken_for_a_second_output() -> None:
    class Pair(nn.Sequential):
        def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
            return self[1](self[0](x)), x

    names = [layer.name for layer in trace(nn.ModuleDict({"pair": Pair(nn.ReLU(), nn.ReLU())})["pair"], X[:2]).layers]
    assert names == ["0", "1", "output.0", "output.1"]

    class Outer(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.pair = Pair(nn.ReLU(), nn.ReLU())

        def forward(self, x: Tensor) -> Tensor:
            return self.pair(x)[0]

    names = [layer.name for layer in trace(Outer(), X[:2]).layers]
    assert names == ["pair.0", "pair.1", "pair[0]", "pair[1]", "output"]


def test_globs_choose_layers_but_never_the_whole_model(net: Net) -> None:
    assert "output" not in plan(net, "*").dims
    assert "output" in plan(net, "output").dims
    assert list(plan(net, "relu*").dims) == ["relu", "relu#2", "features"]


def test_without_patterns_the_top_level_modules_are_kept(net: Net) -> None:
    kept = list(plan(net).dims)
    assert kept == ["body.last_hidden_state", "body.attentions.0", "body.attentions.1", "single", "relu", "relu#2", "features"]


def test_unknown_layer_is_answered_with_the_nearest(net: Net) -> None:
    with pytest.raises(ModelError, match="'rellu' that runs. Did you mean 'relu'"):
        plan(net, "rellu")
    with pytest.raises(ModelError, match="'unused'"):
        plan(net, "unused")


def test_last_linear_layer_that_runs_is_the_classifier(net: Net) -> None:
    found = plan(net, "relu").classifier
    assert found is not None
    assert (found.module, found.features, found.dim, found.classes) == ("head", "features", 4, 2)


def test_classifier_may_be_named_or_left_out(net: Net) -> None:
    named = plan(net, "relu", classifier="body.first").classifier
    assert named is not None
    assert named.dim == 3
    assert plan(net, "relu", classifier="none").classifier is None
    with pytest.raises(ModelError, match="'heda'.*Did you mean 'head'"):
        plan(net, "relu", classifier="heda")


def test_module_called_features_leaves_that_name_to_it() -> None:
    model = nn.Sequential(OrderedDict(features=nn.Linear(3, 4), head=nn.Linear(4, 2)))
    assert list(plan(model).dims) == ["features", "penultimate"]


def test_layer_whose_pooling_does_not_apply_is_named_with_its_shape(net: Net) -> None:
    with pytest.raises(ModelError, match=r"'cls' does not apply to layer 'relu'.*\(n, 4\)"):
        plan(net, "relu", pooling={"relu": "cls"})


def test_logits_are_features_times_weights_plus_bias(net: Net) -> None:
    kept = plan(net, "relu")
    head = read_head(net, kept)
    assert head is not None
    with LayerReader(net, kept) as reader:
        values = {name: v.numpy() for name, v in reader(X).items()}
    check_head(values["features"], head, values[LOGITS], "float32", "float32", "checkpoint")
    wrong = values[LOGITS].copy()
    wrong[4, 1] *= 1 + 1e-3
    with pytest.raises(ExtractionError, match="differ by up to"):
        check_head(values["features"], head, wrong, "float32", "float32", "checkpoint")
    wrong[4, 1] = float("nan")
    with pytest.raises(ExtractionError):
        check_head(values["features"], head, wrong, "float32", "float32", "checkpoint")


def test_model_is_in_evaluation_mode_without_gradients() -> None:
    model = nn.Sequential(nn.Dropout(0.5), nn.BatchNorm1d(3), nn.Linear(3, 2)).train()
    running = model[1].running_mean.clone()
    with LayerReader(model, plan(model, "0")) as reader:
        values = reader(X)
        assert not values["0"].requires_grad
        torch.testing.assert_close(values["0"], X)
    assert torch.equal(model[1].running_mean, running)


def test_layer_that_runs_for_some_batches_only_is_named() -> None:
    class Sometimes(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.rare = nn.ReLU()

        def forward(self, x: Tensor) -> Tensor:
            return self.rare(x) if len(x) == 2 else x

    model = Sometimes()
    with pytest.raises(ExtractionError, match="'rare' ran on the first samples"), LayerReader(model, plan(model, "rare")) as reader:
        reader(X)
