"""A model and a data set become a bundle: the widgets write a recipe, the same file that ``repgeom extract`` takes."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from pages.parts import trouble
from pages.parts.load import file_choice
from pages.parts.plain_text import counted, plain
from repgeom_core import workspace
from repgeom_core.config import Config
from repgeom_core.errors import RecipeError, RepGeomError
from repgeom_core.extract.input_presets import INPUT_PRESETS
from repgeom_core.extract.pooling import POOLINGS
from repgeom_core.extract.recipe import DEVICES, DTYPES, LAYOUTS, PRECISIONS, Recipe
from repgeom_core.factories import list_factories
from repgeom_core.jobs import JobQueue
from repgeom_core.jobs.commands import extract_arguments, folders_in_use, list_layers
from repgeom_core.models import find_checkpoints
from repgeom_core.models.demo_networks import BUILTIN

MODEL_KINDS = {
    "factory": "A function of an allowed module",
    "builtin": "Built-in network",
    "timm": "timm, by name",
    "torchvision": "torchvision, by name",
    "transformers": "transformers, from a local folder",
}
PLACEHOLDERS = {"timm": "vit_base_patch16_224", "torchvision": "resnet50"}
GUESSED = "guessed"
STEPS = ("Data", "Model", "Checkpoints", "Layers", "Run")


def show(config: Config, queue: JobQueue) -> None:
    # A step that fails says so in its box, and counts as not filled in for those below.
    recipe: dict[str, Any] = {"data": [], "inputs": {}, "model": {"factory": ""}, "checkpoints": []}
    allow_mismatch, layers = False, dict[str, Any]()
    with _step(1):
        recipe["data"] = _data(config)
        recipe["inputs"] = _inputs()
    with _step(2):
        recipe["model"] = _model(config)
    with _step(3):
        recipe["checkpoints"], allow_mismatch = _checkpoints(config)
    with _step(4):
        layers = _layers(config, recipe)
    with _step(5):
        recipe = {**_named(recipe), "extract": {**layers, **_how(), **({"allow_mismatch": True} if allow_mismatch else {})}}
        _start(config, queue, recipe)


@contextmanager
def _step(number: int) -> Iterator[None]:
    with st.container(border=True, key=f"step_{number}"):
        st.markdown(f"**{number} · {STEPS[number - 1]}**")
        with trouble.shown():
            yield


def _data(config: Config) -> list[dict[str, Any]]:
    paths = file_choice.choose(config, "data", "Images or arrays that the model eats")
    if not paths:
        st.caption("A folder of images with one folder a class, images or arrays in .npz or .npy, a table with image files, and so on.")
    tables = []
    for path in paths:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.markdown(plain(Path(path).name, 60), width="stretch")
            split = st.text_input("Split", key=f"data_split_{path}", placeholder="test", width=140).strip()
            limit = st.number_input("First … samples", min_value=1, value=None, key=f"data_limit_{path}", placeholder="all", width=150)
        tables.append({"path": path, **({"split": split} if split else {}), **({"limit": int(limit)} if limit else {})})
    return tables


def _inputs() -> dict[str, Any]:
    left, middle, right = st.columns(3)
    preset = left.selectbox(
        "Normalisation", list(INPUT_PRESETS), key="preset", help="What the model was trained with; bytes are divided by 255 first."
    )
    layout = middle.selectbox("Layout", (GUESSED, *LAYOUTS), key="layout", help="nchw: channels first, as torch wants images.")
    side = right.number_input(
        "Resize to", min_value=1, value=None, key="resize", placeholder="as stored", help="Height and width in pixels."
    )
    return {
        **INPUT_PRESETS[preset],
        **({} if layout == GUESSED else {"layout": layout}),
        **({"resize": [int(side), int(side)]} if side else {}),
    }


def _model(config: Config) -> dict[str, Any]:
    left, right = st.columns(2)
    kind = left.selectbox("Kind", list(MODEL_KINDS), key="kind", format_func=MODEL_KINDS.__getitem__)
    name = (_model_name(config, kind, right) or "").strip()
    arguments = st.text_area(
        "Arguments",
        key="arguments",
        height=68,
        placeholder="num_classes = 10",
        help="Keyword arguments, one a line, as in TOML: name = value.",
    )
    if kind == "factory" and name:
        config.check_factory(name)
    return {
        kind: name,
        **_under("arguments", _parsed(arguments)),
        **(_under("python_path", [str(folder) for folder in config.python_path]) if kind == "factory" else {}),
    }


def _model_name(config: Config, kind: str, place: Any) -> str | None:
    if kind == "builtin":
        return str(place.selectbox("Network", list(BUILTIN), key="builtin"))
    if kind == "factory":
        if not config.import_paths:
            st.info(
                "No module may be imported here yet: the server's owner lists them as import_paths in repgeom.toml.", icon=":material/info:"
            )
        return place.selectbox(
            "Function", list_factories(config), key="factory", index=None, accept_new_options=True, placeholder="package.module:function"
        )
    if kind == "transformers":
        return place.text_input("Folder with config.json", key="transformers", placeholder="/data/models/bert")
    return place.text_input("Name", key=kind, placeholder=PLACEHOLDERS[kind])


def _parsed(arguments: str) -> dict[str, Any]:
    try:
        return tomllib.loads(arguments)
    except tomllib.TOMLDecodeError as error:
        raise RecipeError(f"The arguments are lines such as depth = 20 or variant = 'small'; these are not: {error}.") from None


def _checkpoints(config: Config) -> tuple[list[dict[str, Any]], bool]:
    """The checkpoint tables, and whether weights that do not all fit are accepted."""
    if st.checkbox("Random weights, as the model is built", key="random"):
        return [{"name": "random"}], False
    paths = file_choice.choose(config, "checkpoints", "Weights", globs=True)
    if not paths:
        st.caption(
            "State dictionaries in .pt, .pth or .ckpt (read without executing their pickles) or .safetensors. "
            "On this server a pattern such as epoch*.pt takes a whole run."
        )
        return [], False
    for path in paths:
        found = find_checkpoints(path)
        for one in found:
            config.allowed_path(one.path)  # a wildcard may have gone through a link that leads outside
        names = ", ".join(one.name if one.step is None else f"{one.name} (step {one.step})" for one in found[:6])
        st.caption(plain(f"{counted(len(found), 'checkpoint')}: {names}{' …' if len(found) > 6 else ''}", 300))
    mismatch = st.checkbox(
        "Go on where names or shapes do not fit", key="allow_mismatch", help="Loads what fits; the rest keeps random weights."
    )
    return [{"path": path} for path in paths], mismatch


def _layers(config: Config, recipe: dict[str, Any]) -> dict[str, Any]:
    """``layers`` and ``pooling`` of the recipe; both empty until the layers were listed, which takes the top-level modules."""
    asked = json.dumps([recipe["model"], recipe["data"][:1], recipe["inputs"]])
    missing = not (recipe["data"] and all(recipe["model"].values()))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("List the layers", key="list_layers", icon=":material/layers:", disabled=missing, on_click=_ask_for_layers, args=(asked,))
        st.caption(
            "Choose data and a model first."
            if missing
            else "Without a choice: the model's top-level modules, and always the classifier's input."
        )
    if st.session_state.get("layers_asked") != asked:
        return {}
    try:
        with st.spinner("Building the model in a process of its own"):
            listed = _listed(config, asked)
        chosen = _layer_table(listed)
    except RepGeomError:
        del st.session_state["layers_asked"]  # not again before the person asks again
        raise
    pooling = {row["Layer"]: row["Pooling"] for _, row in chosen.iterrows() if row["Pooling"] != "auto"}
    return {**_under("layers", list(chosen["Layer"])), **_under("pooling", pooling)}


def _ask_for_layers(asked: str) -> None:
    st.session_state["layers_asked"] = asked
    _listed.clear()


# Cached, since a click elsewhere abandons the run of the page that waits for the answer, and the next run takes it up.
@st.cache_data(show_spinner=False, max_entries=8, hash_funcs={Config: str})
def _listed(config: Config, asked: str) -> list[dict[str, Any]]:
    model, data, inputs = json.loads(asked)
    recipe = {"name": "layers", "model": model, "data": data, "inputs": inputs, "checkpoints": [{"name": "random"}]}
    path = config.recipes / ".layers" / f"{hashlib.sha256(asked.encode()).hexdigest()[:16]}.toml"
    _write(path, Recipe.from_dict(recipe, path.parent))
    try:
        return list_layers(config, path)
    finally:
        path.unlink(missing_ok=True)


def _layer_table(layers: list[dict[str, Any]]) -> pd.DataFrame:
    """The rows that are ticked."""
    table = pd.DataFrame(
        {
            "Take": False,
            "Layer": [layer["name"] for layer in layers],
            "Type": [layer["type"] for layer in layers],
            "Output": [" × ".join(map(str, layer["shape"])) for layer in layers],
            "Parameters": [layer["parameters"] for layer in layers],
            "Pooling": "auto",
        }
    )
    edited = st.data_editor(
        table,
        key="layer_table",
        hide_index=True,
        disabled=["Layer", "Type", "Output", "Parameters"],
        column_config={"Pooling": st.column_config.SelectboxColumn(options=list(POOLINGS), required=True)},
    )
    return edited[edited["Take"]]


def _named(recipe: dict[str, Any]) -> dict[str, Any]:
    left, right = st.columns([3, 1])
    name = left.text_input("Name", key="run_name", placeholder="resnet20 on CIFAR-10", max_chars=80).strip()
    seed = right.number_input("Seed", min_value=0, value=0, key="seed")
    return {**_under("name", name), **({"seed": int(seed)} if seed else {}), **recipe}


def _how() -> dict[str, Any]:
    batch, device, precision, dtype = st.columns(4)
    return {
        "batch_size": int(batch.number_input("Batch", min_value=1, value=128, key="batch")),
        "device": device.selectbox("Device", DEVICES, key="device", help="auto takes a GPU where there is one."),
        "precision": precision.selectbox("Precision", PRECISIONS, key="precision", help="Of the forward pass on a GPU."),
        "dtype": dtype.selectbox("Stored as", DTYPES, key="dtype"),
    }


def _start(config: Config, queue: JobQueue, values: dict[str, Any]) -> None:
    if problem := _problem(values):
        st.info(problem, icon=":material/info:")
        st.button("Extract", type="primary", key="extract", disabled=True, icon=":material/play_arrow:")
        return
    recipe = Recipe.from_dict(values, config.recipes)
    with st.expander("The recipe"):
        st.code(recipe.to_toml(), language="toml")
    if st.button("Extract", type="primary", key="extract", icon=":material/play_arrow:"):
        out = workspace.free_folder(config.bundles, recipe.name, folders_in_use(queue))
        path = config.recipes / f"{out.name}.toml"
        _write(path, recipe)
        queue.submit(extract_arguments(config, path, out), f"Extract {recipe.name}")
        st.rerun()


def _problem(values: dict[str, Any]) -> str:
    if not values["data"]:
        return "Choose the data that the model is to see."
    if not all(values["model"].values()):
        return "Choose a model."
    if not values["checkpoints"]:
        return "Choose weights, or random ones."
    return "" if "name" in values else "Give the run a name."


def _write(path: Path, recipe: Recipe) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(recipe.to_toml(), encoding="utf-8")


def _under(key: str, value: Any) -> dict[str, Any]:
    return {key: value} if value else {}
