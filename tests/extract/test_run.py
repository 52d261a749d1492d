"""The extraction as a whole, against features computed here step by step."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from repgeom_core.bundle import open_bundle
from repgeom_core.config import Config
from repgeom_core.errors import BundleError, Cancelled, CheckpointError, ConfigError, ExtractionError, ModelError, RecipeError
from repgeom_core.extract import Recipe, extract, list_layers
from repgeom_core.extract.run import batch_slices
from repgeom_core.models.demo_networks import convnet
from repgeom_core.progress import Progress


class Log(Progress):
    """Remembers what was said, and cancels after ``stop_after`` updates."""

    def __init__(self, stop_after: int | None = None) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.updates: list[tuple[str, int, int]] = []
        self.stop_after = stop_after

    def log(self, message: str) -> None:
        self.lines.append(message)

    def update(self, stage: str, done: int, total: int) -> None:
        if stage == "extract":
            self.updates.append((stage, done, total))
            if len(self.updates) == self.stop_after:
                self.cancel()
        super().update(stage, done, total)


def content(bundle: Path) -> dict[str, bytes]:
    """Every file's bytes; of the manifest all but when it was made."""
    files = {str(f.relative_to(bundle)): f.read_bytes() for f in sorted(bundle.rglob("*")) if f.is_file()}
    manifest = json.loads(files["manifest.json"])
    del manifest["created"]
    files["manifest.json"] = json.dumps(manifest).encode()
    return files


def reference(folder: Path, step: int) -> dict[str, np.ndarray]:
    """Features and logits without any of the code under test."""
    data = np.load(folder / "data_test.npz")
    x = data["images"].astype(np.float32) / 255
    x = (x - np.array([0.4, 0.5, 0.6], np.float32)) / np.array([0.2, 0.3, 0.4], np.float32)
    model = convnet(3, (4, 6), 4).eval()
    model.load_state_dict(torch.load(folder / f"step{step}.pt", weights_only=True)["state_dict"])
    with torch.no_grad():
        stage1 = model.stage1(torch.from_numpy(x.transpose(0, 3, 1, 2).copy()))
        stage2 = model.stage2(stage1)
        features = stage2.mean((2, 3))
        return {
            "stage1": stage1.mean((2, 3)).numpy(),
            "stage2": stage2.mean((2, 3)).numpy(),
            "features": features.numpy(),
            "logits": model.head(features).numpy(),
        }


def test_features_logits_and_accuracy_are_those_of_the_model(recipe: Recipe, run_folder: Path) -> None:
    progress = Log()
    bundle = open_bundle(extract(recipe, run_folder / "out", progress=progress))
    bundle.verify()
    y = np.load(run_folder / "data_test.npz")["labels"]
    assert [(c.name, c.step) for c in bundle.checkpoints] == [("step1", 1), ("step2", 2)]
    assert bundle.classes == ("ant", "bee", "cat", "dog")
    for step, checkpoint in ((1, "step1"), (2, "step2")):
        expected = reference(run_folder, step)
        for layer in ("stage1", "stage2", "features"):
            np.testing.assert_allclose(np.asarray(bundle.features(layer, checkpoint)), expected[layer], rtol=1e-4, atol=1e-5)
        logits = np.asarray(bundle.logits(checkpoint))
        np.testing.assert_allclose(logits, expected["logits"], rtol=1e-4, atol=1e-5)
        head = bundle.head(checkpoint)
        assert head is not None
        X = np.asarray(bundle.features(head.layer, checkpoint))
        np.testing.assert_allclose(X @ head.W.T + head.b, logits, rtol=1e-5, atol=1e-5)
        accuracy = bundle.checkpoint(checkpoint).accuracy["test"]
        assert accuracy == pytest.approx(float((expected["logits"].argmax(1) == y).mean()))
        assert f"{checkpoint}: " in " ".join(progress.lines)
    assert progress.updates[-1] == ("extract", 300, 300)
    assert not list((run_folder / "out").glob(".*"))


def test_top_level_layers_are_kept_by_default_and_the_classifiers_input(recipe: Recipe, run_folder: Path) -> None:
    assert list(open_bundle(extract(recipe, run_folder / "out")).layers("step1")) == ["stage1", "stage2", "pool", "features"]


def test_float16_features_are_stored_and_verified_as_such(recipe: Recipe, run_folder: Path) -> None:
    smaller = replace(recipe, extract=replace(recipe.extract, dtype="float16"))
    bundle = open_bundle(extract(smaller, run_folder / "out"))
    X = bundle.features("stage1", "step1")
    assert X.dtype == np.float16
    np.testing.assert_allclose(np.asarray(X), reference(run_folder, 1)["stage1"], rtol=2e-3, atol=1e-3)


def test_limit_and_several_files_become_splits_of_one_bundle(recipe_tables: dict[str, Any], run_folder: Path) -> None:
    (run_folder / "data_train.npz").write_bytes((run_folder / "data_test.npz").read_bytes())
    recipe_tables["data"] = [
        {"path": "data_test.npz", "split": "test", "limit": 30},
        {"path": "data_train.npz", "split": "train", "limit": 10},
    ]
    bundle = open_bundle(extract(Recipe.from_dict(recipe_tables, run_folder), run_folder / "out"))
    assert bundle.splits == ("test", "train")
    assert len(bundle.rows("test")) == 30
    np.testing.assert_array_equal(np.asarray(bundle.features("stage1", "step1"))[30:], np.asarray(bundle.features("stage1", "step1"))[:10])


def test_random_weights_come_from_the_seed_and_leave_the_callers_generator_alone(recipe_tables: dict[str, Any], run_folder: Path) -> None:
    recipe_tables["checkpoints"] = [{"name": "untrained"}]
    made = []
    for i, seed in enumerate((5, 5, 6)):
        torch.manual_seed(123 + i)
        before = torch.random.get_rng_state()
        recipe = Recipe.from_dict({**recipe_tables, "seed": seed}, run_folder)
        made.append(np.asarray(open_bundle(extract(recipe, run_folder / f"out{i}")).features("stage1", "untrained")))
        assert torch.equal(before, torch.random.get_rng_state())
    np.testing.assert_array_equal(made[0], made[1])
    assert not np.array_equal(made[0], made[2])


def test_two_models_can_be_two_checkpoints_of_one_bundle(recipe_tables: dict[str, Any], run_folder: Path) -> None:
    wide = {"builtin": "convnet", "arguments": {"channels": 3, "widths": [4, 9], "classes": 4}}
    recipe_tables["checkpoints"] = [{"path": "step1.pt"}, {"name": "wide", "model": wide}]
    bundle = open_bundle(extract(Recipe.from_dict(recipe_tables, run_folder), run_folder / "out"))
    assert bundle.layers("step1")["stage2"].dim == 6
    assert bundle.layers("wide")["stage2"].dim == 9


def test_digits_need_no_file(run_folder: Path) -> None:
    tables = {"model": {"builtin": "mlp"}, "data": [{"path": "digits", "limit": 40}], "checkpoints": [{"name": "untrained"}]}
    bundle = open_bundle(extract(Recipe.from_dict(tables, run_folder), run_folder / "out"))
    assert bundle.n == 40
    assert "hidden1" in bundle.layers("untrained")


def test_cancelled_extraction_resumes_to_the_same_bytes(recipe: Recipe, run_folder: Path) -> None:
    unbroken = content(extract(recipe, run_folder / "unbroken", shard_rows=40))
    for stop_after in (1, 5, 11, 14, 21):
        out = run_folder / f"cancelled{stop_after}"
        with pytest.raises(Cancelled):
            extract(recipe, out, progress=Log(stop_after), shard_rows=40)
        assert extract(recipe, out, resume=True, shard_rows=40) == out
        assert content(out) == unbroken


def test_resuming_what_is_done_changes_nothing(recipe: Recipe, run_folder: Path) -> None:
    out = extract(recipe, run_folder / "out")
    before = content(out)
    progress = Log()
    extract(recipe, out, resume=True, progress=progress)
    assert content(out) == before
    assert progress.updates == []


def test_resuming_where_nothing_was_begun_begins(recipe: Recipe, run_folder: Path) -> None:
    assert open_bundle(extract(recipe, run_folder / "out", resume=True)).n == 150


def test_shards_and_batches_of_a_resumed_run_are_those_of_an_unbroken_one() -> None:
    whole = batch_slices(100, 0, 40, 16)
    assert [(s.start, s.stop) for s in whole[:4]] == [(0, 16), (16, 32), (32, 40), (40, 56)]
    assert batch_slices(100, 40, 40, 16) == whole[3:]
    assert batch_slices(100, 100, 40, 16) == []


def interrupted(recipe: Recipe, run_folder: Path) -> Path:
    out = run_folder / "out"
    with pytest.raises(Cancelled):
        extract(recipe, out, progress=Log(5), shard_rows=40)
    return out


def test_resume_with_another_recipe_names_what_changed(recipe: Recipe, run_folder: Path) -> None:
    out = interrupted(recipe, run_folder)
    changed = replace(recipe, extract=replace(recipe.extract, batch_size=8))
    with pytest.raises(ExtractionError, match=r"recipe has changed .*\(extract\)"):
        extract(changed, out, resume=True)


def test_resume_with_other_weights_names_the_checkpoint(recipe: Recipe, run_folder: Path) -> None:
    out = interrupted(recipe, run_folder)
    torch.manual_seed(77)
    torch.save(convnet(3, (4, 6), 4).state_dict(), run_folder / "step1.pt")
    with pytest.raises(ExtractionError, match="weights of checkpoint 'step1' have changed"):
        extract(recipe, out, resume=True)


def test_resume_with_one_other_pixel_is_refused(recipe: Recipe, run_folder: Path) -> None:
    out = interrupted(recipe, run_folder)
    data = dict(np.load(run_folder / "data_test.npz"))
    data["images"][149, 7, 7, 2] ^= 1
    np.savez(run_folder / "data_test.npz", **data)
    with pytest.raises(ExtractionError, match="data has changed"):
        extract(recipe, out, resume=True)


def test_an_existing_bundle_is_not_overwritten(recipe: Recipe, run_folder: Path) -> None:
    out = extract(recipe, run_folder / "out")
    before = content(out)
    with pytest.raises(BundleError, match="already a bundle. Give another place with --out, or replace it with --overwrite"):
        extract(recipe, out)
    assert content(out) == before


def test_a_bundle_is_replaced_when_told_and_so_is_an_unfinished_one(
    recipe: Recipe, recipe_tables: dict[str, Any], run_folder: Path
) -> None:
    out = interrupted(recipe, run_folder)
    extract(recipe, out, overwrite=True)
    other = Recipe.from_dict({**recipe_tables, "name": "other"}, run_folder)
    assert open_bundle(extract(other, out, overwrite=True)).name == "other"


def test_a_folder_that_is_no_bundle_is_not_replaced(recipe: Recipe, run_folder: Path) -> None:
    (run_folder / "out").mkdir()
    (run_folder / "out" / "thesis.tex").write_text("precious")
    with pytest.raises(BundleError, match="not a bundle, so it is not replaced"):
        extract(recipe, run_folder / "out", overwrite=True)
    assert (run_folder / "out" / "thesis.tex").read_text() == "precious"


def test_a_bundle_that_holds_what_the_run_reads_is_not_replaced(recipe: Recipe, recipe_tables: dict[str, Any], run_folder: Path) -> None:
    out = extract(recipe, run_folder / "out")
    (out / "checkpoints").mkdir()
    (run_folder / "step1.pt").rename(out / "checkpoints" / "step1.pt")
    again = Recipe.from_dict({**recipe_tables, "checkpoints": [{"path": "out/checkpoints/step1.pt"}]}, run_folder)
    with pytest.raises(ExtractionError, match=r"step1\.pt lies in .*out, which would be replaced"):
        extract(again, out, overwrite=True)
    assert (out / "checkpoints" / "step1.pt").exists()


def test_unfinished_extraction_is_not_thrown_away_by_a_new_one(recipe: Recipe, run_folder: Path) -> None:
    out = interrupted(recipe, run_folder)
    before = content(out)
    with pytest.raises(ExtractionError, match="not finished. Go on with --resume, begin anew with --overwrite"):
        extract(recipe, out)
    assert content(out) == before


def test_extraction_that_failed_before_its_first_shard_can_be_begun_anew(recipe_tables: dict[str, Any], run_folder: Path) -> None:
    with pytest.raises(ExtractionError, match="differ by up to"):
        extract(lying(run_folder, recipe_tables, "net"), run_folder / "out")
    extract(lying(run_folder, recipe_tables, "net", classifier="none"), run_folder / "out")


def test_last_checkpoints_misfit_shows_before_the_first_is_extracted(recipe: Recipe, run_folder: Path) -> None:
    torch.save(convnet(3, (4, 7), 4).state_dict(), run_folder / "step2.pt")
    with pytest.raises(CheckpointError, match=r"step2\.pt does not fit"):
        extract(recipe, run_folder / "out")
    assert not (run_folder / "out").exists()


def test_step_of_a_glob_over_folders_is_that_of_the_folder(recipe_tables: dict[str, Any], run_folder: Path) -> None:
    for step in (1, 2):
        folder = run_folder / f"checkpoint-{step}00"
        folder.mkdir()
        torch.save(torch.load(run_folder / f"step{step}.pt", weights_only=True)["state_dict"], folder / "model.pt")
    recipe_tables["checkpoints"] = [{"path": "checkpoint-*/model.pt"}]
    bundle = open_bundle(extract(Recipe.from_dict(recipe_tables, run_folder), run_folder / "out"))
    assert [(c.name, c.step) for c in bundle.checkpoints] == [("checkpoint-100/model", 100), ("checkpoint-200/model", 200)]


def test_full_disk_is_noticed_before_anything_is_written(recipe: Recipe, run_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import shutil

    usage = shutil.disk_usage(run_folder)
    monkeypatch.setattr("repgeom_core.extract.plan.shutil.disk_usage", lambda path: usage._replace(free=2**20))
    with pytest.raises(ExtractionError, match="GiB free"):
        extract(recipe, run_folder / "out")
    assert not (run_folder / "out").exists()


LYING = """
import torch
from torch import nn

class Cosine(nn.Linear):
    "A linear layer by class, but not by what it computes."
    def forward(self, x):
        return nn.functional.normalize(x) @ nn.functional.normalize(self.weight).T

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Flatten()
        self.head = Cosine(192, 4)
        self.diverged = False
    def forward(self, x):
        return self.head(self.body(x))

def net():
    return Net()

class Diverged(Net):
    def forward(self, x):
        return super().forward(x / 0)

def diverged():
    return Diverged()
"""


def lying(run_folder: Path, tables: dict[str, Any], function: str, **extract_options: Any) -> Recipe:
    (run_folder / f"lying_{run_folder.name}.py").write_text(LYING)
    tables["model"] = {"factory": f"lying_{run_folder.name}:{function}", "python_path": ["."]}
    tables["checkpoints"] = [{"name": "random"}]
    tables["extract"] |= extract_options
    return Recipe.from_dict(tables, run_folder)


def test_classifier_that_is_not_linear_is_found_out(recipe_tables: dict[str, Any], run_folder: Path) -> None:
    with pytest.raises(ExtractionError, match=r"differ by up to \d.*classifier"):
        extract(lying(run_folder, recipe_tables, "net"), run_folder / "out")
    bundle = open_bundle(extract(lying(run_folder, recipe_tables, "net", classifier="none"), run_folder / "out2"))
    assert bundle.head("random") is None


def test_features_that_are_not_finite_name_layer_and_checkpoint(recipe_tables: dict[str, Any], run_folder: Path) -> None:
    with pytest.raises(BundleError, match="layer 'body' of checkpoint 'random'.*NaN or infinite"):
        extract(lying(run_folder, recipe_tables, "diverged", classifier="none"), run_folder / "out")


def test_classifier_with_other_classes_than_the_data_gives_no_predictions(recipe_tables: dict[str, Any], run_folder: Path) -> None:
    recipe_tables["model"]["arguments"]["classes"] = 7
    recipe_tables["checkpoints"] = [{"name": "random"}]
    progress = Log()
    bundle = open_bundle(extract(Recipe.from_dict(recipe_tables, run_folder), run_folder / "out", progress=progress))
    assert bundle.logits("random") is None
    assert bundle.head("random") is not None
    assert any("7 outputs and the data 4 classes" in line for line in progress.lines)


def test_misfitting_weights_go_on_only_when_allowed_and_are_logged(recipe_tables: dict[str, Any], run_folder: Path) -> None:
    state = torch.load(run_folder / "step1.pt", weights_only=True)["state_dict"]
    torch.save({name: t for name, t in state.items() if not name.startswith("head")}, run_folder / "step1.pt")
    with pytest.raises(CheckpointError, match="2 missing"):
        extract(Recipe.from_dict(recipe_tables, run_folder), run_folder / "out")
    recipe_tables["extract"]["allow_mismatch"] = True
    progress = Log()
    extract(Recipe.from_dict(recipe_tables, run_folder), run_folder / "out2", progress=progress)
    assert any("2 missing (head.weight, head.bias)" in line for line in progress.lines)


def test_same_name_for_two_checkpoints_is_refused(recipe_tables: dict[str, Any], run_folder: Path) -> None:
    recipe_tables["checkpoints"] = [{"path": "step1.pt"}, {"path": "step2.pt", "name": "step1"}]
    with pytest.raises(RecipeError, match="Two checkpoints are called 'step1'"):
        extract(Recipe.from_dict(recipe_tables, run_folder), run_folder / "out")


def test_one_name_for_many_files_is_refused(recipe_tables: dict[str, Any], run_folder: Path) -> None:
    recipe_tables["checkpoints"] = [{"path": "step*.pt", "name": "mine"}]
    with pytest.raises(RecipeError, match="matches 2 files"):
        extract(Recipe.from_dict(recipe_tables, run_folder), run_folder / "out")


def test_data_without_inputs_say_which_role_is_missing(recipe_tables: dict[str, Any], run_folder: Path) -> None:
    np.savez(run_folder / "two.npz", first=np.ones((5, 4), np.float32), second=np.ones((5, 4), np.float32))
    recipe_tables["data"] = [{"path": "two.npz", "roles": {"first": "features", "second": "features"}}]
    with pytest.raises(RecipeError, match="role"):
        extract(Recipe.from_dict(recipe_tables, run_folder), run_folder / "out")


def test_model_that_cannot_eat_the_inputs_says_what_it_was_given(recipe_tables: dict[str, Any], run_folder: Path) -> None:
    recipe_tables["inputs"]["layout"] = "nhwc"
    with pytest.raises(ModelError, match=r"\(2, 8, 8, 3\).*\[inputs\]"):
        extract(Recipe.from_dict(recipe_tables, run_folder), run_folder / "out")


def test_cuda_where_there_is_none_is_an_error(recipe: Recipe, run_folder: Path) -> None:
    if torch.cuda.is_available():
        pytest.skip("there is a CUDA device")
    with pytest.raises(ExtractionError, match="no CUDA device"):
        extract(recipe, run_folder / "out", device="cuda")


@pytest.mark.parametrize("outside", ["out", "data", "checkpoints", "glob"])
def test_restricted_run_touches_nothing_outside_the_roots(
    recipe_tables: dict[str, Any], run_folder: Path, tmp_path_factory: pytest.TempPathFactory, outside: str
) -> None:
    other = tmp_path_factory.mktemp("other")
    for name in ("data_test.npz", "step1.pt"):
        (other / name).write_bytes((run_folder / name).read_bytes())
    out = other / "out" if outside == "out" else run_folder / "out"
    if outside == "data":
        recipe_tables["data"][0]["path"] = str(other / "data_test.npz")
    elif outside == "checkpoints":
        recipe_tables["checkpoints"][0]["path"] = str(other / "step1.pt")
    elif outside == "glob":
        recipe_tables["checkpoints"][0]["path"] = str(other / "*.pt")
    with pytest.raises(ConfigError, match="outside"):
        extract(Recipe.from_dict(recipe_tables, run_folder), out, restricted_to=Config(workspace=run_folder.resolve()))
    assert not out.exists()


def test_restricted_run_inside_the_roots_works(recipe: Recipe, run_folder: Path) -> None:
    assert extract(recipe, run_folder / "out", restricted_to=Config(workspace=run_folder.resolve())).exists()


def test_list_layers_gives_name_type_shape_and_parameters_in_order(recipe: Recipe) -> None:
    layers = {layer.name: layer for layer in list_layers(recipe)}
    assert list(layers)[:3] == ["stage1.0", "stage1.1", "stage1.2"]
    assert (layers["stage2"].type, layers["stage2"].shape, layers["stage2"].dim) == ("Sequential", (6, 4, 4), 6)
    assert (layers["stage2"].pooling, layers["head"].pooling) == ("gap", "")
    assert layers["stage2"].parameters == 4 * 6 * 9 + 12
